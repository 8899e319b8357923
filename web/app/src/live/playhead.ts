import type { SessionView } from '@sanalive/client';

/** RTP timestamps of video count 90,000 to the second in 32 bits: after 13 hours they begin anew. */
const CLOCK = 90_000;
const TURN = 2 ** 32 / CLOCK;
/** Seconds by which a frame's own time may differ from what the server lets expect; beyond, it counts from somewhere else. */
const PLAUSIBLE = 60;

/**
 * Where the stream is, in blocks: `made` is the next block to be made, `onAir` the (fractional) block on screen. A frame's RTP
 * timestamp is its media time, so a browser that tells it says exactly what is on screen; for the others the server's lead,
 * once per block, is near enough. In between the picture moves on by itself.
 */
export class Playhead {
  #view: SessionView | undefined;
  #at = 0;
  #frame: { block: number; at: number } | undefined;

  update(view: SessionView, now: number): void {
    this.#view = view;
    this.#at = now;
  }

  get made(): number {
    return this.#view?.block ?? 0;
  }

  /** A frame is on screen. Returns its block, or null when its time says nothing. */
  frame(rtpTimestamp: number | undefined, now: number): number | null {
    const view = this.#view;
    if (!view || rtpTimestamp === undefined) return null;
    const expected = this.#expected(view, now) * blockSeconds(view);
    const within = rtpTimestamp / CLOCK;
    const media = within + Math.round((expected - within) / TURN) * TURN;
    if (media < 0 || Math.abs(media - expected) > PLAUSIBLE) return null;
    this.#frame = { block: media / blockSeconds(view), at: now };
    return this.#frame.block;
  }

  onAir(now: number): number {
    const view = this.#view;
    if (!view) return 0;
    const frame = this.#frame;
    if (!frame || now - frame.at > 5_000) return this.#expected(view, now);
    // A frame stays for its own time; if none follows the stream stands still.
    return frame.block + Math.min((now - frame.at) / 1000, 1 / view.framesPerSecond) / blockSeconds(view);
  }

  #expected(view: SessionView, now: number): number {
    const start = view.block - Math.max(0, view.lead) / blockSeconds(view);
    const moved = view.status === 'streaming' ? Math.max(0, now - this.#at) / 1000 / blockSeconds(view) : 0;
    return Math.max(0, Math.min(view.block, start + moved));
  }
}

export function blockSeconds(view: Pick<SessionView, 'framesPerBlock' | 'framesPerSecond'>): number {
  return view.framesPerBlock / view.framesPerSecond;
}
