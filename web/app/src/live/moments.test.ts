import { flushSync } from 'svelte';
import { describe, expect, it, vi } from 'vitest';
import type { Bookmark, BookmarkSummary, SessionView } from '@sanalive/client';
import Filmstrip from './Filmstrip.svelte';
import { Moments, type MomentsApi } from './moments.svelte';
import { view } from './samples';
import { session, show } from './showing';
import { treeOf } from './tree';

const summary = (changes: Partial<BookmarkSummary> = {}): BookmarkSummary => ({ count: 1, newest: 'b1', bytes: 3_300_000, budget: 1e9, interval: 10, ...changes });

const bookmark = (changes: Partial<Bookmark> = {}): Bookmark => ({
  id: 'b1',
  block: 40,
  mediaTime: 20,
  taken: '2026-01-01T00:00:20Z',
  prompt: 'a forest',
  meaning: 'forest, day',
  bytes: 3_300_000,
  hasPicture: true,
  ...changes,
});

function apiWith(list: readonly Bookmark[]) {
  return {
    bookmarks: vi.fn<MomentsApi['bookmarks']>(async () => list),
    bookmark: vi.fn<MomentsApi['bookmark']>(async (_id, _key, name) => bookmark({ id: 'b9', name })),
    deleteBookmark: vi.fn<MomentsApi['deleteBookmark']>(async () => {}),
    rewind: vi.fn<MomentsApi['rewind']>(async () => ({ bookmark: 'b1', block: 90, from: 40 })),
    fork: vi.fn<MomentsApi['fork']>(async () => Promise.reject(new Error('There is no room.'))),
    bookmarkPicture: (id: string, one: string) => `/${id}/${one}`,
    recording: (id: string) => `/${id}/recording`,
  };
}

describe('Moments', () => {
  it('asks for the list again only when the view says that it is another', async () => {
    const api = apiWith([bookmark()]);
    const moments = new Moments('one', 'key', api);
    await moments.see(summary());
    await moments.see(summary());
    expect(api.bookmarks).toHaveBeenCalledTimes(1);
    await moments.see(summary({ newest: 'b2' }));
    expect(api.bookmarks).toHaveBeenCalledTimes(2);
  });

  it('asks again after an answer that did not come', async () => {
    const api = apiWith([bookmark()]);
    api.bookmarks.mockRejectedValueOnce(new Error('gone'));
    const moments = new Moments('one', null, api);
    await moments.see(summary());
    expect(moments.bookmarks).toEqual([]);
    await moments.see(summary());
    expect(moments.bookmarks).toHaveLength(1);
  });

  it('tells why a fork was refused, and makes none', async () => {
    const moments = new Moments('one', 'key', apiWith([]));
    expect(await moments.fork()).toBeNull();
    expect(moments.refusal).toBe('There is no room.');
  });

  it('does nothing without a key', async () => {
    const api = apiWith([]);
    expect(await new Moments('one', null, api).rewind(bookmark())).toBe(false);
    expect(api.rewind).not.toHaveBeenCalled();
  });
});

describe('Filmstrip', () => {
  async function strip(steering: boolean, changes: Partial<SessionView> = {}) {
    const api = apiWith([bookmark(), bookmark({ id: 'b2', mediaTime: 83, name: 'the train' })]);
    const moments = new Moments('one', 'key', api);
    const root = show(Filmstrip, { session: session({ view: view({ bookmarks: summary({ count: 2 }), ...changes }) }), moments, steering });
    await vi.waitFor(() => {
      flushSync();
      expect(root.querySelectorAll('[data-testid=moment]')).toHaveLength(2);
    });
    return { root, api };
  }

  it('shows each moment with its picture, time and name', async () => {
    const { root } = await strip(false);
    expect([...root.querySelectorAll('img')].map((img) => img.getAttribute('src'))).toEqual(['/one/b1', '/one/b2']);
    expect([...root.querySelectorAll('li > p')].map((p) => p.textContent)).toEqual(['0:20', '1:23the train']);
    expect(root.querySelectorAll('button')).toHaveLength(0);
    expect(root.querySelector('[data-testid=recording]')?.getAttribute('href')).toBe('/one/recording');
  });

  it('goes back with one press', async () => {
    const { root, api } = await strip(true);
    root.querySelector<HTMLButtonElement>('[aria-label="Go back to the train"]')!.click();
    expect(api.rewind).toHaveBeenCalledWith('one', 'key', 'b2');
  });

  it('forks with one press, and says why it was refused', async () => {
    const { root, api } = await strip(true);
    root.querySelector<HTMLButtonElement>('[aria-label="Fork from 0:20"]')!.click();
    expect(api.fork).toHaveBeenCalledWith('one', 'key', { bookmark: 'b1' });
    await vi.waitFor(() => {
      flushSync();
      expect(root.querySelector('[role=alert]')?.textContent).toBe('There is no room.');
    });
  });

  it('says where the stream went back to', async () => {
    const { root } = await strip(false, { rewind: { bookmark: 'b2', name: 'the train', block: 240, from: 166 } });
    expect(root.querySelector('[data-testid=rewound]')?.textContent).toBe('↩ at 2:00 back to the train');
  });
});

describe('treeOf', () => {
  const family: Record<string, SessionView> = {
    root: view({ id: 'root', forks: [{ session: 'a', block: 20 }, { session: 'b', block: 30 }] }),
    a: view({ id: 'a', origin: { session: 'root', block: 20 }, forks: [{ session: 'c', block: 44 }] }),
    b: view({ id: 'b', origin: { session: 'root', block: 30 } }),
    c: view({ id: 'c', origin: { session: 'a', block: 44 } }),
  };
  const look = async (id: string) => family[id] ?? null;

  it('is the whole family, whoever asks', async () => {
    for (const id of ['root', 'a', 'c']) {
      const tree = await treeOf(family[id]!, look);
      expect(tree).toMatchObject({ id: 'root', from: null, forks: [{ id: 'a', from: 20, forks: [{ id: 'c', from: 44 }] }, { id: 'b', from: 30 }] });
    }
  });

  it('begins with a stream that has ended', async () => {
    const tree = await treeOf(family['a']!, async (id) => (id === 'root' ? null : (family[id] ?? null)));
    expect(tree).toMatchObject({ id: 'root', view: null, forks: [{ id: 'a', forks: [{ id: 'c' }] }] });
  });

  it('ends where a family goes round in a circle', async () => {
    const round = view({ id: 'x', origin: { session: 'y', block: 1 } });
    const tree = await treeOf(round, async () => view({ id: 'y', origin: { session: 'x', block: 2 } }));
    expect(tree.id).toBe('y');
  });
});
