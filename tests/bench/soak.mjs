// ./sanalive bench soak [--minutes N]: two sessions run, viewers come and go, cues, moves, forks and rewinds happen; does the server grow?
// The method is in tests/bench/README.md. Prints a row a minute and a last line of JSON; ends with 1 when something is left behind.
import { readdirSync, readFileSync, readlinkSync, rmSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launch, open, playing } from '../e2e/browser.mjs';
import { freePort, startAgain } from '../e2e/server.mjs';
import { keepWatching } from './offers.mjs';
import { number } from './options.mjs';

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const minutes = number('--minutes', 60);
// The numbers that the end is held against: of the minute after minute 5, or of as much after an eighth of a shorter run.
const settled = Math.min(5, minutes / 8) * 60_000;
const span = Math.min(60_000, settled);
// Compiled code and heaps grow with what is made, not with the clock: so many blocks are five minutes of one stream, and what is held
// against the end is measured no sooner, however slow the machine is.
const enoughBlocks = 600;
for (const limit of ['SessionBurst', 'CueBurst', 'OfferBurst']) process.env[`SanaLive__Limits__${limit}`] = '1000000';
// What is kept reaches its limit early, so that what grows afterwards grows for no reason.
process.env.SanaLive__Sessions__BookmarkWindow = '00:01:00';
process.env.SanaLive__Sessions__RecordingBytes = '5000000';
// How fast blocks come is not measured here: an engine is not to be fenced off because others use the machine.
process.env.SanaLive__Sessions__EngineTimeout = '00:02:00';
const data = mkdtempSync(join(tmpdir(), 'sanalive-soak-'));
const server = await startAgain({ url: `http://localhost:${await freePort()}` }, '--data', data, '--engines', '2', '--max-streams', '4');
const began = Date.now();
const trouble = [];
const done = { viewers: 0, pages: 0, cues: 0, moves: 0, forks: 0, rewinds: 0, bookmarks: 0, refused: 0 };

/** As the system sees the process. */
function measured() {
  const status = readFileSync(`/proc/${server.pid}/status`, 'utf8');
  const kilobytes = (name) => 1024 * Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)[1]);
  const links = readdirSync(`/proc/${server.pid}/fd`).map((fd) => {
    try {
      return readlinkSync(`/proc/${server.pid}/fd/${fd}`);
    } catch {
      return ''; // Closed since it was listed.
    }
  }).filter(Boolean);
  // The runtime opens its assemblies when it first needs them and keeps them open: as many as there are, once each.
  const code = links.filter((link) => /\.(dll|pdb)$/.test(link));
  return {
    workingSet: kilobytes('VmRSS'),
    anonymous: kilobytes('RssAnon'),
    threads: Number(/Threads:\s+(\d+)/.exec(status)[1]),
    handles: links.length - code.length,
    assemblies: code.length,
    sockets: links.filter((link) => link.startsWith('socket:')).length,
    links: links.filter((link) => !code.includes(link)).map((link) => link.replace(/\[\d+\]/, '')),
  };
}

/** What is open now and was not then, by kind and number. */
function opened(then, now) {
  const counts = new Map();
  for (const link of now.links) counts.set(link, (counts.get(link) ?? 0) + 1);
  for (const link of then.links) counts.set(link, (counts.get(link) ?? 0) - 1);
  return Object.fromEntries([...counts].filter(([, count]) => count > 0));
}

async function sample() {
  const { body } = await server.api('GET', '/api/status');
  return {
    at: Date.now() - began, ...measured(), managedHeap: body.process.managedHeap, committedHeap: body.process.committedHeap, unobserved: body.process.unobservedExceptions,
    sessions: body.sessions.total, viewers: body.viewers, blocks: body.relays.blocks,
  };
}

/** Memory breathes with every snapshot, fork and collection: what is told of a minute is the median of its samples. */
function typical(some) {
  const of = (what) => some.map((one) => one[what]).sort((a, b) => a - b)[some.length >> 1];
  const sizes = ['workingSet', 'anonymous', 'managedHeap', 'committedHeap', 'handles', 'sockets', 'threads'];
  return { ...some.at(-1), ...Object.fromEntries(sizes.map((what) => [what, of(what)])) };
}

const columns = ['minute', 'working set', 'heap', 'committed', 'native', 'files', 'handles', 'sockets', 'threads', 'sessions', 'blocks'];
const row = (one) => [
  (one.at / 60_000).toFixed(1), ...[one.workingSet, one.managedHeap, one.committedHeap, one.anonymous - one.committedHeap, one.workingSet - one.anonymous]
    .map((bytes) => (bytes / 1e6).toFixed(0)), one.handles, one.sockets, one.threads, one.sessions, one.blocks,
];
const print = (cells) => console.log(cells.map((cell, at) => String(cell).padStart(columns[at].length + 2)).join(''));

async function send(session, what, body, counted) {
  const answer = await server.api('POST', `/api/sessions/${session.id}/${what}`, body, session.directorKey);
  if (answer.status < 300) done[counted]++;
  // A move of what moves already, a session that waits: refused, and nothing is wrong.
  else if ([404, 409, 503].includes(answer.status)) done.refused++;
  else trouble.push(`${what}: ${answer.status} ${answer.body?.detail}`);
  return answer;
}

/** Whatever people do, until the time is over. */
async function direct(session, isOver) {
  const words = ['night falls', 'a sailing boat on the sea', 'rain', 'the sun rises', 'a snowy forest', 'a desert'];
  for (let turn = 0; !isOver(); turn++) {
    await pause(1_000 + Math.random() * 2_000);
    await send(session, 'cues', { prompt: words[turn % words.length], blendBlocks: turn % 4 }, 'cues');
    if (turn % 3 === 0) {
      const { engine } = (await server.api('GET', `/api/sessions/${session.id}`)).body;
      await send(session, 'move', { engine: engine === 'cpu-0' ? 'cpu-1' : 'cpu-0' }, 'moves');
    }
    if (turn % 5 === 1) {
      const { status, body } = await send(session, 'bookmarks', { name: `turn ${turn}` }, 'bookmarks');
      if (status === 201 && turn % 10 === 6) await send(session, 'rewind', { bookmark: body.id }, 'rewinds');
      if (status === 201) await server.api('DELETE', `/api/sessions/${session.id}/bookmarks/${body.id}`, undefined, session.directorKey);
    }
    if (turn % 4 === 2) {
      const { status, body } = await send(session, 'fork', {}, 'forks');
      if (status !== 201) continue;
      const stop = keepWatching(server.url, body.id);
      await pause(2_000);
      await stop();
      await server.api('DELETE', `/api/sessions/${body.id}`, undefined, body.directorKey);
    }
  }
}

/** Viewers who never connect, and readers of events who go in the middle of a line. */
async function comeAndGo(session, isOver) {
  while (!isOver()) {
    const stop = keepWatching(server.url, session.id);
    const reading = new AbortController();
    const events = fetch(`${server.url}/api/sessions/${session.id}/events`, { signal: reading.signal }).then((response) => response.text()).catch(() => {});
    done.viewers++;
    await pause(5_000 + Math.random() * 5_000);
    reading.abort();
    await events;
    await stop();
  }
}

/** A real browser: its pages come, play for a while, and go. */
async function lookOn(browser, session, isOver) {
  while (!isOver()) {
    const { page, close } = await open(browser, server.url + session.watch);
    await playing(page).then(() => done.pages++, () => done.refused++);
    await pause(10_000);
    await close();
    // It decodes and draws on the processor that the server needs.
    await pause(20_000);
  }
}

const create = async (seed) => (await server.api('POST', '/api/sessions', { prompt: 'a red train in a green meadow', seed })).body;
// Nobody has been there yet: what is open now is the server's own.
const empty = await sample();
const sessions = [await create(1), await create(2)];
const browser = await launch();
const isOver = () => Date.now() - began > minutes * 60_000;
const samples = [];
print(columns);
const work = [...sessions.flatMap((session) => [direct(session, isOver), comeAndGo(session, isOver)]), lookOn(browser, sessions[0], isOver)]
  .map((one) => one.catch((error) => trouble.push(String(error))));
for (let told = 0; !isOver();) {
  await pause(Math.min(5_000, span / 12));
  samples.push(await sample());
  if (samples.at(-1).at - told < span) continue;
  print(row(typical(samples.filter((one) => one.at > told))));
  told = samples.at(-1).at;
}
await Promise.all(work);
await browser.close();
const first = typical(samples.filter((one) => one.at > settled && one.at <= settled + span));
const steadyFrom = samples.find((one) => one.at > settled && one.blocks >= enoughBlocks)?.at ?? settled;
const steady = typical(samples.filter((one) => one.at >= steadyFrom && one.at <= steadyFrom + span));
const last = typical(samples.filter((one) => one.at > samples.at(-1).at - span));
for (const session of sessions) await server.api('DELETE', `/api/sessions/${session.id}`, undefined, session.directorKey);
// Connections of viewers who are gone end by their time-outs; the browser's and ours are kept alive for two minutes.
let left;
for (const until = Date.now() + 180_000; Date.now() < until;) {
  await pause(5_000);
  left = await sample();
  if (left.viewers === 0 && left.handles <= empty.handles) break;
}
print(row(left));
for (const [link, count] of Object.entries(opened(empty, left))) console.log(`# open since: ${count} ${link}`);
const log = server.output();
await server.stop();
rmSync(data, { recursive: true, force: true });

const errors = log.split('\n').flatMap((line, at, all) => (/\b(fail|crit): /.test(line) ? [`${line.trim()} ${all[at + 1]?.trim()}`] : []));
const result = {
  minutes, workingSetThen: first.workingSet, workingSetAtEnd: last.workingSet, growthByTheClock: last.workingSet / first.workingSet - 1,
  steadyMinute: steadyFrom / 60_000, workingSetSteady: steady.workingSet, growth: last.workingSet / steady.workingSet - 1,
  managedHeapThen: first.managedHeap, managedHeapAtEnd: last.managedHeap, committedHeapThen: first.committedHeap,
  committedHeapAtEnd: last.committedHeap, nativeThen: first.anonymous - first.committedHeap, nativeAtEnd: last.anonymous - last.committedHeap, threadsThen: first.threads, threadsAtEnd: last.threads,
  handlesLeft: left.handles - empty.handles, socketsLeft: left.sockets - empty.sockets, sessionsLeft: left.sessions,
  unobservedExceptions: left.unobserved, errorsInLog: errors.length, blocks: left.blocks, ...done, troubles: trouble.length,
};
for (const sentence of new Set([...trouble, ...errors])) console.log(`TROUBLE: ${sentence}`);
console.log(JSON.stringify(result));
process.exit(trouble.length > 0 || result.growth > 0.05 || result.handlesLeft > 0 || result.socketsLeft > 0 || result.sessionsLeft > 0 || result.unobservedExceptions > 0 || result.errorsInLog > 0 ? 1 : 0);
