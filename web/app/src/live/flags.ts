import type { CueReceipt } from '@sanalive/client';

export interface Flag {
  readonly cue: CueReceipt;
  /** 0 is the row nearest to the line. */
  readonly row: number;
}

/** Blocks that a flag with these words covers to the right of its stem. */
export function coverOf(prompt: string, unit: number): number {
  return (Math.min(prompt.length, 26) * 7.2 + 24) / unit;
}

/**
 * The cues to be seen between two blocks. A flag whose words would run into a later flag stands one row above it, so that
 * no words cross a stem; one that finds no row (row >= rows) is shown without words.
 */
export function flagsOf(cues: readonly CueReceipt[], from: number, to: number, unit: number): Flag[] {
  const lastFirst = cues
    .filter((cue) => cue.status === 'accepted' || cue.status === 'applied')
    .sort((a, b) => b.block - a.block);
  const flags: Flag[] = [];
  for (const cue of lastFirst) {
    const until = cue.block + coverOf(cue.prompt, unit);
    let row = 0;
    // Latest first: those behind are further to the right than any that this one could reach once one is out of reach.
    for (let i = flags.length - 1; i >= 0 && flags[i]!.cue.block < until; i--) row = Math.max(row, flags[i]!.row + 1);
    flags.push({ cue, row });
  }
  return flags.filter(
    ({ cue }) => cue.block + Math.max(coverOf(cue.prompt, unit), cue.blendBlocks) >= from && cue.block <= to,
  );
}
