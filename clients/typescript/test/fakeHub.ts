import type { Hub, StreamObserver } from '../src/index.js';

/** A hub whose every step the test decides. */
export class FakeHub implements Hub {
  connected = false;
  /** Of the server that it leads to. */
  instance = 'first';
  readonly calls: { method: string; args: unknown[]; resolve(value: unknown): void; reject(error: unknown): void }[] = [];
  readonly streams: { method: string; args: unknown[]; observer: StreamObserver<never>; cancelled: boolean }[] = [];
  stopped = false;
  #started: { resolve(): void; reject(error: unknown): void } | undefined;
  #closed: ((error?: Error) => void)[] = [];

  start(): Promise<void> {
    return new Promise((resolve, reject) => (this.#started = { resolve, reject }));
  }

  open(): void {
    this.connected = true;
    this.#started?.resolve();
  }

  refuse(): void {
    this.#started?.reject(new Error('Failed to connect'));
  }

  /** As SignalR does it: first the streams and calls of the connection are told, then it is closed. */
  break(): void {
    const error = new Error('Invocation canceled due to the underlying connection being closed.');
    for (const stream of this.streams) if (!stream.cancelled) stream.observer.error(error);
    for (const call of this.calls) call.reject(error);
    this.connected = false;
    for (const listener of this.#closed) listener(error);
  }

  stop(): Promise<void> {
    this.stopped = true;
    this.connected = false;
    for (const listener of this.#closed) listener();
    return Promise.resolve();
  }

  invoke<T>(method: string, ...args: unknown[]): Promise<T> {
    if (method === 'Instance') return Promise.resolve(this.instance as T);
    return new Promise<T>((resolve, reject) => {
      this.calls.push({ method, args, resolve: resolve as (value: unknown) => void, reject });
    });
  }

  stream<T>(method: string, args: unknown[], observer: StreamObserver<T>): () => void {
    const stream = { method, args, observer: observer as StreamObserver<never>, cancelled: false };
    this.streams.push(stream);
    return () => (stream.cancelled = true);
  }

  onclose(listener: (error?: Error) => void): void {
    this.#closed.push(listener);
  }
}
