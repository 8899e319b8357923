// ./sanalive bench chaos [--kills N] [--replay-minutes N] [--into FILE]: a real server is killed again and again while all sorts of things happen to its sessions.
// The method is in tests/bench/README.md. Prints a table and a last line of JSON; ends with 1 when anything is lost or comes out differently.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, root, startAgain } from '../e2e/server.mjs';
import { Ledger } from './chaosLedger.mjs';
import { keepWatching } from './offers.mjs';
import { number, option } from './options.mjs';

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const kills = number('--kills', 50);
const replayMinutes = number('--replay-minutes', 6);
const into = option('--into');
/** The results of earlier portions. */
const earlier = into && existsSync(into) ? JSON.parse(readFileSync(into, 'utf8')) : [];
const before = (of) => earlier.reduce((sum, one) => sum + of(one), 0);
const needed = kills + before((one) => one.kills) >= 50 ? 5 : 0;

// One address does here what many people do.
for (const limit of ['SessionBurst', 'CueBurst', 'OfferBurst']) process.env[`SanaLive__Limits__${limit}`] = '100000';
const data = mkdtempSync(join(tmpdir(), 'sanalive-chaos-'));
// Nor is an engine to be fenced off because others use the machine.
process.env.SanaLive__Sessions__EngineTimeout = '00:02:00';
// Places for all: how late blocks come is not measured here. Two engines only where something is moved: one is started sooner.
const options = (target) => ['--data', data, '--max-streams', '4', '--engines', target === 'move' ? '2' : '1'];
const targets = ['cue', 'move', 'snapshot', 'rewind', 'block', 'fork', 'bookmark'];
const hit = { block: 0, snapshot: 0, cue: 0, move: 0, rewind: 0, fork: 0, bookmark: 0, start: 0 };
const took = new Map();
const words = ['night falls', 'a sailing boat on the sea', 'rain', 'the sun rises', 'a snowy forest', 'a red train', 'a desert', 'fog'];
const ledger = new Ledger();
const main = [];
let server, counter = 0;

const any = (list) => list[Math.floor(Math.random() * list.length)];
const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
const folderOf = (session) => join(data, 'sessions', session.id);
const beingWritten = () => main.filter((session) => readdirSync(folderOf(session)).some((file) => file.endsWith('.tmp')));

/** Everything that is asked: what to send, and what its answer promises. */
const actions = {
  async cue(session) {
    const cue = { prompt: any(words), clientId: `cue-${counter++}`, ...(Math.random() < 0.5 ? {} : { blendBlocks: any([0, 2, 4]) }) };
    const answer = await asked(session, 'cues', cue, 202, () => session.unanswered.push(cue));
    if (answer) session.cues.push({ ...answer, life: ledger.life });
  },
  async bookmark(session) {
    const answer = await asked(session, 'bookmarks', { name: `mark ${counter++}` }, 201);
    if (answer) session.bookmarks.push({ ...answer, life: ledger.life });
  },
  async rewind(session) {
    // The newest few: what lies between is not in the schedule of what is on in the end.
    const bookmark = any(session.bookmarks.slice(-3));
    if (!bookmark) return actions.bookmark(session);
    const answer = await asked(session, 'rewind', { bookmark: bookmark.id }, 202, () => (session.rewindUnanswered = true));
    if (answer) session.rewinds.push({ ...answer, life: ledger.life });
  },
  async fork(session) {
    const bookmark = any(session.bookmarks.slice(-3));
    if (!bookmark) return actions.bookmark(session);
    const answer = await asked(session, 'fork', { bookmark: bookmark.id }, 201);
    if (answer) ledger.add(answer, { parent: session.id, from: answer.session.block, since: bookmark.life });
  },
  async move(session) {
    const view = await server.api('GET', `/api/sessions/${session.id}`).catch((error) => {
      if (server.alive) throw error;
    });
    if (view) await asked(session, 'move', { engine: view.body.engine === 'cpu-0' ? 'cpu-1' : 'cpu-0' }, 200);
  },
  snapshot: (session) => new Promise((resolve) => {
    const folder = watch(folderOf(session), (_, file) => file?.endsWith('.snapshot.tmp') && done());
    const late = setTimeout(done, 4_000);
    function done() {
      clearTimeout(late);
      folder.close();
      resolve();
    }
  }),
};

/** Returns at the very answer that says that an engine is at work on a block. */
async function blockUnderWay() {
  for (const until = Date.now() + 10_000; Date.now() < until;) {
    const { body } = await server.api('GET', '/api/status');
    if (body.engines.some((engine) => engine.queueLength > 0)) return true;
    await pause(Math.random() * 60);
  }
  return false;
}

const inFlight = new Set();

/** The answer; nothing when it was refused or the server died. `unanswered` is called in the latter case. */
async function asked(session, what, body, expected, unanswered = () => {}) {
  const flight = { what, session };
  inFlight.add(flight);
  const began = performance.now();
  try {
    const answer = await server.api('POST', `/api/sessions/${session.id}/${what}`, body, session.key);
    inFlight.delete(flight);
    if (answer.status === expected) {
      took.set(what, [...(took.get(what) ?? []), performance.now() - began]);
      return answer.body;
    }
    // Two moves of one session, a full queue, a bookmark too many: a refusal promises nothing.
    if (![409, 503].includes(answer.status)) ledger.trouble(`${what}: ${answer.status} ${answer.body?.detail}`);
  } catch (error) {
    if (server.alive) throw error;
    unanswered();
  }
}

/** Forks that have made blocks are held against their parents and closed for good. */
async function finishForks() {
  for (const fork of [...ledger.sessions.values()].filter((one) => one.parent)) {
    if (fork.hashes.size === 0) continue;
    if ((await server.api('DELETE', `/api/sessions/${fork.id}`, undefined, fork.key)).status === 204) {
      ledger.compareFork(fork);
      ledger.sessions.delete(fork.id);
      ledger.closed.add(fork.id);
    }
  }
}

async function begin() {
  server = await startAgain({ url: `http://localhost:${await freePort()}` }, ...options(targets[0]));
  server.alive = true;
  for (const [prompt, seed] of [['a red train in a green meadow', 11], ['a forest in the snow', 12]])
    main.push(ledger.add((await server.api('POST', '/api/sessions', { prompt, seed })).body));
}

/** Some servers do not live to be ready. */
async function restart(target) {
  if (Math.random() < 0.1) {
    const port = new URL(server.url).port;
    const child = spawn('dotnet', [join(root, 'web/SanaLive.Web/bin/Release/net10.0/SanaLive.Web.dll'), '--port', port, ...options(target)], { stdio: 'ignore' });
    await pause(300 + Math.random() * 6_000);
    child.kill('SIGKILL');
    await new Promise((resolve) => (child.exitCode ?? child.signalCode ? resolve() : child.on('exit', resolve)));
    hit.start++;
  }
  server = await startAgain(server, ...options(target));
  server.alive = true;
}

/** Until a session has made some blocks in this life, however long that takes on a machine that others share; half a minute at most. */
async function played(session, blocks) {
  const until = Date.now() + 30_000;
  do {
    await pause(200 + Math.random() * 300);
    await ledger.collect(server, session);
  } while ([...session.lives.values()].filter((life) => life === ledger.life).length < blocks && Date.now() < until);
}

/** One life: things are asked and answered, then one more, and the server is killed before it may have answered. */
async function live(target) {
  const watched = [...main, ...[...ledger.sessions.values()].filter((one) => one.parent).slice(-1)];
  const stops = watched.map((session) => keepWatching(server.url, session.id));
  await Promise.all(main.map((session) => played(session, 2 + Math.random() * 4)));
  await Promise.all(main.map((session) => actions[any(['cue', 'cue', 'bookmark', target === 'block' ? 'cue' : target])](session)));
  await pause(Math.random() * 800);
  for (const session of watched) await ledger.collect(server, session);
  if (ledger.sessions.size > 4) await finishForks();

  const session = any(main);
  let busy = false;
  if (target === 'block') busy = await blockUnderWay();
  else if (target === 'snapshot') await actions.snapshot(session);
  else {
    const usual = median(took.get({ cue: 'cues', bookmark: 'bookmarks' }[target] ?? target) ?? [150]);
    void actions[target](session).catch((error) => ledger.trouble(String(error)));
    // Two at once, sometimes.
    if (Math.random() < 0.3) void actions[any(['cue', 'bookmark', 'fork'])](any(main)).catch((error) => ledger.trouble(String(error)));
    // Rather early: an answer that has come is no hit. Timers count whole milliseconds, and some answers take no longer.
    for (const until = performance.now() + Math.random() ** 2 * usual; performance.now() < until;) await new Promise(setImmediate);
  }
  server.alive = false;
  await server.kill();
  if (busy) hit.block++;
  if (beingWritten().length > 0) hit.snapshot++;
  await pause(50); // What was answered before the kill is read, and requests that died tell so.
  for (const { what } of inFlight) hit[{ cues: 'cue', bookmarks: 'bookmark' }[what] ?? what]++;
  inFlight.clear();
  await Promise.all(stops.map((stop) => stop()));
}

/** The same schedules once more, on a server that nobody disturbs. */
async function replay(schedules) {
  const fresh = await startAgain({ url: 'http://localhost:0' }, '--max-streams', '4');
  const rows = [];
  for (const { session, schedule } of schedules) {
    const { status, body } = await fresh.api('POST', '/api/sessions', { replay: schedule });
    if (status !== 201) throw new Error(`the replay of ${session.id}: ${status} ${body?.detail}`);
    rows.push({ session, id: body.id, seen: new Map(), stop: keepWatching(fresh.url, body.id) });
  }
  const isDone = ({ session, seen }) => seen.has(session.streamBlocks.get(session.newest));
  for (const until = Date.now() + replayMinutes * 60_000; Date.now() < until && !rows.every(isDone);) {
    await pause(2_000);
    for (const row of rows)
      for (const { streamBlock, hash } of (await fresh.api('GET', `/api/sessions/${row.id}/blocks`)).body) row.seen.set(streamBlock, hash);
  }
  await Promise.all(rows.map((row) => row.stop()));
  await fresh.stop();
  const results = rows.map(({ session, seen }) => ledger.compareReplay(session, seen));
  return { compared: results.reduce((sum, one) => sum + one.compared, 0), of: results.reduce((sum, one) => sum + one.of, 0) };
}

const began = Date.now();
const ready = [];
await begin();
const hitIn = (what) => hit[what] + before((one) => one.hit[what]);
const missing = () => Object.keys(hit).filter((what) => what !== 'start' && hitIn(what) < needed);
/** In turn; and when all kills are done, as many more at most for what was not hit often enough. */
const targetOf = (life) => (life < kills || missing().length === 0 ? targets[life % targets.length] : any(missing()));
let life = 0;
for (let target = targetOf(0); life < kills || (missing().length > 0 && life < 2 * kills); life++) {
  const turn = target;
  await live(turn);
  target = targetOf(life + 1);
  await restart(target);
  ready.push(server.readyAfter);
  ledger.life++;
  await ledger.check(server);
  for (const session of main) await ledger.collect(server, session);
  process.stdout.write(`# kill ${life + 1} of ${kills}: ${turn}; so far ${JSON.stringify(hit)}\n`);
}
const forks = [...ledger.sessions.values()].filter((one) => one.parent);
const ends = forks.map((fork) => keepWatching(server.url, fork.id));
await Promise.all(forks.map((fork) => played(fork, 4)));
await Promise.all(ends.map((end) => end()));
for (const session of main) await ledger.collect(server, session);
await finishForks();
const schedules = [];
for (const session of main) {
  const stop = keepWatching(server.url, session.id);
  // A few blocks past all that a kill may have taken.
  const least = session.newest + 4;
  for (const until = Date.now() + 120_000; session.newest < least && Date.now() < until; await ledger.collect(server, session)) await pause(1_000);
  await stop();
  // Since it last went back it is what its schedule makes; what it left is in no schedule any more.
  session.branch = (await server.api('GET', `/api/sessions/${session.id}`)).body.rewind?.block ?? 0;
  schedules.push({ session, schedule: (await server.api('GET', `/api/sessions/${session.id}/schedule`)).body });
}
await server.stop();
rmSync(data, { recursive: true, force: true });
const { compared, of } = await replay(schedules);
if (compared === 0) ledger.trouble('no block was held against a fresh server: give --replay-minutes more');

console.log(`\nkills while                        ${life} in all, ${((Date.now() - began) / 60_000).toFixed(1)} min`);
for (const [what, count] of Object.entries(hit)) console.log(`  ${what.padEnd(32)} ${count}`);
console.log(`lost                               ${JSON.stringify(ledger.lost)}`);
console.log(`blocks made again after a kill     ${ledger.madeAgain}`);
console.log(`blocks steered before made again   ${ledger.steeredAnew}`);
console.log(`blocks of forks equal to parents'  ${ledger.forkBlocks}`);
console.log(`blocks held against a fresh server ${compared} of ${of}`);
console.log(`blocks that differ                 ${ledger.differing}`);
if (missing().length > 0) ledger.trouble(`fewer than ${needed} kills hit: ${missing().join(', ')}`);
const result = {
  kills: life, hit, lost: ledger.lost, madeAgain: ledger.madeAgain, steeredAnew: ledger.steeredAnew, forkBlocks: ledger.forkBlocks, compared, of, differing: ledger.differing,
  readySecondsP50: median(ready), troubles: ledger.troubles.length,
};
if (into) {
  const all = [...earlier, result];
  writeFileSync(into, JSON.stringify(all, null, 1));
  const sum = (of) => all.reduce((total, one) => total + of(one), 0);
  console.log(`\n${all.length} portions together: ${sum((one) => one.kills)} kills; ${Object.keys(hit).map((what) => `${what} ${hitIn(what)}`).join(', ')}; lost ${
    sum((one) => Object.values(one.lost).reduce((total, count) => total + count))}; made again ${sum((one) => one.madeAgain)}; of forks ${sum((one) => one.forkBlocks)}; held against a fresh server ${
    sum((one) => one.compared)} of ${sum((one) => one.of)}; differing ${sum((one) => one.differing)}; troubles ${sum((one) => one.troubles)}`);
}
console.log(JSON.stringify(result));
process.exit(ledger.troubles.length > 0 || earlier.some((one) => one.troubles > 0) ? 1 : 0);
