import { Backoff, type BackoffOptions } from './backoff.js';
import { SanaLiveApi } from './api.js';
import type {
  Bookmark,
  CreateSession,
  CueReceipt,
  CueRequest,
  ForkRequest,
  Models,
  Rewind,
  ServerStatus,
  SessionCreated,
  SessionView,
} from './contracts.js';
import { Emitter } from './emitter.js';
import { SanaLiveError } from './errors.js';
import { errorOfHub, signalRHub, type Hub } from './hub.js';
import { ViewOrder } from './viewOrder.js';

export type LiveState = 'new' | 'connecting' | 'connected' | 'reconnecting' | 'ended';

export interface LiveOptions {
  /** Address of the server, for example `http://localhost:8080`; default: where the page came from. */
  readonly server?: string;
  readonly backoff?: BackoffOptions;
  /** Milliseconds that a command waits for a connection before it fails. Default 10,000. */
  readonly patience?: number;
  readonly createHub?: (url: string) => Hub;
  readonly fetch?: typeof fetch;
}

export interface LiveEvents {
  state: LiveState;
  /** An attempt to connect failed; the next one is made in `retryIn` milliseconds. */
  error: { readonly error: SanaLiveError; readonly retryIn: number };
  /**
   * Connected again, and the server is another process than before: what else was connected to it when it was lost is dead, whether or not
   * it knows (`WhepPlayer.renew`). `lost` is when that was, by `performance.now()`.
   */
  restarted: { readonly lost: number };
}

export interface Follower {
  /** A newer whole view of the session. */
  view(view: SessionView): void;
  /** No view will come any more: null when the session was closed, otherwise why. */
  ended(error: SanaLiveError | null): void;
}

interface Following {
  readonly id: string;
  readonly follower: Follower;
  readonly order: ViewOrder;
  readonly backoff: Backoff;
  cancel: (() => void) | undefined;
  retry: ReturnType<typeof setTimeout> | undefined;
}

/** Commands and events of sessions over one SignalR connection that comes back by itself. */
export class LiveConnection extends Emitter<LiveEvents> {
  readonly #url: string;
  readonly #createHub: (url: string) => Hub;
  readonly #backoff: Backoff;
  readonly #options: LiveOptions;
  readonly #api: SanaLiveApi;
  readonly #followings = new Set<Following>();
  #waiting: { resolve(hub: Hub): void; reject(error: SanaLiveError): void }[] = [];
  #hub: Hub | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #state: LiveState = 'new';
  #instance: string | undefined;
  #lostAt = -Infinity;

  constructor(options: LiveOptions = {}) {
    super();
    this.#options = options;
    this.#api = new SanaLiveApi(options);
    this.#url = `${(options.server ?? '').replace(/\/+$/, '')}/hub/live`;
    this.#createHub = options.createHub ?? signalRHub;
    this.#backoff = new Backoff(options.backoff);
  }

  get state(): LiveState {
    return this.#state;
  }

  start(): void {
    if (this.#state !== 'new' && this.#state !== 'ended') return;
    this.#backoff.reset();
    this.#set('connecting');
    void this.#connect();
  }

  /** Tries now rather than at the end of the wait (the network is back, the page is visible again). */
  nudge(): void {
    if (this.#retry === undefined) return;
    clearTimeout(this.#retry);
    void this.#connect();
  }

  stop(): void {
    if (this.#state === 'ended') return;
    clearTimeout(this.#retry);
    this.#retry = undefined;
    for (const following of this.#followings) this.#silence(following);
    this.#followings.clear();
    this.#set('ended');
    this.#refuseWaiting(new SanaLiveError('aborted', 'The connection was closed.'));
    const hub = this.#hub;
    this.#hub = undefined;
    hub?.stop().catch(() => {
      // It was on its way down already.
    });
  }

  /** Calls `follower` with the present view of a session and every newer one, over reconnections, until the returned function is called. */
  follow(id: string, follower: Follower): () => void {
    const following: Following = {
      id,
      follower,
      order: new ViewOrder(),
      backoff: new Backoff(this.#options.backoff),
      cancel: undefined,
      retry: undefined,
    };
    this.#followings.add(following);
    if (this.#hub?.connected) this.#subscribe(following, this.#hub);
    return () => {
      this.#followings.delete(following);
      this.#silence(following);
    };
  }

  /** Not repeated when the connection breaks: nobody could tell whether the session was made. */
  create(request: CreateSession): Promise<SessionCreated> {
    return this.#once('Create', request);
  }

  get(id: string): Promise<SessionView> {
    return this.#invoke('Get', id);
  }

  /** Safe to repeat, and repeated when the connection breaks: the client id makes it one cue. */
  cue(id: string, key: string, cue: CueRequest): Promise<CueReceipt> {
    return this.#invoke('Cue', id, key, { ...cue, clientId: cue.clientId ?? newClientId() });
  }

  changeCue(id: string, key: string, cueId: string, cue: CueRequest): Promise<CueReceipt> {
    return this.#invoke('ChangeCue', id, key, cueId, cue);
  }

  withdrawCue(id: string, key: string, cueId: string): Promise<CueReceipt> {
    return this.#invoke('WithdrawCue', id, key, cueId);
  }

  pause(id: string, key: string): Promise<SessionView> {
    return this.#invoke('Pause', id, key);
  }

  resume(id: string, key: string): Promise<SessionView> {
    return this.#invoke('Resume', id, key);
  }

  /** The oldest first. {@link SanaLiveApi.bookmarkPicture} says where their pictures are. */
  bookmarks(id: string): Promise<readonly Bookmark[]> {
    return this.#invoke('Bookmarks', id);
  }

  /** Not repeated when the connection breaks: it might be kept twice. */
  bookmark(id: string, key: string, name: string): Promise<Bookmark> {
    return this.#once('Bookmark', id, key, { name });
  }

  /** Safe to repeat, and repeated when the connection breaks: that the bookmark is not there any more is then what was wanted. */
  async deleteBookmark(id: string, key: string, bookmark: string): Promise<void> {
    try {
      await this.#once('ForgetBookmark', id, key, bookmark);
    } catch (error) {
      if (!this.#mayRepeat(error)) throw error;
      await this.#once('ForgetBookmark', id, key, bookmark).catch((again: unknown) => {
        if (!(again instanceof SanaLiveError) || again.kind !== 'notFound') throw again;
      });
    }
  }

  /** The same session goes on from a bookmark. Of several for one block the last counts. */
  rewind(id: string, key: string, bookmark: string): Promise<Rewind> {
    return this.#invoke('Rewind', id, key, { bookmark });
  }

  /** Not repeated when the connection breaks: nobody could tell whether the fork was made. */
  fork(id: string, key: string, request: ForkRequest = {}): Promise<SessionCreated> {
    return this.#once('Fork', id, key, request);
  }

  close(id: string, key: string): Promise<void> {
    return this.#invoke('Close', id, key);
  }

  maySteer(id: string, key: string): Promise<boolean> {
    return this.#invoke('MaySteer', id, key);
  }

  models(): Promise<Models> {
    return this.#invoke('Models');
  }

  status(): Promise<ServerStatus> {
    return this.#invoke('Status');
  }

  /** A command that means the same when it is given twice: a broken connection is no reason to fail. */
  async #invoke<T>(method: string, ...args: unknown[]): Promise<T> {
    try {
      return await this.#once(method, ...args);
    } catch (error) {
      if (!this.#mayRepeat(error)) throw error;
      return this.#once(method, ...args);
    }
  }

  #mayRepeat(error: unknown): boolean {
    return error instanceof SanaLiveError && error.kind === 'network' && this.#state !== 'ended';
  }

  async #once<T>(method: string, ...args: unknown[]): Promise<T> {
    const hub = await this.#connected();
    try {
      return await hub.invoke<T>(method, ...args);
    } catch (cause) {
      if (hub.connected) throw errorOfHub(cause);
      throw new SanaLiveError('network', 'The connection broke before the server answered.', undefined, undefined, { cause });
    }
  }

  #connected(): Promise<Hub> {
    if (this.#hub?.connected) return Promise.resolve(this.#hub);
    if (this.#state === 'new' || this.#state === 'ended') {
      return Promise.reject(new SanaLiveError('aborted', 'The connection was not started.'));
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting = this.#waiting.filter((other) => other !== waiter);
        reject(new SanaLiveError('network', 'The server does not answer.'));
      }, this.#options.patience ?? 10_000);
      const waiter = {
        resolve: (hub: Hub) => (clearTimeout(timer), resolve(hub)),
        reject: (error: SanaLiveError) => (clearTimeout(timer), reject(error)),
      };
      this.#waiting.push(waiter);
    });
  }

  async #connect(): Promise<void> {
    this.#retry = undefined;
    const hub = this.#createHub(this.#url);
    this.#hub = hub;
    let open = false;
    hub.onclose((error) => {
      if (open && this.#hub === hub) this.#lost(error);
    });
    try {
      await hub.start();
    } catch (cause) {
      if (this.#hub === hub) this.#lost(cause);
      return;
    }
    if (this.#hub !== hub) {
      await hub.stop(); // stopped while it was connecting
      return;
    }
    open = true;
    if (!hub.connected) {
      this.#lost(undefined); // closed between its start and here
      return;
    }
    this.#backoff.reset();
    this.#set('connected');
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const waiter of waiting) waiter.resolve(hub);
    for (const following of this.#followings) this.#subscribe(following, hub);
    void this.#identify(hub);
  }

  async #identify(hub: Hub): Promise<void> {
    let instance: string;
    try {
      instance = await hub.invoke<string>('Instance');
    } catch {
      return; // The connection broke again, and the next one asks again.
    }
    if (this.#hub !== hub) return;
    const before = this.#instance;
    this.#instance = instance;
    if (before !== undefined && before !== instance) this.emit('restarted', { lost: this.#lostAt });
  }

  #lost(cause: unknown): void {
    this.#hub = undefined;
    if (this.#state === 'connected') this.#lostAt = performance.now();
    for (const following of this.#followings) this.#silence(following);
    const retryIn = this.#backoff.next();
    this.#retry = setTimeout(() => void this.#connect(), retryIn);
    this.#set('reconnecting');
    const error = new SanaLiveError('network', 'The server does not answer.', undefined, undefined, { cause });
    this.emit('error', { error, retryIn });
  }

  #subscribe(following: Following, hub: Hub): void {
    this.#silence(following);
    let current = true;
    const cancel = hub.stream<SessionView>('Events', [following.id], {
      next: (view) => {
        if (!current) return;
        following.backoff.reset();
        if (following.order.accept(view)) following.follower.view(view);
      },
      complete: () => {
        if (current) this.#end(following, null);
      },
      error: (cause) => {
        // SignalR tells the streams of a broken connection before it knows itself as closed: look a moment later.
        queueMicrotask(() => {
          if (!current || !hub.connected) return;
          current = false;
          following.cancel = undefined;
          void this.#refused(following, hub, errorOfHub(cause));
        });
      },
    });
    following.cancel = () => {
      current = false;
      if (hub.connected) cancel();
    };
  }

  /** The hub ended the events with a sentence. Whether the session is gone for good, the API says in a way a program can read. */
  async #refused(following: Following, hub: Hub, refusal: SanaLiveError): Promise<void> {
    let gone: SanaLiveError | undefined;
    try {
      await this.#api.get(following.id);
    } catch (cause) {
      if (cause instanceof SanaLiveError && cause.kind === 'notFound') gone = cause;
      else if (!refusal.transient && !(cause instanceof SanaLiveError && cause.transient)) gone = refusal;
    }
    if (!this.#followings.has(following)) return;
    if (gone) return this.#end(following, gone);
    following.retry = setTimeout(() => {
      if (this.#hub === hub && hub.connected) this.#subscribe(following, hub);
    }, following.backoff.next());
  }

  #silence(following: Following): void {
    clearTimeout(following.retry);
    following.cancel?.();
    following.cancel = undefined;
  }

  #end(following: Following, error: SanaLiveError | null): void {
    this.#followings.delete(following);
    this.#silence(following);
    following.follower.ended(error);
  }

  #refuseWaiting(error: SanaLiveError): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const waiter of waiting) waiter.reject(error);
  }

  #set(state: LiveState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.emit('state', state);
  }
}

/** An id for one cue of this client. `crypto.randomUUID` is missing on pages that came over plain http. */
export function newClientId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
