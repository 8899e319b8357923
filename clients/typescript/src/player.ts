import { Backoff, type BackoffOptions } from './backoff.js';
import { Emitter } from './emitter.js';
import { SanaLiveError } from './errors.js';
import { sendGoodbye, sendOffer } from './whep.js';

/**
 * - `connecting`: the first attempt is under way
 * - `playing`: media flows, or would if the session made any
 * - `reconnecting`: lost; a new attempt is under way or waits
 * - `ended`: given up, because the session is unknown or closed, or the player was stopped
 */
export type PlayerState = 'new' | 'connecting' | 'playing' | 'reconnecting' | 'ended';

export interface PlayerStats {
  /** Counted over all connections of this player. */
  readonly framesDecoded: number;
  readonly framesDropped: number;
  readonly packetsLost: number;
  readonly bytesReceived: number;
  /** Of the present connection; 0 before media flows. */
  readonly framesPerSecond: number;
  /** Round trip between browser and server in milliseconds, when measured. */
  readonly roundTrip: number | null;
  /** Times that the browser showed no new frame for noticeably long, of the present connection. */
  readonly freezes: number;
  readonly freezeSeconds: number;
  readonly jitterBufferMs: number | null;
  /** Connections made so far; 1 when nothing was ever lost. */
  readonly connections: number;
}

export interface PlayerOptions {
  /** The WHEP address of the session; while it is only promised, the offer is made already. */
  readonly url: string | Promise<string>;
  readonly backoff?: BackoffOptions;
  /** Whether frames are due now; while they are and none come for `silence`, the connection is made anew. */
  readonly expectsFrames?: () => boolean;
  /** Milliseconds. Default 8,000. */
  readonly silence?: number;
  readonly createPeer?: () => RTCPeerConnection;
  readonly fetch?: typeof fetch;
}

export interface PlayerEvents {
  state: PlayerState;
  /** To be shown in a `<video>`; a new one after each reconnection. */
  stream: MediaStream;
  /** Why the last attempt failed; `retryIn` is the wait in milliseconds, null when there will be no other. */
  error: { readonly error: SanaLiveError; readonly retryIn: number | null };
}

interface Counters {
  framesDecoded: number;
  framesDropped: number;
  packetsLost: number;
  bytesReceived: number;
}

const NOTHING: Counters = { framesDecoded: 0, framesDropped: 0, packetsLost: 0, bytesReceived: 0 };

/** Plays one session over WHEP and comes back by itself when the network, or the server, goes away. */
export class WhepPlayer extends Emitter<PlayerEvents> {
  readonly #options: PlayerOptions;
  readonly #backoff: Backoff;
  #state: PlayerState = 'new';
  #attempt: Attempt | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #connections = 0;
  #stream: MediaStream | undefined;
  #before: Counters = NOTHING;

  constructor(options: PlayerOptions) {
    super();
    this.#options = options;
    this.#backoff = new Backoff(options.backoff);
  }

  get state(): PlayerState {
    return this.#state;
  }

  /** The newest, for whoever begins to listen when it has been told already. */
  get stream(): MediaStream | undefined {
    return this.#stream;
  }

  start(): void {
    if (this.#state !== 'new' && this.#state !== 'ended') return;
    this.#backoff.reset();
    this.#set('connecting');
    this.#connect();
  }

  /** Tries now rather than at the end of the wait (the network is back, the page is visible again). */
  nudge(): void {
    if (this.#retry === undefined) return;
    clearTimeout(this.#retry);
    this.#connect();
  }

  /**
   * Connects anew now: whoever knows that the server is another one (`LiveConnection` tells it as `restarted`) need not wait for the browser
   * to find out that nobody answers, which takes it many seconds.
   * @param lost When the old server was lost, by `performance.now()`: a connection that was begun later is left as it is.
   */
  renew(lost: number): void {
    const attempt = this.#attempt;
    if (!attempt) return this.nudge();
    if (attempt.begun > lost) return;
    this.#drop(attempt, false);
    this.#backoff.reset();
    this.#set('reconnecting');
    this.#connect();
  }

  /** Plays no more, and tells the server unless it knows (the session is over). */
  stop(options: { readonly goodbye?: boolean } = {}): void {
    if (this.#state === 'ended') return;
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#attempt?.end(options.goodbye ?? true);
    this.#attempt = undefined;
    this.#set('ended');
  }

  async stats(): Promise<PlayerStats> {
    const now = (await this.#attempt?.measure()) ?? EMPTY_MEASURE;
    return {
      framesDecoded: this.#before.framesDecoded + now.counters.framesDecoded,
      framesDropped: this.#before.framesDropped + now.counters.framesDropped,
      packetsLost: this.#before.packetsLost + now.counters.packetsLost,
      bytesReceived: this.#before.bytesReceived + now.counters.bytesReceived,
      framesPerSecond: now.framesPerSecond,
      roundTrip: now.roundTrip,
      freezes: now.freezes,
      freezeSeconds: now.freezeSeconds,
      jitterBufferMs: now.jitterBufferMs,
      connections: this.#connections,
    };
  }

  #connect(): void {
    this.#retry = undefined;
    const attempt = new Attempt(this.#options, {
      stream: (stream) => {
        this.#stream = stream;
        this.emit('stream', stream);
      },
      connected: () => {
        this.#connections++;
        this.#set('playing');
      },
      // Only media proves that the way is whole; a connection that never carries any must not reset the waits.
      flowing: () => this.#backoff.reset(),
      lost: (error) => {
        if (this.#attempt !== attempt) return;
        this.#drop(attempt, true);
        this.#failed(error);
      },
    });
    this.#attempt = attempt;
    attempt.begin();
  }

  #drop(attempt: Attempt, goodbye: boolean): void {
    this.#before = add(this.#before, attempt.counters);
    this.#attempt = undefined;
    attempt.end(goodbye);
  }

  #failed(error: SanaLiveError): void {
    const final = error.kind !== 'network' && !error.transient;
    if (final) {
      this.emit('error', { error, retryIn: null });
      this.#set('ended');
      return;
    }
    const retryIn = this.#backoff.next((error.retryAfter ?? 0) * 1000);
    this.#retry = setTimeout(() => this.#connect(), retryIn);
    this.#set('reconnecting');
    this.emit('error', { error, retryIn });
  }

  #set(state: PlayerState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.emit('state', state);
  }
}

interface Measure {
  readonly counters: Counters;
  readonly framesPerSecond: number;
  readonly roundTrip: number | null;
  readonly freezes: number;
  readonly freezeSeconds: number;
  readonly jitterBufferMs: number | null;
}

const EMPTY_MEASURE: Measure = {
  counters: NOTHING,
  framesPerSecond: 0,
  roundTrip: null,
  freezes: 0,
  freezeSeconds: 0,
  jitterBufferMs: null,
};

interface AttemptEvents {
  stream(stream: MediaStream): void;
  connected(): void;
  flowing(): void;
  lost(error: SanaLiveError): void;
}

/** One peer connection from its offer to its loss. */
class Attempt {
  /** The last numbers seen, kept for the sum when the connection is gone. */
  counters: Counters = NOTHING;
  /** By `performance.now()`. */
  readonly begun = performance.now();
  readonly #options: PlayerOptions;
  readonly #on: AttemptEvents;
  readonly #peer: RTCPeerConnection;
  readonly #abort = new AbortController();
  #location: string | null = null;
  #ended = false;
  #grace: ReturnType<typeof setTimeout> | undefined;
  #watch: ReturnType<typeof setInterval> | undefined;

  constructor(options: PlayerOptions, on: AttemptEvents) {
    this.#options = options;
    this.#on = on;
    this.#peer = options.createPeer?.() ?? new RTCPeerConnection();
  }

  begin(): void {
    this.#run().catch((cause: unknown) => {
      if (this.#ended) return;
      const message = 'The browser could not set up the video connection.';
      this.#on.lost(
        cause instanceof SanaLiveError ? cause : new SanaLiveError('network', message, undefined, undefined, { cause }),
      );
    });
  }

  end(goodbye: boolean): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#grace);
    clearInterval(this.#watch);
    this.#abort.abort();
    this.#peer.close();
    if (this.#location && goodbye) void sendGoodbye(this.#location, this.#options.fetch);
  }

  async #run(): Promise<void> {
    const peer = this.#peer;
    const address = Promise.resolve(this.#options.url);
    // Whether it comes is asked below; until then nobody would look after a refusal.
    address.catch(() => undefined);
    peer.addTransceiver('video', { direction: 'recvonly' });
    peer.ontrack = (event) => this.#on.stream(event.streams[0] ?? new MediaStream([event.track]));
    peer.onconnectionstatechange = () => this.#changed();
    await peer.setLocalDescription();
    const offer = peer.localDescription?.sdp;
    if (!offer) throw new SanaLiveError('failed', 'The browser made no offer.');
    const url = await address;
    if (this.#ended) return;
    const session = await sendOffer(url, offer, {
      signal: this.#abort.signal,
      ...(this.#options.fetch ? { fetch: this.#options.fetch } : {}),
    });
    if (this.#ended) {
      // Stopped while the answer was on its way: the server has a peer that nobody wants.
      if (session.location) void sendGoodbye(session.location, this.#options.fetch);
      return;
    }
    this.#location = session.location;
    await peer.setRemoteDescription({ type: 'answer', sdp: session.answer });
    this.#watchFrames();
  }

  #changed(): void {
    if (this.#ended) return;
    clearTimeout(this.#grace);
    switch (this.#peer.connectionState) {
      case 'connected':
        this.#on.connected();
        break;
      case 'disconnected':
        // Often a moment of bad radio that heals by itself; a new connection would cost more.
        this.#grace = setTimeout(() => this.#lost('The connection to the server was lost.'), 3_000);
        break;
      case 'failed':
      case 'closed':
        this.#lost('The connection to the server was lost.');
        break;
    }
  }

  #watchFrames(): void {
    const silence = this.#options.silence ?? 8_000;
    const step = Math.min(1_000, silence);
    let quiet = 0;
    // Its own memory: `counters` is also moved on by whoever else asks for numbers, perhaps just before.
    let seen = 0;
    this.#watch = setInterval(() => {
      void this.measure().then(() => {
        if (this.#ended) return;
        if (this.counters.framesDecoded > seen) {
          seen = this.counters.framesDecoded;
          quiet = 0;
          this.#on.flowing();
          return;
        }
        const due = this.#options.expectsFrames?.() ?? false;
        quiet = due || this.#peer.connectionState !== 'connected' ? quiet + step : 0;
        if (quiet >= silence) this.#lost('No picture came although the stream runs.');
      });
    }, step);
  }

  #lost(message: string): void {
    if (!this.#ended) this.#on.lost(new SanaLiveError('network', message));
  }

  async measure(): Promise<Measure> {
    if (this.#ended) return { ...EMPTY_MEASURE, counters: this.counters };
    const report = await this.#peer.getStats();
    let measure: Measure = { ...EMPTY_MEASURE, counters: this.counters };
    let roundTrip: number | null = null;
    report.forEach((entry: Record<string, unknown> & { type: string }) => {
      if (entry.type === 'inbound-rtp' && entry['kind'] === 'video') {
        const emitted = number(entry['jitterBufferEmittedCount']);
        this.counters = {
          framesDecoded: number(entry['framesDecoded']),
          framesDropped: number(entry['framesDropped']),
          packetsLost: number(entry['packetsLost']),
          bytesReceived: number(entry['bytesReceived']),
        };
        measure = {
          counters: this.counters,
          framesPerSecond: number(entry['framesPerSecond']),
          roundTrip: null,
          freezes: number(entry['freezeCount']),
          freezeSeconds: number(entry['totalFreezesDuration']),
          jitterBufferMs: emitted > 0 ? (1000 * number(entry['jitterBufferDelay'])) / emitted : null,
        };
      }
      if (entry.type === 'candidate-pair' && entry['nominated'] === true && entry['currentRoundTripTime'] !== undefined) {
        roundTrip = 1000 * number(entry['currentRoundTripTime']);
      }
    });
    return { ...measure, roundTrip };
  }
}

function number(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

function add(a: Counters, b: Counters): Counters {
  return {
    framesDecoded: a.framesDecoded + b.framesDecoded,
    framesDropped: a.framesDropped + b.framesDropped,
    packetsLost: a.packetsLost + b.packetsLost,
    bytesReceived: a.bytesReceived + b.bytesReceived,
  };
}
