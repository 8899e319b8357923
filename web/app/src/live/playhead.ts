import type { SessionView } from '@sanalive/client';

/**
 * Where the stream is, in blocks: `made` is the next block to be made, `onAir` the (fractional) block on screen.
 * The server says both once per block; between two of its words the picture moves on by itself.
 */
export class Playhead {
  #view: SessionView | undefined;
  #at = 0;

  update(view: SessionView, now: number): void {
    this.#view = view;
    this.#at = now;
  }

  get made(): number {
    return this.#view?.block ?? 0;
  }

  onAir(now: number): number {
    const view = this.#view;
    if (!view) return 0;
    const start = view.block - Math.max(0, view.lead) / blockSeconds(view);
    const moved = view.status === 'streaming' ? Math.max(0, now - this.#at) / 1000 / blockSeconds(view) : 0;
    return Math.max(0, Math.min(view.block, start + moved));
  }
}

export function blockSeconds(view: Pick<SessionView, 'framesPerBlock' | 'framesPerSecond'>): number {
  return view.framesPerBlock / view.framesPerSecond;
}
