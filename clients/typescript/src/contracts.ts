/**
 * What the server says, in the words of the server (`grains/SanaLive.Sessions`): camelCase, enums as camelCase strings.
 * Everything is a snapshot: nothing here is ever folded from events.
 */

export type SessionStatus = 'queued' | 'idle' | 'streaming' | 'paused' | 'failed' | 'closed';

export type CueStatus = 'accepted' | 'applied' | 'superseded' | 'withdrawn';

/** The value of a control: a number, or one of its words. */
export type ControlValue = number | string;

/** Values of controls by name; which there are, with their ranges, is in {@link ModelCard.controls}. */
export type ControlValues = Readonly<Record<string, ControlValue>>;

/** What the sender of a cue is told: first that it is accepted and for which block, later that it was applied. */
export interface CueReceipt {
  readonly id: string;
  readonly clientId?: string | null;
  /** The words that were sent; of controls alone, what they say. */
  readonly prompt: string;
  /** What it set without words. */
  readonly controls?: ControlValues | null;
  readonly status: CueStatus;
  /** The block it is planned for, or was applied at. */
  readonly block: number;
  /** 0 is a cut. */
  readonly blendBlocks: number;
  /** Seconds of media time of the block's first frame, once applied. */
  readonly mediaTime?: number | null;
  readonly understood: readonly string[];
  readonly notUnderstood: readonly string[];
  /** A sentence when something needs saying. */
  readonly note?: string | null;
}

/** The picture that a stream began with. */
export interface StartImage {
  /** Of the picture that was sent, upright. */
  readonly width: number;
  readonly height: number;
  /** What was done to it, in a sentence. */
  readonly note?: string | null;
  /** What the model read in it, in the model's own words. */
  readonly understood: readonly string[];
}

/** Milliseconds of one block by stage. */
export interface StageMilliseconds {
  readonly queued: number;
  readonly denoise: number;
  readonly statePass: number;
  readonly decode: number;
  readonly encode: number;
  readonly total: number;
}

/** Everything that a client may know of a session at one moment. */
export interface SessionView {
  readonly id: string;
  /** Counts up with every change; an older one than the last seen is to be dropped (see {@link ViewOrder}). */
  readonly version: number;
  readonly status: SessionStatus;
  /** 1 for the first in line. */
  readonly queuePosition?: number | null;
  /** Why, when failed. */
  readonly reason?: string | null;
  /** Number of the next block to be made. */
  readonly block: number;
  /** At most 2^53 - 1, so that no client rounds it. */
  readonly seed: number;
  /** Absent when it began without one. */
  readonly image?: StartImage | null;
  /** The viewer's words now in force; after a cue of controls alone, what those said. */
  readonly prompt: string;
  /** The whole description now in force, in the model's own words. */
  readonly meaning: string;
  /**
   * The value now in force of every control; one whose words have none for it is left out (`time` at 16:30, which is `hour` 16.5).
   * Empty for a model without controls.
   */
  readonly controls: ControlValues;
  readonly cues: readonly CueReceipt[];
  readonly viewers: number;
  readonly stateBytes: number;
  readonly statePolicy: string;
  readonly model: string;
  readonly engine: string;
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number;
  readonly framesPerBlock: number;
  /** ISO 8601. */
  readonly created: string;
  readonly lastBlock?: StageMilliseconds | null;
  /** Seconds that generation is ahead of the media clock now. */
  readonly lead: number;
  /** Times that the media clock had to wait for a block since creation. */
  readonly stalls: number;
  /** Whether the session would survive its server now; absent when sessions are not kept. */
  readonly durability?: Durability | null;
  /** A sentence for everybody who watches, for example that the server is being restarted. */
  readonly notice?: string | null;
  /** The moments that one can go back to, in short: when this is another, their list is. */
  readonly bookmarks?: BookmarkSummary | null;
  /** The last time that it went back to one. */
  readonly rewind?: Rewind | null;
  /** What it was forked from. */
  readonly origin?: Origin | null;
  /** What was forked from it and has not ended. */
  readonly forks?: readonly Fork[];
  /** Another number whenever somewhere in the family of forks, up and down, one was made or has ended. */
  readonly family?: number;
}

export interface Durability {
  /** False: what happens now would be lost with the server. It mends itself when the reason goes away. */
  readonly durable: boolean;
  /** Counts the servers that the session has had. */
  readonly epoch: number;
  /** The block that the newest snapshot goes on with. */
  readonly block?: number | null;
  /** Why, when not durable. */
  readonly reason?: string | null;
  /** What became of it when its server was started again, when something needs saying. */
  readonly note?: string | null;
}

/** A moment of a session that one can go back to. */
export interface Bookmark {
  readonly id: string;
  /** Absent for one that was taken unasked: those go when they are too old, or when there is no room. */
  readonly name?: string | null;
  /** The block that was made next. */
  readonly block: number;
  /** Seconds of media time of that block's first frame. */
  readonly mediaTime: number;
  /** ISO 8601. */
  readonly taken: string;
  readonly prompt: string;
  readonly meaning: string;
  readonly bytes: number;
  /** Where {@link SanaLiveApi.bookmarkPicture} finds one: not before the first block. */
  readonly hasPicture: boolean;
}

export interface BookmarkSummary {
  readonly count: number;
  readonly newest?: string | null;
  /** Bytes that they take, and may take. */
  readonly bytes: number;
  readonly budget: number;
  /** Seconds of media time between two that are taken unasked; absent when there is no room for any. */
  readonly interval?: number | null;
}

/** A going back: `block` is the first that shows what `from` showed. */
export interface Rewind {
  readonly bookmark: string;
  readonly name?: string | null;
  readonly block: number;
  readonly from: number;
}

export interface ForkRequest {
  /** Without it, from what is on now. */
  readonly bookmark?: string;
  /** A cue for the first block; without it the same blocks come out. */
  readonly prompt?: string;
}

export interface Origin {
  /** It may have ended. */
  readonly session: string;
  /** The first block of its own. */
  readonly block: number;
  readonly bookmark?: string | null;
}

export interface Fork {
  readonly session: string;
  readonly block: number;
}

export interface CreateSession {
  /** 1 to 2,000 characters; without it, controls and image the model's default prompt. */
  readonly prompt?: string;
  readonly controls?: ControlValues;
  readonly seed?: number;
  /** A PNG or JPEG that becomes the first picture, as a `data:` address or its base64 alone (see `pictureAddress`). */
  readonly image?: string;
  /** An exported schedule, with nothing beside it. */
  readonly replay?: ScheduleExport;
}

/** What decides every pixel of a stream (see {@link SanaLiveApi.schedule}). */
export interface ScheduleExport {
  readonly version: number;
  /** Fingerprint. */
  readonly model: string;
  readonly seed: number;
  readonly prompt?: string | null;
  readonly controls?: ControlValues | null;
  readonly cues: readonly ScheduledCue[];
  /** The picture that the stream began with, as the model saw it. */
  readonly image?: ScheduledImage | null;
}

export interface ScheduledImage {
  /** 32-bit floats, little-endian, as base64. */
  readonly latents: string;
  readonly controls: ControlValues;
  readonly width: number;
  readonly height: number;
  readonly note?: string | null;
}

export interface ScheduledCue {
  readonly block: number;
  readonly blendBlocks: number;
  readonly prompt?: string | null;
  readonly controls?: ControlValues | null;
}

/** The answer to a creation: the only time that the director's key is told. */
export interface SessionCreated {
  readonly id: string;
  readonly directorKey: string;
  /** Where to send a WHEP offer. */
  readonly whep: string;
  /** The page for viewers. */
  readonly watch: string;
  /** The page for directors. */
  readonly direct: string;
  readonly session: SessionView;
}

/** A change for a running session: words, controls or both. What both name is as the control says. */
export interface CueRequest {
  /** 1 to 2,000 characters. */
  readonly prompt?: string;
  readonly controls?: ControlValues;
  /** The block it applies at; without it the next one whose denoising has not begun. */
  readonly atBlock?: number;
  /** 0 is a cut; n blends over n blocks (at most 64); without it the model's default. */
  readonly blendBlocks?: number;
  /** The sender's own id: the same one twice is one cue. */
  readonly clientId?: string;
}

export interface VocabularyAttribute {
  readonly name: string;
  readonly values: readonly string[];
}

/** Something that a model can be told by a typed value instead of words. */
export interface ModelControl {
  readonly name: string;
  /** The attribute of the vocabulary that it sets. Two controls of one attribute (`time` and `hour`) exclude each other in a cue. */
  readonly attribute: string;
  readonly type: 'number' | 'choice';
  /** Of a number. */
  readonly minimum?: number | null;
  /** Of a number, itself allowed. */
  readonly maximum?: number | null;
  readonly unit?: string | null;
  /** The words that may be given: all that a choice takes; for some numbers, words that stand for one. */
  readonly values?: readonly string[] | null;
  /** Its value in the model's default prompt. */
  readonly default: ControlValue;
}

export interface ModelCard {
  readonly name: string;
  readonly license: string;
  /** `merge`: a cue changes what it names and keeps the rest. `replace`: a prompt is the whole description. */
  readonly promptSemantics: 'merge' | 'replace';
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number;
  readonly framesPerBlock: number;
  /** Of a block that begins a scene: a stream's first, and one after a cut. Absent when the server does not say. */
  readonly firstBlockFrames?: number;
  readonly parameters: number;
  /** Bytes of all weights' files; absent or 0 when the server does not say. */
  readonly weightBytes?: number;
  /** The pictures' sizes that the model was trained with, height first (`480x832`); absent when the server does not say. */
  readonly sizes?: readonly string[];
  readonly steps: number;
  readonly statePolicy: string;
  readonly defaultPrompt: string;
  readonly suggestions: readonly string[];
  readonly vocabulary: readonly VocabularyAttribute[];
  /** Empty for a model that is steered by prompts alone. */
  readonly controls: readonly ModelControl[];
  readonly fingerprint: string;
  /** Bytes by which a KV cache of the same transformer would grow with every block; absent when the server does not say. */
  readonly keyValueBytesPerBlock?: number | null;
  /** Seconds of media time of one block. */
  readonly blockDuration?: number;
}

/** The models that a server runs. */
export interface Models {
  /** Name of the one that a new session gets. */
  readonly default: string;
  readonly models: readonly ModelCard[];
}

/** What the server says of itself; which fields there are depends on its version. */
export type ServerStatus = Readonly<Record<string, unknown>>;
