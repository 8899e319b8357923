import { flushSync, mount, unmount } from 'svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { MAX_BYTES, problemWithPicture } from './picture';
import Start from './Start.svelte';

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const JPEG = [0xff, 0xd8, 0xff, 0xe0];
const file = (start: readonly number[], size = 100, name = 'picture') =>
  new File([new Uint8Array(start), new Uint8Array(size - start.length)], name);

describe('a picture', () => {
  it('may be a PNG or a JPEG, whatever it is called', async () => {
    expect(await problemWithPicture(file(PNG, 100, 'a.txt'))).toBeNull();
    expect(await problemWithPicture(file(JPEG, MAX_BYTES))).toBeNull();
  });

  it('is refused with a sentence when it is something else, empty or too large', async () => {
    expect(await problemWithPicture(file([0x47, 0x49, 0x46, 0x38], 100, 'a.png'))).toContain('neither a PNG nor a JPEG');
    expect(await problemWithPicture(file(PNG.slice(0, 3), 3))).toContain('neither');
    expect(await problemWithPicture(new File([], 'a.png'))).toContain('empty');
    expect(await problemWithPicture(file(PNG, MAX_BYTES + 1))).toContain('8.0 MB; at most 8 MB');
  });
});

describe('the start page', () => {
  let page: Record<string, unknown> | undefined;
  const root = () => document.body;
  const posted: { image?: string; prompt?: string }[] = [];

  function open(answer: () => Response = () => new Response('{"detail":"The line is full."}', { status: 503, headers: { 'content-type': 'application/problem+json' } })) {
    vi.stubGlobal('fetch', async (input: string, init?: RequestInit) => {
      if (String(input).endsWith('/api/models')) return new Response('{"default":"","models":[]}');
      posted.push(JSON.parse(String(init?.body)) as { image?: string });
      return answer();
    });
    page = mount(Start, { target: document.body });
    flushSync();
  }

  afterEach(async () => {
    if (page) await unmount(page);
    page = undefined;
    posted.length = 0;
    document.body.replaceChildren();
    vi.unstubAllGlobals();
  });

  /** As a browser does it; `DataTransfer` cannot be made by scripts everywhere. */
  function give(kind: 'drop' | 'paste', ...files: File[]) {
    const transfer = { files, types: files.length > 0 ? ['Files'] : ['text/plain'] };
    const event = Object.assign(new Event(kind, { bubbles: true, cancelable: true }), { dataTransfer: transfer, clipboardData: transfer });
    window.dispatchEvent(event);
    return event;
  }

  const preview = () => root().querySelector('[data-testid=picture-preview]');
  const begin = () => root().querySelector<HTMLButtonElement>('[data-testid=prompt-send]')!.click();

  it('shows a dropped picture and sends it with the words', async () => {
    open();
    expect(give('drop', file(PNG, 9)).defaultPrevented).toBe(true);
    await vi.waitFor(() => expect(preview()).not.toBeNull());
    const input = root().querySelector<HTMLTextAreaElement>('[data-testid=prompt-input]')!;
    input.value = 'a forest';
    input.dispatchEvent(new Event('input', { bubbles: true }));
    begin();
    await vi.waitFor(() => expect(posted).toHaveLength(1));
    expect(posted[0]).toEqual({ prompt: 'a forest', image: expect.stringMatching(/^data:[^;]+;base64,iVBORw0KGgoA$/) as string });
  });

  it('takes a pasted picture and lets it go again', async () => {
    open();
    give('paste', file(JPEG));
    await vi.waitFor(() => expect(preview()).not.toBeNull());
    root().querySelector<HTMLButtonElement>('[aria-label="Remove the picture"]')!.click();
    flushSync();
    expect(preview()).toBeNull();
    begin();
    await vi.waitFor(() => expect(posted).toHaveLength(1));
    expect(posted[0]!.image).toBeUndefined();
  });

  it('leaves pasted words to the prompt', () => {
    open();
    expect(give('paste').defaultPrevented).toBe(false);
  });

  it('says what is wrong with another file and keeps the picture it has', async () => {
    open();
    give('drop', file(PNG));
    await vi.waitFor(() => expect(preview()).not.toBeNull());
    give('drop', file([0x25, 0x50, 0x44, 0x46]));
    await vi.waitFor(() => expect(root().querySelector('[role=alert]')?.textContent).toContain('neither a PNG nor a JPEG'));
    expect(preview()).not.toBeNull();
  });

  it('says that a damaged picture cannot be shown', async () => {
    open();
    give('drop', file(PNG));
    await vi.waitFor(() => expect(preview()).not.toBeNull());
    root().querySelector('img')!.dispatchEvent(new Event('error'));
    flushSync();
    expect(preview()).toBeNull();
    expect(root().querySelector('[role=alert]')!.textContent).toContain('damaged');
  });

  it('tells the sentence with which the server refuses a picture', async () => {
    open(() => new Response('{"detail":"The picture has 9000 x 9000 pixels."}', { status: 413, headers: { 'content-type': 'application/problem+json' } }));
    give('drop', file(PNG));
    await vi.waitFor(() => expect(preview()).not.toBeNull());
    begin();
    await vi.waitFor(() => expect(root().querySelector('[role=alert]')?.textContent).toContain('9000 x 9000'));
  });
});
