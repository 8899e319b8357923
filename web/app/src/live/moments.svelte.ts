import { SanaLiveApi, type Bookmark, type BookmarkSummary } from '@sanalive/client';

/** The part of the API that this needs. */
export type MomentsApi = Pick<SanaLiveApi, 'bookmarks' | 'bookmark' | 'deleteBookmark' | 'rewind' | 'fork' | 'bookmarkPicture' | 'recording'>;

/** What a page does with a session's bookmarks: lists them, keeps one, goes back, forks. */
export class Moments {
  bookmarks = $state.raw<readonly Bookmark[]>([]);
  /** What is being asked for; one thing at a time. */
  busy = $state<string | null>(null);
  refusal = $state<string | null>(null);

  readonly #api: MomentsApi;
  readonly #id: string;
  readonly #key: string | null;
  #seen = '';
  #loading = false;

  constructor(id: string, key: string | null, api: MomentsApi = new SanaLiveApi()) {
    this.#id = id;
    this.#key = key;
    this.#api = api;
  }

  picture(bookmark: Bookmark): string | null {
    return bookmark.hasPicture ? this.#api.bookmarkPicture(this.#id, bookmark.id) : null;
  }

  /** Address of all that is kept of what was shown. */
  get recording(): string {
    return this.#api.recording(this.#id);
  }

  /** The view's summary: only another one means another list. */
  async see(summary: BookmarkSummary | null | undefined): Promise<void> {
    const now = JSON.stringify([summary?.count ?? 0, summary?.newest ?? null, summary?.bytes ?? 0]);
    if (now === this.#seen || this.#loading) return;
    this.#loading = true;
    try {
      this.bookmarks = await this.#api.bookmarks(this.#id);
      this.#seen = now;
    } catch {
      // The next view asks again.
    } finally {
      this.#loading = false;
    }
  }

  keep(name: string): Promise<boolean> {
    return this.#ask('keep', async (key) => {
      const kept = await this.#api.bookmark(this.#id, key, name);
      this.bookmarks = [...this.bookmarks.filter((other) => other.id !== kept.id), kept];
    });
  }

  drop(bookmark: Bookmark): Promise<boolean> {
    return this.#ask(bookmark.id, async (key) => {
      await this.#api.deleteBookmark(this.#id, key, bookmark.id);
      this.bookmarks = this.bookmarks.filter((other) => other.id !== bookmark.id);
    });
  }

  rewind(bookmark: Bookmark): Promise<boolean> {
    return this.#ask(bookmark.id, async (key) => void (await this.#api.rewind(this.#id, key, bookmark.id)));
  }

  /** The new session's id and key; null when it was refused. */
  async fork(bookmark?: Bookmark): Promise<{ id: string; key: string } | null> {
    let made: { id: string; key: string } | null = null;
    await this.#ask(bookmark?.id ?? 'fork', async (key) => {
      const { id, directorKey } = await this.#api.fork(this.#id, key, bookmark ? { bookmark: bookmark.id } : {});
      made = { id, key: directorKey };
    });
    return made;
  }

  async #ask(what: string, run: (key: string) => Promise<void>): Promise<boolean> {
    if (this.#key === null || this.busy !== null) return false;
    this.busy = what;
    this.refusal = null;
    try {
      await run(this.#key);
      return true;
    } catch (cause) {
      this.refusal = cause instanceof Error ? cause.message : String(cause);
      return false;
    } finally {
      this.busy = null;
    }
  }
}
