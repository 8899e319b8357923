// What a server has promised, and what of it is still true.
import assert from 'node:assert/strict';

/** Everything that was answered with success, by session; and what was asked and never answered. */
export class Ledger {
  sessions = new Map();
  /** Counts the server's lives. */
  life = 1;
  closed = new Set();
  /** Forks that were asked for without an answer: they may be there or not. */
  strangers = new Set();
  lost = { sessions: 0, cues: 0, bookmarks: 0, forks: 0, rewinds: 0 };
  differing = 0;
  madeAgain = 0;
  /** Blocks that nobody had been shown, and that were steered before they were made again: they must be others. */
  steeredAnew = 0;
  /** Blocks of forks that were held against their parents'. */
  forkBlocks = 0;
  troubles = [];

  add(started, extra = {}) {
    const session = { id: started.id, key: started.directorKey, cues: [], bookmarks: [], rewinds: [], unanswered: [], hashes: new Map(), streamBlocks: new Map(), lives: new Map(), newest: -1, ...extra };
    this.sessions.set(started.id, session);
    return session;
  }

  /** Remembers the hashes of the blocks made; a block that was made in an earlier life must have come out the same, unless it was steered since. */
  async collect(server, session) {
    const { status, body } = await server.api('GET', `/api/sessions/${session.id}/blocks`);
    if (status !== 200) return;
    for (const { number, streamBlock, hash } of body) {
      const [known, before, steered] = [session.hashes.get(number), session.lives.get(number), this.#steeredSince(session, number)];
      session.hashes.set(number, hash);
      session.streamBlocks.set(number, streamBlock);
      session.newest = number;
      session.lives.set(number, this.life);
      if (known === undefined || before === this.life) continue;
      if (known === hash) this.madeAgain++;
      else if (steered) this.steeredAnew++;
      else {
        this.differing++;
        this.trouble(`block ${number} of ${session.id} in life ${this.life} is another than in life ${before}`);
      }
    }
  }

  /** Whether a block was collected in an earlier life than the one in which its stream was steered before it. */
  #steeredSince(session, number) {
    return [...session.cues, ...session.rewinds].some((one) => one.life > session.lives.get(number) && one.block <= number);
  }

  /** After a restart: everything that was promised is there, and what was not answered can be asked for again. */
  async check(server) {
    const listed = new Map((await server.api('GET', '/api/sessions')).body.map((view) => [view.id, view]));
    for (const id of this.closed) if (listed.has(id)) this.trouble(`session ${id} was closed and is back`);
    for (const view of listed.values()) {
      if (this.sessions.has(view.id) || this.closed.has(view.id)) continue;
      if (view.origin && this.sessions.has(view.origin.session)) this.strangers.add(view.id);
      else this.trouble(`session ${view.id} was never answered, or is nobody's`);
    }
    for (const session of this.sessions.values()) {
      const view = listed.get(session.id);
      if (!view) {
        this.lost[session.parent ? 'forks' : 'sessions']++;
        this.trouble(`session ${session.id} is lost`);
        continue;
      }
      await this.#checkOne(server, session, view);
    }
  }

  async #checkOne(server, session, view) {
    if (view.status === 'failed') this.trouble(`session ${session.id} has failed: ${view.reason}`);
    if (view.durability?.durable !== true || view.durability.note) this.trouble(`session ${session.id}: ${JSON.stringify(view.durability)}`);
    for (const cue of session.cues) {
      const kept = view.cues.filter((one) => one.clientId === cue.clientId);
      if (kept.length === 1 && kept[0].block === cue.block && kept[0].prompt === cue.prompt) continue;
      this.lost.cues++;
      this.trouble(`cue ${cue.clientId} of ${session.id} at block ${cue.block}: ${JSON.stringify(kept)}`);
    }
    const bookmarks = (await server.api('GET', `/api/sessions/${session.id}/bookmarks`)).body;
    for (const bookmark of session.bookmarks) {
      const kept = bookmarks.find((one) => one.id === bookmark.id);
      if (kept?.name === bookmark.name && kept.block === bookmark.block) continue;
      this.lost.bookmarks++;
      this.trouble(`bookmark ${bookmark.id} (${bookmark.name}) of ${session.id}: ${JSON.stringify(kept)}`);
    }
    const promised = session.rewinds.at(-1);
    if (promised && !(view.rewind?.block > promised.block || (view.rewind?.block === promised.block && (view.rewind.from === promised.from || session.rewindUnanswered)))) {
      this.lost.rewinds++;
      this.trouble(`rewind of ${session.id} ${JSON.stringify(promised)}: ${JSON.stringify(view.rewind)}`);
    }
    session.rewindUnanswered = false;
    if (view.rewind && (view.rewind.block !== promised?.block || view.rewind.bookmark !== promised.bookmark)) session.rewinds.push({ ...view.rewind, life: this.life });
    if (session.parent) assert.equal(view.origin?.session, session.parent);
    // The same client id is the same cue, whether or not it was there already.
    for (const cue of session.unanswered.splice(0)) {
      const { status, body } = await server.api('POST', `/api/sessions/${session.id}/cues`, cue, session.key);
      if (status === 202) session.cues.push({ ...body, life: this.life });
      else this.trouble(`cue ${cue.clientId} sent again: ${status} ${body?.detail}`);
    }
  }

  /**
   * A fork that nobody steers makes its parent's blocks, until somebody steered the parent. One that was made from a moment that nobody had
   * been shown before a kill goes on from there, while the parent may have been steered before it since: then they have nothing in common.
   */
  compareFork(fork) {
    const parent = this.sessions.get(fork.parent);
    const steers = [...parent.cues, ...parent.rewinds];
    if (steers.some((one) => one.life > fork.since && one.block < fork.from)) return;
    const steered = Math.min(...steers.map((one) => one.block).filter((block) => block >= fork.from));
    for (const [number, hash] of fork.hashes) {
      if (number < fork.from || number >= steered || !parent.hashes.has(number)) continue;
      this.forkBlocks++;
      if (parent.hashes.get(number) === hash) continue;
      this.differing++;
      this.trouble(`block ${number} of fork ${fork.id} is another than its parent's`);
    }
  }

  /**
   * Blocks of a stream since it last went back, against those of its schedule on another server. What a kill took counts when it was made
   * again: a block that was collected before, and then steered anew and shown without being collected, is not what is known of it.
   */
  compareReplay(session, seen) {
    const branch = [...session.hashes].filter(([number]) => number >= session.branch && number <= session.newest && !this.#steeredSince(session, number));
    const reached = branch.filter(([number]) => seen.has(session.streamBlocks.get(number)));
    for (const [number, hash] of reached) {
      if (seen.get(session.streamBlocks.get(number)) === hash) continue;
      this.differing++;
      this.trouble(`block ${number} of ${session.id} is another than that of an undisturbed stream (since ${session.branch}, stream's ${session.streamBlocks.get(number)}, made in life ${session.lives.get(number)} of ${this.life})`);
    }
    return { compared: reached.length, of: branch.length };
  }

  trouble(sentence) {
    this.troubles.push(sentence);
    console.log(`  TROUBLE: ${sentence}`);
  }
}
