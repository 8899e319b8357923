/** What the server takes at most (docs/api.md, start image): known here so that nobody uploads 50 MB to be told. */
export const MAX_BYTES = 8 * 1024 * 1024;

/** Why a file cannot be the first picture, in a sentence for a person; null when it looks like a PNG or JPEG. */
export async function problemWithPicture(file: Blob): Promise<string | null> {
  if (file.size === 0) return 'This file is empty.';
  const start = new Uint8Array(await file.slice(0, 4).arrayBuffer());
  const png = start[0] === 0x89 && start[1] === 0x50 && start[2] === 0x4e && start[3] === 0x47;
  const jpeg = start[0] === 0xff && start[1] === 0xd8 && start[2] === 0xff;
  if (!png && !jpeg) return 'This is neither a PNG nor a JPEG picture.';
  if (file.size > MAX_BYTES) {
    return `This picture has ${(file.size / 1024 / 1024).toFixed(1)} MB; at most ${MAX_BYTES / 1024 / 1024} MB are allowed. A smaller one will do: it is resized anyway.`;
  }
  return null;
}

/** The first file that somebody dropped or pasted, whatever it is; null for words. */
export function fileOf(transfer: DataTransfer | null): File | null {
  return transfer?.files[0] ?? null;
}
