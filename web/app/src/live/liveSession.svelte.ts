import {
  LiveConnection,
  newClientId,
  SanaLiveApi,
  SanaLiveError,
  Steering,
  WhepPlayer,
  type ControlValue,
  type ControlValues,
  type CueReceipt,
  type CueRequest,
  type LiveState,
  type ModelCard,
  type PlayerState,
  type PlayerStats,
  type SessionView,
} from '@sanalive/client';
import { PATIENCE, takePicture, whepPath } from '../shared/opening';
import { conditionOf } from './condition';
import { CueStopwatch, type CueTimes } from './cueTimes';
import { Playhead } from './playhead';
import { overlaid, Steered } from './steered';
import { troubleOf } from './trouble';

/** A cue that was sent and not answered yet. */
export interface PendingCue {
  readonly clientId: string;
  readonly prompt: string;
  /** The server's sentence when it refused; the cue stays until it is dismissed or sent again. */
  readonly refusal: string | null;
  readonly request: CueRequest;
}

export interface Sample {
  readonly block: number;
  readonly stateBytes: number;
}

/** How long the last frame may be ago for the picture to count as moving. */
const MOVING_MS = 2_500;

/** One session as this page sees it: the latest view, the picture's connection, and what this page sent. */
export class LiveSession {
  readonly id: string;
  readonly key: string | null;
  readonly playhead = new Playhead();

  view = $state.raw<SessionView>();
  card = $state.raw<ModelCard>();
  /** Null while it is not known yet. */
  maySteer = $state<boolean | null>(null);
  stream = $state.raw<MediaStream>();
  stats = $state.raw<PlayerStats>();
  /** Per second, from the difference of two samples. */
  bitsPerSecond = $state(0);
  pending = $state.raw<readonly PendingCue[]>([]);
  cueTimes = $state.raw<CueTimes | null>(null);
  /** Block and state size of each view that this page saw, thinned out to a few hundred. */
  samples = $state.raw<readonly Sample[]>([]);
  /** A sentence about the last command that was refused. */
  refusal = $state<string | null>(null);
  /** Why no picture comes although the server is there, when there is more to say than that it is tried again. */
  trouble = $state<string | null>(null);
  /** Seconds until the next attempt to reach the server. */
  retryIn = $state<number | null>(null);

  /** What this page set and no applied cue shows yet. */
  steered = $state.raw<ControlValues>({});

  /** Every control's value as its knob shows it: in force, or set here and on its way. */
  readonly controls = $derived(overlaid(this.view?.controls ?? {}, this.steered, this.card?.controls ?? []));

  #hubState = $state<LiveState>('new');
  #playerState = $state<PlayerState>('new');
  #attempts = $state(0);
  #missing = $state(false);
  #ended = $state(false);
  #moving = $state(false);
  #played = false;
  #lastFrame = -Infinity;
  #retryAt: number | null = null;

  readonly condition = $derived(
    conditionOf({
      hub: this.#hubState,
      player: this.#playerState,
      attempts: this.#attempts,
      status: this.#ended && !this.#missing ? 'closed' : this.view?.status,
      missing: this.#missing,
      moving: this.#moving,
    }),
  );

  readonly #api = new SanaLiveApi();
  readonly #live = new LiveConnection({ backoff: PATIENCE });
  readonly #player: WhepPlayer;
  readonly #stopwatch = new CueStopwatch();
  readonly #steered = new Steered();
  #steering: Steering | undefined;
  readonly #abort = new AbortController();
  #stop: (() => void)[] = [];
  #gone = false;

  constructor(id: string, key: string | null) {
    this.id = id;
    this.key = key;
    if (key === null) this.maySteer = false;
    const expectsFrames = () => this.view?.status === 'streaming';
    this.#player = takePicture(id, expectsFrames) ?? new WhepPlayer({ url: whepPath(id), expectsFrames, backoff: PATIENCE });
  }

  start(): void {
    this.#live.on('state', (state) => {
      this.#hubState = state;
      if (state === 'connected') {
        this.#attempts = 0;
        this.#retryAt = null;
        if (this.maySteer === null) void this.#askMaySteer();
        if (!this.card) void this.#loadCard();
        // A server that is back for commands is back for the picture, too.
        this.#player.nudge();
      }
    });
    this.#live.on('restarted', ({ lost }) => this.#player.renew(lost));
    this.#live.on('error', ({ retryIn }) => {
      this.#attempts++;
      this.#retryAt = performance.now() + retryIn;
    });
    this.#live.follow(this.id, {
      view: (view) => this.#see(view),
      ended: (error) => (error === null ? this.#end() : this.#lose(error)),
    });
    this.#player.on('state', (state) => {
      this.#playerState = state;
      if (state !== 'playing') return;
      this.#played = true;
      this.trouble = null;
    });
    this.#player.on('stream', (stream) => (this.stream = stream));
    this.#player.on('error', ({ error, retryIn }) => {
      if (retryIn !== null) {
        this.trouble = troubleOf(error, {
          serverAnswers: this.#hubState === 'connected',
          played: this.#played,
          browser: navigator.userAgent,
          host: location.hostname,
        });
        return;
      }
      // A session that is closed disconnects its viewers first and tells its events next: those know why.
      const wait = setTimeout(() => this.#lose(error), this.view ? 1_500 : 0);
      this.#stop.push(() => clearTimeout(wait));
    });
    this.#live.start();
    this.#player.start();
    // It may have begun before this page did.
    this.#playerState = this.#player.state;
    this.#played = this.#player.state === 'playing';
    this.stream = this.#player.stream;

    const second = setInterval(() => void this.#measure(), 1_000);
    const moment = setInterval(() => this.#tick(), 250);
    const nudge = () => {
      this.#live.nudge();
      this.#player.nudge();
    };
    const visible = () => {
      if (document.visibilityState === 'visible') nudge();
    };
    // Leaving says goodbye, so that the server stops making blocks at once. A page that comes back from the
    // browser's cache starts anew.
    const hide = () => this.#player.stop();
    const show = (event: PageTransitionEvent) => {
      if (event.persisted) this.#player.start();
    };
    addEventListener('online', nudge);
    addEventListener('pagehide', hide);
    addEventListener('pageshow', show);
    document.addEventListener('visibilitychange', visible);
    this.#stop.push(() => {
      clearInterval(second);
      clearInterval(moment);
      removeEventListener('online', nudge);
      removeEventListener('pagehide', hide);
      removeEventListener('pageshow', show);
      document.removeEventListener('visibilitychange', visible);
    });
  }

  stop(): void {
    this.#gone = true;
    this.#abort.abort();
    for (const stop of this.#stop) stop();
    this.#stop = [];
    this.#steering?.stop();
    this.#live.stop();
    this.#player.stop();
  }

  retryNow(): void {
    this.#live.nudge();
    this.#player.nudge();
  }

  /** A frame reached the screen. */
  frameShown(rtpTimestamp?: number): void {
    const now = performance.now();
    this.#lastFrame = now;
    if (!this.#moving) this.#moving = true;
    const block = this.playhead.frame(rtpTimestamp, now);
    if (block !== null && this.#stopwatch.screen(block, now)) this.cueTimes = this.#stopwatch.last;
  }

  playerStats(): Promise<PlayerStats> {
    return this.#player.stats();
  }

  /** Sends a cue; what becomes of it is seen in `pending` and then in the view's receipts. */
  async cue(request: Omit<CueRequest, 'clientId'>): Promise<void> {
    const key = this.key;
    if (key === null) return;
    const clientId = newClientId();
    await this.#send({ ...request, clientId }, key);
  }

  /** Sets a control, as often as one likes: few cues come of it. What the server refuses is told in `refusal`. */
  steer(name: string, value: ControlValue): void {
    const { card, key } = this;
    if (!card || key === null || this.maySteer !== true) return;
    this.#steering ??= new Steering({
      controls: card.controls,
      send: (values) => this.#sendControls(values, key),
      refused: (cause) => (this.refusal = sentence(cause)),
    });
    this.#steered.set(name, value, card.controls);
    this.steered = this.#steered.values;
    this.#steering.set(name, value);
  }

  async resend(pending: PendingCue): Promise<void> {
    if (this.key !== null) await this.#send(pending.request, this.key);
  }

  dismiss(pending: PendingCue): void {
    this.pending = this.pending.filter((other) => other.clientId !== pending.clientId);
  }

  changeCue(cueId: string, request: CueRequest): Promise<boolean> {
    return this.#command(async (key) => this.#patch(await this.#live.changeCue(this.id, key, cueId, request)));
  }

  withdrawCue(cueId: string): Promise<boolean> {
    return this.#command(async (key) => this.#patch(await this.#live.withdrawCue(this.id, key, cueId)));
  }

  togglePause(): Promise<boolean> {
    return this.#command(async (key) => {
      const paused = this.view?.status === 'paused';
      this.#see(await (paused ? this.#live.resume(this.id, key) : this.#live.pause(this.id, key)));
    });
  }

  close(): Promise<boolean> {
    return this.#command(async (key) => {
      await this.#live.close(this.id, key);
      this.#end();
    });
  }

  async #send(request: CueRequest, key: string): Promise<void> {
    const clientId = request.clientId ?? newClientId();
    const entry: PendingCue = { clientId, prompt: request.prompt ?? '', refusal: null, request };
    this.pending = [entry, ...this.pending.filter((other) => other.clientId !== clientId)];
    this.#stopwatch.sent(clientId, performance.now(), request.atBlock === undefined);
    try {
      const receipt = await this.#live.cue(this.id, key, request);
      this.#stopwatch.received(receipt, performance.now());
      this.cueTimes = this.#stopwatch.last;
      this.pending = this.pending.filter((other) => other.clientId !== clientId);
      this.#patch(receipt);
    } catch (cause) {
      const refusal = sentence(cause);
      this.pending = this.pending.map((other) => (other.clientId === clientId ? { ...other, refusal } : other));
    }
  }

  async #sendControls(controls: ControlValues, key: string): Promise<void> {
    const clientId = newClientId();
    this.#steered.sent(controls, clientId);
    this.#stopwatch.sent(clientId, performance.now(), true);
    this.refusal = null;
    try {
      const receipt = await this.#live.cue(this.id, key, { controls, clientId });
      this.#stopwatch.received(receipt, performance.now());
      this.cueTimes = this.#stopwatch.last;
      this.#patch(receipt);
    } catch (cause) {
      this.#steered.refused(clientId);
      this.steered = this.#steered.values;
      throw cause;
    }
  }

  async #command(run: (key: string) => Promise<void>): Promise<boolean> {
    if (this.key === null || this.maySteer === false) return false;
    this.refusal = null;
    try {
      await run(this.key);
      return true;
    } catch (cause) {
      this.refusal = sentence(cause);
      return false;
    }
  }

  /** Shows a receipt at once; the next view, which is whole and newer, replaces this. */
  #patch(receipt: CueReceipt): void {
    const view = this.view;
    if (!view) return;
    const present = view.cues.find((cue) => cue.id === receipt.id);
    // The events may have overtaken the answer: an applied cue never becomes an accepted one again.
    if (present && present.status !== 'accepted') return;
    const cues = present
      ? view.cues.map((cue) => (cue.id === receipt.id ? receipt : cue))
      : [...view.cues, receipt];
    this.view = { ...view, cues };
  }

  #see(view: SessionView): void {
    if (this.#gone || (this.view && view.version < this.view.version)) return;
    const now = performance.now();
    this.view = view;
    this.#steered.view(view);
    this.steered = this.#steered.values;
    this.playhead.update(view, now);
    this.#stopwatch.view(view, now);
    this.cueTimes = this.#stopwatch.last;
    const last = this.samples.at(-1);
    if (!last || view.block > last.block || view.stateBytes !== last.stateBytes) {
      this.samples = thin([...this.samples, { block: view.block, stateBytes: view.stateBytes }]);
    }
    if (view.status === 'closed') this.#end();
  }

  #end(): void {
    this.#ended = true;
    this.#live.stop();
    // The server has let the viewers of a session that is over go already.
    this.#player.stop({ goodbye: false });
  }

  /** Something ended for good. Whether the session did is for the server to say: one question decides. */
  #lose(error: SanaLiveError): void {
    if (this.#gone || this.#ended) return;
    if (error.kind === 'notFound') {
      this.#missing = true;
      this.#end();
      return;
    }
    this.#api.get(this.id, this.#abort.signal).then(
      (view) => {
        this.#see(view);
        if (view.status !== 'closed' && view.status !== 'failed') this.refusal = error.message;
      },
      (cause: unknown) => {
        if (cause instanceof SanaLiveError && cause.kind === 'notFound') this.#lose(cause);
      },
    );
  }

  async #askMaySteer(): Promise<void> {
    try {
      this.maySteer = await this.#live.maySteer(this.id, this.key ?? '');
    } catch (cause) {
      // An unknown session is told by its events; without a connection the question is asked again.
      if (cause instanceof SanaLiveError && !cause.transient && cause.kind !== 'aborted') this.maySteer = false;
    }
  }

  async #loadCard(): Promise<void> {
    try {
      const { models } = await this.#live.models();
      this.card = models.find((card) => card.name === this.view?.model) ?? models[0];
    } catch (cause) {
      this.refusal = sentence(cause);
    }
  }

  async #measure(): Promise<void> {
    const before = this.stats;
    const stats = await this.#player.stats();
    if (this.#gone) return;
    this.stats = stats;
    this.bitsPerSecond = before ? Math.max(0, (stats.bytesReceived - before.bytesReceived) * 8) : 0;
  }

  #tick(): void {
    const now = performance.now();
    if (this.#moving && now - this.#lastFrame > MOVING_MS) this.#moving = false;
    this.retryIn = this.#retryAt === null ? null : Math.max(0, Math.ceil((this.#retryAt - now) / 1000));
  }
}

function sentence(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

function thin(samples: Sample[]): Sample[] {
  return samples.length <= 400 ? samples : samples.filter((_, index) => index % 2 === 0 || index === samples.length - 1);
}
