import type { Bookmark, CreateSession, CueReceipt, CueRequest, ForkRequest, Models, Rewind, ScheduleExport, ServerStatus, SessionCreated, SessionView } from './contracts.js';
import { errorOfFetch, errorOfResponse } from './errors.js';

export interface ApiOptions {
  /** Address of the server, for example `http://localhost:8080`; default: where the page came from. */
  readonly server?: string;
  readonly fetch?: typeof fetch;
}

/** The REST API. Every refusal is a {@link SanaLiveError} with the server's own sentence. */
export class SanaLiveApi {
  readonly #server: string;
  readonly #fetch: typeof fetch;

  constructor(options: ApiOptions = {}) {
    this.#server = (options.server ?? '').replace(/\/+$/, '');
    this.#fetch = options.fetch ?? ((input, init) => fetch(input, init));
  }

  /** Creates a session. The director's key in the answer is told only here. */
  create(request: CreateSession = {}, signal?: AbortSignal): Promise<SessionCreated> {
    return this.#call('POST', '/api/sessions', { body: request, signal });
  }

  get(id: string, signal?: AbortSignal): Promise<SessionView> {
    return this.#call('GET', `/api/sessions/${encodeURIComponent(id)}`, { signal });
  }

  models(signal?: AbortSignal): Promise<Models> {
    return this.#call('GET', '/api/models', { signal });
  }

  status(signal?: AbortSignal): Promise<ServerStatus> {
    return this.#call('GET', '/api/status', { signal });
  }

  cue(id: string, key: string, cue: CueRequest): Promise<CueReceipt> {
    return this.#call('POST', `/api/sessions/${encodeURIComponent(id)}/cues`, { key, body: cue });
  }

  changeCue(id: string, key: string, cueId: string, cue: CueRequest): Promise<CueReceipt> {
    return this.#call('PUT', `/api/sessions/${encodeURIComponent(id)}/cues/${encodeURIComponent(cueId)}`, { key, body: cue });
  }

  withdrawCue(id: string, key: string, cueId: string): Promise<CueReceipt> {
    return this.#call('DELETE', `/api/sessions/${encodeURIComponent(id)}/cues/${encodeURIComponent(cueId)}`, { key });
  }

  pause(id: string, key: string): Promise<SessionView> {
    return this.#call('POST', `/api/sessions/${encodeURIComponent(id)}/pause`, { key });
  }

  resume(id: string, key: string): Promise<SessionView> {
    return this.#call('POST', `/api/sessions/${encodeURIComponent(id)}/resume`, { key });
  }

  /** Has the session go on, at its next block border, on another engine of the server; viewers notice nothing. Answers when it is there. */
  move(id: string, key: string, engine: string): Promise<SessionView> {
    return this.#call('POST', `/api/sessions/${encodeURIComponent(id)}/move`, { key, body: { engine } });
  }

  close(id: string, key: string): Promise<void> {
    return this.#call('DELETE', `/api/sessions/${encodeURIComponent(id)}`, { key });
  }

  /** The moments that a session can go back to, the oldest first. */
  bookmarks(id: string, signal?: AbortSignal): Promise<readonly Bookmark[]> {
    return this.#call('GET', `/api/sessions/${encodeURIComponent(id)}/bookmarks`, { signal });
  }

  /** Address of a bookmark's picture, a WebP file. */
  bookmarkPicture(id: string, bookmark: string): string {
    return `${this.#server}/api/sessions/${encodeURIComponent(id)}/bookmarks/${encodeURIComponent(bookmark)}/picture`;
  }

  /** Keeps this moment until it is deleted or the session ends. */
  bookmark(id: string, key: string, name: string): Promise<Bookmark> {
    return this.#call('POST', `/api/sessions/${encodeURIComponent(id)}/bookmarks`, { key, body: { name } });
  }

  deleteBookmark(id: string, key: string, bookmark: string): Promise<void> {
    return this.#call('DELETE', `/api/sessions/${encodeURIComponent(id)}/bookmarks/${encodeURIComponent(bookmark)}`, { key });
  }

  /** The same session goes on from a bookmark; its blocks and media time count on. */
  rewind(id: string, key: string, bookmark: string): Promise<Rewind> {
    return this.#call('POST', `/api/sessions/${encodeURIComponent(id)}/rewind`, { key, body: { bookmark } });
  }

  /** A new session goes on from a bookmark, or from this moment. Its director's key is told only here. */
  fork(id: string, key: string, request: ForkRequest = {}): Promise<SessionCreated> {
    return this.#call('POST', `/api/sessions/${encodeURIComponent(id)}/fork`, { key, body: request });
  }

  /** Address of what was shown between two media times in seconds, as a video file; without them all that is kept. */
  recording(id: string, options: { from?: number; to?: number; format?: 'webm' | 'mp4' } = {}): string {
    const query = new URLSearchParams(Object.entries(options).map(([name, value]) => [name, String(value)])).toString();
    return `${this.#server}/api/sessions/${encodeURIComponent(id)}/recording${query ? `?${query}` : ''}`;
  }

  /** All that a stream was made from: as `replay` of a new session it gives the same frames. */
  schedule(id: string, signal?: AbortSignal): Promise<ScheduleExport> {
    return this.#call('GET', `/api/sessions/${encodeURIComponent(id)}/schedule`, { signal });
  }

  async #call<T>(
    method: string,
    path: string,
    options: { key?: string; body?: unknown; signal?: AbortSignal | undefined },
  ): Promise<T> {
    const headers: Record<string, string> = { accept: 'application/json' };
    if (options.body !== undefined) headers['content-type'] = 'application/json';
    // The key travels in a header only: addresses end up in logs and histories.
    if (options.key !== undefined) headers['authorization'] = `Bearer ${options.key}`;
    let response: Response;
    try {
      response = await this.#fetch(this.#server + path, {
        method,
        headers,
        cache: 'no-store',
        ...(options.body !== undefined ? { body: JSON.stringify(options.body) } : {}),
        ...(options.signal ? { signal: options.signal } : {}),
      });
    } catch (cause) {
      throw errorOfFetch(cause);
    }
    if (!response.ok) throw await errorOfResponse(response);
    const text = await response.text();
    return (text ? JSON.parse(text) : undefined) as T;
  }
}
