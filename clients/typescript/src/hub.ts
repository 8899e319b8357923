import { HttpTransportType, HubConnectionBuilder, HubConnectionState, LogLevel } from '@microsoft/signalr';
import { kindOfStatus, SanaLiveError } from './errors.js';

/** The little that {@link LiveConnection} needs of a SignalR connection; one is used once, from start to close. */
export interface Hub {
  readonly connected: boolean;
  start(): Promise<void>;
  stop(): Promise<void>;
  invoke<T>(method: string, ...args: unknown[]): Promise<T>;
  /** Returns the function that ends the stream. */
  stream<T>(method: string, args: unknown[], observer: StreamObserver<T>): () => void;
  onclose(listener: (error?: Error) => void): void;
}

export interface StreamObserver<T> {
  next(value: T): void;
  error(error: unknown): void;
  complete(): void;
}

/** A SignalR connection without its own reconnection: that covers neither the first start nor the streams. */
export function signalRHub(url: string): Hub {
  const connection = new HubConnectionBuilder()
    .withUrl(url, { transport: HttpTransportType.WebSockets | HttpTransportType.LongPolling })
    .configureLogging(LogLevel.None)
    .build();
  return {
    get connected() {
      return connection.state === HubConnectionState.Connected;
    },
    start: () => connection.start(),
    stop: () => connection.stop(),
    invoke: (method, ...args) => connection.invoke(method, ...args),
    stream: (method, args, observer) => {
      const subscription = connection.stream(method, ...args).subscribe(observer);
      return () => subscription.dispose();
    },
    onclose: (listener) => connection.onclose(listener),
  };
}

/**
 * A hub method's refusal as one of our errors. SignalR wraps the server's sentence ("An unexpected error occurred invoking
 * 'Cue' on the server. HubException: 409 …"), whose number is the status that the API would have answered with.
 */
export function errorOfHub(cause: unknown): SanaLiveError {
  if (cause instanceof SanaLiveError) return cause;
  const whole = cause instanceof Error ? cause.message : String(cause);
  const refused = /HubException:\s*(?:(\d{3})\s+)?(.*)$/s.exec(whole);
  if (!refused) return new SanaLiveError('failed', whole, undefined, undefined, { cause });
  const [, code, sentence = ''] = refused;
  const status = code === undefined ? undefined : Number(code);
  return new SanaLiveError(status === undefined ? 'refused' : kindOfStatus(status), sentence, status, undefined, { cause });
}
