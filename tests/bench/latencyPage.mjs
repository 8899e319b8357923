// The part of the latency benchmark that runs inside of the page. All times are the page's own clock (performance.now).

/** Remembers every frame that the page's video shows: when it is displayed, its RTP timestamp, and how much it differs from the one before. */
export const watchFrames = (page) => page.evaluate(() => {
  const video = document.querySelector('[data-testid=video]');
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [40, 24];
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const frames = [];
  const waiting = [];
  const cued = new Set();
  let last;

  const look = (_, metadata) => {
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    let change = 0;
    for (let i = 0; last && i < data.length; i += 4)
      change += Math.abs(data[i] - last[i]) + Math.abs(data[i + 1] - last[i + 1]) + Math.abs(data[i + 2] - last[i + 2]);
    last = data;
    const frame = { shown: metadata.expectedDisplayTime, rtp: metadata.rtpTimestamp, change: change / (data.length / 4 * 3) };
    frames.push(frame);
    for (const [i, wanted] of [...waiting.entries()].reverse()) {
      if (frame.rtp < wanted.from) continue;
      waiting.splice(i, 1);
      cued.add(frame);
      wanted.found(frame);
    }
    video.requestVideoFrameCallback(look);
  };
  video.requestVideoFrameCallback(look);

  /** Sends a cue; resolves with the first displayed frame of the block that it is applied to. */
  window.cueToPixels = async (address, cue, ticksPerBlock) => {
    const sent = performance.now();
    const response = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${cue.key}` },
      body: JSON.stringify(cue.body),
    });
    if (response.status !== 202) throw new Error(`the cue was refused with ${response.status}`);
    const { block } = await response.json();
    const receipt = performance.now() - sent;
    const from = block * ticksPerBlock;
    const frame = frames.find((known) => known.rtp >= from) ?? await new Promise((found) => waiting.push({ from, found }));
    cued.add(frame);
    return { wait: frame.shown - sent, receipt, change: frame.change };
  };

  window.largestChangeWithoutCue = () => Math.max(...frames.slice(1).filter((frame) => !cued.has(frame)).map((frame) => frame.change));
});

/** Presses the button that begins a stream; resolves with the milliseconds until its first frame is displayed. */
export const pressAndShow = (page) => page.evaluate(async () => {
  const button = document.querySelector('[data-testid=prompt-send]');
  const pressed = performance.now();
  button.click();
  let video;
  while (!(video = document.querySelector('[data-testid=video]'))) await new Promise(requestAnimationFrame);
  return await new Promise((resolve) => video.requestVideoFrameCallback((_, frame) => resolve(frame.expectedDisplayTime - pressed)));
});

/** Watches a session as any WHEP player does; resolves with the milliseconds from before the offer until its first frame is displayed. */
export async function connectAndShow(address) {
  const video = document.body.appendChild(document.createElement('video'));
  [video.muted, video.autoplay] = [true, true];
  const begun = performance.now();
  const peer = new RTCPeerConnection();
  peer.addTransceiver('video', { direction: 'recvonly' });
  peer.ontrack = ({ streams, track }) => { video.srcObject = streams[0] ?? new MediaStream([track]); };
  const shown = new Promise((resolve) => video.requestVideoFrameCallback((_, frame) => resolve(frame.expectedDisplayTime - begun)));
  await peer.setLocalDescription();
  const answer = await fetch(address, { method: 'POST', headers: { 'content-type': 'application/sdp' }, body: peer.localDescription.sdp });
  if (answer.status !== 201) throw new Error(`the offer was refused with ${answer.status}`);
  await peer.setRemoteDescription({ type: 'answer', sdp: await answer.text() });
  const wait = await shown;
  await fetch(answer.headers.get('location'), { method: 'DELETE' });
  peer.close();
  video.remove();
  return wait;
}
