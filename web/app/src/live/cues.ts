import type { CueReceipt, SessionView } from '@sanalive/client';

/** A cue of controls alone: what it says are the server's words and not a person's. */
export function isWordless(cue: CueReceipt): boolean {
  return cue.controls != null && Object.keys(cue.controls).length > 0 && cue.prompt === cue.understood.join(', ');
}

/** The words of a person that rule the picture; empty when only controls have spoken since this page knows. */
export function wordsOf(view: SessionView): string {
  const { rewind } = view;
  // What was said between a moment and the going back to it rules no longer.
  const undone = (cue: CueReceipt) => rewind != null && rewind.block < view.block && cue.block >= rewind.from && cue.block < rewind.block;
  const applied = view.cues.filter((cue) => cue.status === 'applied' && !undone(cue));
  const spoken = applied.filter((cue) => !isWordless(cue)).at(-1);
  return spoken?.prompt ?? (applied.length > 0 ? '' : view.prompt);
}

export interface ShownCue {
  readonly cue: CueReceipt;
  /** How many changes of the same controls it is the last of. */
  readonly count: number;
}

/** Newest first. What a held key or a dragged slider left behind is one entry: its last value. */
export function condensed(cues: readonly CueReceipt[]): ShownCue[] {
  const shown: ShownCue[] = [];
  for (const cue of cues.toReversed()) {
    if (isWordless(cue)) {
      if (cue.status === 'superseded') continue;
      const newer = shown.at(-1);
      if (newer && isWordless(newer.cue) && newer.cue.status === 'applied' && cue.status === 'applied' && namesOf(cue) === namesOf(newer.cue)) {
        shown[shown.length - 1] = { cue: newer.cue, count: newer.count + 1 };
        continue;
      }
    }
    shown.push({ cue, count: 1 });
  }
  return shown;
}

function namesOf(cue: CueReceipt): string {
  return Object.keys(cue.controls ?? {}).sort().join('\n');
}
