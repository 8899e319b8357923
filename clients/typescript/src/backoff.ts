export interface BackoffOptions {
  /** Milliseconds before the first new attempt. Default 400. */
  readonly first?: number;
  /** Milliseconds that no wait exceeds. Default 8,000. */
  readonly longest?: number;
  /** What each wait is longer by than the one before. Default 2. */
  readonly growth?: number;
  /** 0 to 1: the share of each wait that is left to chance, so that many clients do not return at the same moment. Default 0.3. */
  readonly jitter?: number;
  readonly random?: () => number;
}

/** Waits that grow from attempt to attempt. */
export class Backoff {
  #attempts = 0;
  readonly #first: number;
  readonly #longest: number;
  readonly #growth: number;
  readonly #jitter: number;
  readonly #random: () => number;

  constructor(options: BackoffOptions = {}) {
    this.#first = options.first ?? 400;
    this.#longest = options.longest ?? 8_000;
    this.#growth = options.growth ?? 2;
    this.#jitter = options.jitter ?? 0.3;
    this.#random = options.random ?? Math.random;
    if (!(this.#first > 0) || !(this.#longest >= this.#first)) throw new RangeError('0 < first <= longest');
    if (!(this.#growth >= 1)) throw new RangeError('growth >= 1');
    if (!(this.#jitter >= 0 && this.#jitter <= 1)) throw new RangeError('0 <= jitter <= 1');
  }

  /** Failed attempts since the last success. */
  get attempts(): number {
    return this.#attempts;
  }

  /** Milliseconds to wait before the next attempt; never below `atLeast`. */
  next(atLeast = 0): number {
    const whole = Math.min(this.#longest, this.#first * this.#growth ** Math.min(this.#attempts, 1000));
    this.#attempts++;
    return Math.max(atLeast, Math.round(whole * (1 - this.#jitter * this.#random())));
  }

  /** The attempt succeeded: the next failure starts from the first wait again. */
  reset(): void {
    this.#attempts = 0;
  }
}
