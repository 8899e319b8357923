/** Bytes that are turned into text at a time: a call takes only so many arguments. */
const CHUNK = 0x8000;

/** A picture's file as the `data:` address that `CreateSession.image` takes. The server, not this, says whether it can use it. */
export async function pictureAddress(picture: Blob): Promise<string> {
  const bytes = new Uint8Array(await picture.arrayBuffer());
  let text = '';
  for (let at = 0; at < bytes.length; at += CHUNK) text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  return `data:${picture.type || 'application/octet-stream'};base64,${btoa(text)}`;
}
