import type { SessionView } from '@sanalive/client';

/** A stream and what was forked from it. */
export interface Branch {
  readonly id: string;
  /** Null for one that has ended: what came of it may go on. */
  readonly view: SessionView | null;
  /** The block at which it left its parent; null for the root, or when nobody knows any more. */
  readonly from: number | null;
  readonly forks: readonly Branch[];
}

/** Streams that are looked up for one tree at most: a page is no census. */
const MOST = 40;

/** The whole family of a stream: up to where nobody is found any more, and down from there. */
export async function treeOf(view: SessionView, look: (id: string) => Promise<SessionView | null>): Promise<Branch> {
  const known = new Map<string, SessionView | null>([[view.id, view]]);
  const find = async (id: string) => {
    if (!known.has(id)) known.set(id, known.size < MOST ? await look(id) : null);
    return known.get(id) ?? null;
  };

  let root = view;
  const above = new Set([view.id]);
  while (root.origin && !above.has(root.origin.session)) {
    above.add(root.origin.session);
    const parent = await find(root.origin.session);
    if (!parent) return { id: root.origin.session, view: null, from: null, forks: [await down(root.id, root.origin.block)] };
    root = parent;
  }
  return down(root.id, root.origin?.block ?? null);

  async function down(id: string, from: number | null): Promise<Branch> {
    const present = await find(id);
    const forks: Branch[] = [];
    for (const fork of present?.forks ?? []) forks.push(await down(fork.session, fork.block));
    return { id, view: present, from, forks };
  }
}

const keys = new Map<string, string>();

/** The keys that this page was given, for the way back to a stream that it came from. In memory only. */
export const keyring = {
  add: (id: string, key: string | null) => void (key !== null && keys.set(id, key)),
  of: (id: string) => keys.get(id) ?? null,
};
