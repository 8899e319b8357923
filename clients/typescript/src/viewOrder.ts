import type { SessionView } from './contracts.js';

/**
 * Lets only newer views pass. Views arrive by several ways (events, answers to commands, after a reconnection)
 * and each is whole, so the one with the highest version is the truth and the rest is dropped.
 */
export class ViewOrder {
  #latest: SessionView | undefined;

  get latest(): SessionView | undefined {
    return this.#latest;
  }

  /** True when `view` is news; false when it is as old as, or older than, the last one of the same session. */
  accept(view: SessionView): boolean {
    if (this.#latest && this.#latest.id === view.id && view.version <= this.#latest.version) return false;
    this.#latest = view;
    return true;
  }

  reset(): void {
    this.#latest = undefined;
  }
}
