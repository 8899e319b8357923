// A viewer who never connects: a session is watched from an offer on, for the two seconds in which a connection could come. Blocks are made
// and shown as for anybody else, and no browser takes the processor's time.
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const offer = [
  'v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 't=0 0', 'a=group:BUNDLE 0', 'm=video 9 UDP/TLS/RTP/SAVPF 96', 'c=IN IP4 0.0.0.0', 'a=mid:0', 'a=recvonly',
  'a=rtcp-mux', 'a=ice-ufrag:chaos', 'a=ice-pwd:abcdefghijklmnopqrstuv', 'a=setup:actpass', `a=fingerprint:sha-256 ${Array(32).fill('AB').join(':')}`,
  'a=rtpmap:96 VP8/90000', '',
].join('\r\n');

/** Keeps a session watched until the returned function is called, or its server is gone. */
export function keepWatching(url, session) {
  let watching = true;
  const end = (async () => {
    let before;
    while (watching) {
      try {
        const response = await fetch(`${url}/whep/${session}`, { method: 'POST', headers: { 'content-type': 'application/sdp' }, body: offer });
        if (before) await fetch(url + before, { method: 'DELETE' });
        before = response.headers.get('location');
      } catch {
        return; // Killed: what is started next is asked anew.
      }
      await pause(1_200);
    }
    if (before) await fetch(url + before, { method: 'DELETE' }).catch(() => {});
  })();
  return () => {
    watching = false;
    return end;
  };
}
