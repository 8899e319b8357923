import type { CueReceipt, SessionView } from '@sanalive/client';

/** Milliseconds from the sending of a cue that was meant to come at once. */
export interface CueTimes {
  /** Until its receipt; of the last cue. */
  readonly accepted: number | null;
  /** Until the view that says `applied`; of the last cue that was. */
  readonly applied: number | null;
  /** Until the first frame of its block was on this screen; of the last cue that was. */
  readonly shown: number | null;
}

interface Sent {
  readonly at: number;
  readonly now: boolean;
  accepted: number | null;
  appliedBlock: number | null;
}

/** Times this page's own cues. */
export class CueStopwatch {
  readonly #sent = new Map<string, Sent>();
  readonly #awaited = new Set<Sent>();
  #last: Sent | undefined;
  #applied: number | null = null;
  #shown: number | null = null;

  sent(clientId: string, at: number, now: boolean): void {
    this.#last = { at, now, accepted: null, appliedBlock: null };
    this.#sent.set(clientId, this.#last);
  }

  received(receipt: CueReceipt, at: number): void {
    const entry = receipt.clientId ? this.#sent.get(receipt.clientId) : undefined;
    if (!entry) return;
    entry.accepted ??= at - entry.at;
    if (receipt.status !== 'applied' || !entry.now || entry.appliedBlock !== null) return;
    entry.appliedBlock = receipt.block;
    this.#applied = at - entry.at;
    this.#awaited.add(entry);
  }

  view(view: SessionView, at: number): void {
    for (const receipt of view.cues) this.received(receipt, at);
  }

  /** A frame of this (fractional) block is on screen. True when that is news. */
  screen(block: number, at: number): boolean {
    let news = false;
    for (const entry of this.#awaited) {
      if (entry.appliedBlock === null || block < entry.appliedBlock) continue;
      this.#awaited.delete(entry);
      this.#shown = at - entry.at;
      news = true;
    }
    return news;
  }

  get last(): CueTimes | null {
    return this.#last ? { accepted: this.#last.accepted, applied: this.#applied, shown: this.#shown } : null;
  }
}
