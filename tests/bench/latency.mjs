// ./sanalive bench latency [--cues N] [--starts N] [--url RUNNING_SERVER | server options]: what a person waits for, through the real server and a real browser.
// The method is in tests/bench/README.md. Prints a table and a last line of JSON; ends with 1 when a limit is missed.
import { cpus } from 'node:os';
import { launch, open, playing } from '../e2e/browser.mjs';
import { serverAt, startServer } from '../e2e/server.mjs';
import { connectAndShow, pressAndShow, watchFrames } from './latencyPage.mjs';
import { number, option } from './options.mjs';

const limits = { cueP50: 1000, cueP95: 1500, newSessionP50: 700, joiningP50: 150 }; // milliseconds
const looks = [{ time: 'night', biome: 'desert' }, { time: 'day', biome: 'mountains' }];
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const quantile = (values, share) => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
};

const summary = (values) => ({
  p50: Math.round(quantile(values, 0.5)), p95: Math.round(quantile(values, 0.95)), max: Math.round(Math.max(...values)), count: values.length,
});

/** Cut cues at every phase of a block, one after the other. */
async function cues(server, browser, count) {
  const { body } = await server.api('POST', '/api/sessions', { prompt: 'a red train in a green meadow on a clear day', seed: 11 });
  const view = async () => (await server.api('GET', `/api/sessions/${body.id}`)).body;
  const { page, close } = await open(browser, server.url + body.direct);
  await playing(page);
  await watchFrames(page);
  await pause(8_000); // The lead is as a stream that runs has it.
  const before = await view();
  const ticks = 90_000 * before.framesPerBlock / before.framesPerSecond;
  const results = [];
  for (let i = 0; i < count; i++) {
    // Every phase of a block's half second, so that the waits are not those of one lucky moment.
    await pause(900 + 1000 * ((i * 0.618) % 1));
    results.push(await page.evaluate(([address, cue, perBlock]) => window.cueToPixels(address, cue, perBlock), [
      `${server.url}/api/sessions/${body.id}/cues`,
      { key: body.directorKey, body: { controls: looks[i % 2], blendBlocks: 0 } },
      ticks,
    ]));
  }
  const after = await view();
  const stillest = await page.evaluate(() => window.largestChangeWithoutCue());
  await close();
  await server.api('DELETE', `/api/sessions/${body.id}`, undefined, body.directorKey);
  return {
    waits: results.map((result) => result.wait),
    receipts: results.map((result) => result.receipt),
    smallestChange: Math.min(...results.map((result) => result.change)),
    largestOther: stillest,
    stalls: after.stalls - before.stalls,
    blockMs: after.lastBlock,
  };
}

/** The button is pressed on the page where a stream begins; until its first frame is shown. */
async function newSessions(server, browser, count) {
  const waits = [];
  for (let i = 0; i < count; i++) {
    const { page, close } = await open(browser, server.url);
    await page.getByTestId('prompt-send').waitFor();
    await pause(700); // The page is loaded and at rest.
    waits.push(await pressAndShow(page));
    const [, id, key] = /direct\/([^#]+)#(.+)$/.exec(page.url());
    await close();
    // A browser that is closed says goodbye most times: the next session must not stand in line until a silent viewer is given up.
    await server.api('DELETE', `/api/sessions/${id}`, undefined, decodeURIComponent(key));
    await pause(1200); // Nobody watches that stream any more.
  }
  return waits;
}

/** Somebody watches; a second viewer makes an offer. Until its first frame is shown. And the same from opening the link. */
async function joining(server, browser, count) {
  const { body } = await server.api('POST', '/api/sessions', { prompt: 'a sailing boat on the sea at sunset', seed: 7 });
  const first = await open(browser, server.url + body.watch);
  await playing(first.page);
  const second = await open(browser, server.url);
  const [offers, links] = [[], []];
  for (let i = 0; i < count; i++) {
    await pause(700 + 1000 * ((i * 0.618) % 1));
    offers.push(await second.page.evaluate(connectAndShow, `${server.url}${body.whep}`));
  }
  await second.close();
  for (let i = 0; i < count; i++) {
    await pause(700 + 1000 * ((i * 0.618) % 1));
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    await page.goto(server.url + body.watch, { waitUntil: 'commit' });
    links.push(await page.evaluate(async () => {
      let video;
      while (!(video = document.querySelector('[data-testid=video]'))) await new Promise(requestAnimationFrame);
      return await new Promise((resolve) => video.requestVideoFrameCallback((_, frame) => resolve(frame.expectedDisplayTime)));
    }));
    await context.close();
  }
  await first.close();
  await server.api('DELETE', `/api/sessions/${body.id}`, undefined, body.directorKey);
  return { offers, links };
}

const [cueCount, startCount] = [number('--cues', 50), number('--starts', 10)];
const running = option('--url');
const server = running === undefined ? await startServer(...process.argv.slice(2)) : serverAt(running.replace(/\/$/, ''));
const browser = await launch();
try {
  const started = await newSessions(server, browser, startCount);
  console.error('new sessions are done:', summary(started));
  const joined = await joining(server, browser, startCount);
  console.error('joining viewers are done:', summary(joined.offers), summary(joined.links));
  const cued = await cues(server, browser, cueCount);
  const [engine] = (await server.api('GET', '/api/status')).body.engines;

  const rows = {
    'cut cue, from sending to the first frame of the new scene': summary(cued.waits),
    '  of it, until the receipt is here': summary(cued.receipts),
    'new session, from pressing the button to its first frame': summary(started),
    'joining viewer, from making the offer to its first frame': summary(joined.offers),
    'joining viewer, from opening the link to its first frame': summary(joined.links),
  };
  const [cue, , begun, offer] = Object.values(rows);
  console.log(`${cpus()[0].model}, ${cpus().length} cores; ${engine.model} on ${engine.facts.kernels} ${engine.facts.precision}, `
    + `${engine.facts.threads} threads, ${engine.realTimeFactor.toFixed(2)} times real time; Chromium ${browser.version()}, headless, on the same machine\n`);
  console.log(`${'milliseconds'.padEnd(60)}   p50   p95   max   of`);
  for (const [name, row] of Object.entries(rows))
    console.log(name.padEnd(60) + [row.p50, row.p95, row.max].map((value) => String(value).padStart(6)).join('') + String(row.count).padStart(5));
  console.log(`\npicture change at a cue, mean of 0 to 255: at least ${cued.smallestChange.toFixed(1)}; `
    + `between two other frames at most ${cued.largestOther.toFixed(1)}; stalls while cueing: ${cued.stalls}`);

  const missed = [
    [cue.p50 <= limits.cueP50, 'cue to pixels p50'], [cue.p95 <= limits.cueP95, 'cue to pixels p95'],
    [begun.p50 <= limits.newSessionP50, 'first frame of a new session'], [offer.p50 <= limits.joiningP50, 'first frame of a joining viewer'],
    [cued.smallestChange > cued.largestOther, 'a cue changed the picture no more than the stream does by itself'],
  ].filter(([kept]) => !kept).map(([, name]) => name);
  if (missed.length > 0) console.log(`missed: ${missed.join(', ')}`);
  console.log(JSON.stringify({
    cueMs: cue, receiptMs: rows['  of it, until the receipt is here'], newSessionMs: begun, joiningMs: offer,
    openingLinkMs: rows['joining viewer, from opening the link to its first frame'],
    stalls: cued.stalls, changeAtCue: cued.smallestChange, changeOtherwise: cued.largestOther, lastBlockMs: cued.blockMs,
    kernels: engine.facts.kernels, precision: engine.facts.precision, threads: engine.facts.threads, limits, missed,
  }));
  process.exitCode = missed.length > 0 ? 1 : 0;
} finally {
  await browser.close();
  await server.stop();
}
