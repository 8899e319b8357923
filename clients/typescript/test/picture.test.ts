import { describe, expect, it } from 'vitest';
import { pictureAddress } from '../src/index.js';

const bytesOf = (address: string) => Uint8Array.from(atob(address.slice(address.indexOf(',') + 1)), (c) => c.charCodeAt(0));

describe('pictureAddress', () => {
  it('keeps the type and every byte, also of a large file', async () => {
    const file = Uint8Array.from({ length: 200_003 }, (_, i) => (i * 31) % 256);
    const address = await pictureAddress(new Blob([file], { type: 'image/png' }));
    expect(address.slice(0, 22)).toBe('data:image/png;base64,');
    expect(bytesOf(address)).toEqual(file);
  });

  it('says so when the type is unknown', async () => {
    expect(await pictureAddress(new Blob(['x']))).toBe('data:application/octet-stream;base64,eA==');
  });
});
