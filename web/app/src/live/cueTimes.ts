import type { CueReceipt, SessionView } from '@sanalive/client';

export interface CueTimes {
  /** Milliseconds from sending to the receipt. */
  readonly accepted: number | null;
  /** Milliseconds from sending to the view that says `applied`, of the last cue that was meant to come at once. */
  readonly applied: number | null;
}

/** Times this page's own cues: those that were sent for "now". */
export class CueStopwatch {
  readonly #sent = new Map<string, { at: number; now: boolean; accepted: number | null; applied: number | null }>();
  #last: string | undefined;
  #applied: number | null = null;

  sent(clientId: string, at: number, now: boolean): void {
    this.#sent.set(clientId, { at, now, accepted: null, applied: null });
    this.#last = clientId;
  }

  received(receipt: CueReceipt, at: number): void {
    const entry = receipt.clientId ? this.#sent.get(receipt.clientId) : undefined;
    if (!entry) return;
    entry.accepted ??= at - entry.at;
    if (receipt.status === 'applied' && entry.now && entry.applied === null) {
      entry.applied = at - entry.at;
      this.#applied = entry.applied;
    }
  }

  view(view: SessionView, at: number): void {
    for (const receipt of view.cues) this.received(receipt, at);
  }

  get last(): CueTimes | null {
    const entry = this.#last === undefined ? undefined : this.#sent.get(this.#last);
    return entry ? { accepted: entry.accepted, applied: this.#applied } : null;
  }
}
