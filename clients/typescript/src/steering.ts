import type { ControlValue, ControlValues, ModelControl } from './contracts.js';

export interface SteeringOptions {
  /** Of the model's card: says which controls exclude each other. */
  readonly controls: readonly ModelControl[];
  /** Sends the values as one cue; resolves when the server has answered. What it throws is told to `refused`. */
  readonly send: (values: ControlValues) => Promise<unknown>;
  /** The server did not take these values. They are not sent again. */
  readonly refused?: (error: unknown, values: ControlValues) => void;
  /** Least milliseconds between two cues. Default 250. */
  readonly interval?: number;
}

/**
 * Turns what moves quickly (a held key, a dragged slider, a game's loop) into few cues: the first value is sent at once, the
 * following ones at most every `interval` and never while an answer is awaited, and the last one always.
 */
export class Steering {
  readonly #options: SteeringOptions;
  readonly #interval: number;
  #waiting = new Map<string, ControlValue>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #answerAwaited = false;
  #stopped = false;

  constructor(options: SteeringOptions) {
    this.#options = options;
    this.#interval = options.interval ?? 250;
  }

  /** Values that are not sent yet. */
  get waiting(): ControlValues {
    return Object.fromEntries(this.#waiting);
  }

  set(name: string, value: ControlValue): void {
    if (this.#stopped) return;
    const attribute = this.#attributeOf(name);
    for (const other of this.#waiting.keys()) {
      if (this.#attributeOf(other) === attribute) this.#waiting.delete(other);
    }
    this.#waiting.set(name, value);
    this.#flush();
  }

  /** Forgets what was not sent. */
  stop(): void {
    this.#stopped = true;
    this.#waiting.clear();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #flush(): void {
    if (this.#stopped || this.#waiting.size === 0 || this.#answerAwaited || this.#timer !== undefined) return;
    const values = this.waiting;
    this.#waiting.clear();
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#flush();
    }, this.#interval);
    void this.#send(values);
  }

  async #send(values: ControlValues): Promise<void> {
    this.#answerAwaited = true;
    try {
      await this.#options.send(values);
    } catch (error) {
      if (!this.#stopped) this.#options.refused?.(error, values);
    } finally {
      this.#answerAwaited = false;
      this.#flush();
    }
  }

  #attributeOf(name: string): string {
    return this.#options.controls.find((control) => control.name === name)?.attribute ?? name;
  }
}
