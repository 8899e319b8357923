// The server is killed in the middle of it all, five times, and nobody loses anything.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { launch, open, playing } from './browser.mjs';
import { startAgain, startServer } from './server.mjs';

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Notes in the page which block every frame belongs to that it shows, and when. */
const noteBlocks = (page) => page.evaluate(() => {
  window.shown = [];
  const video = document.querySelector('[data-testid=video]');
  const note = (_, frame) => {
    if (frame.rtpTimestamp !== undefined) window.shown.push([Math.floor(frame.rtpTimestamp / 45_000), Date.now()]);
    video.requestVideoFrameCallback(note);
  };
  video.requestVideoFrameCallback(note);
});

describe('a server that is killed', () => {
  const data = mkdtempSync(join(tmpdir(), 'sanalive-kill-'));
  const hashes = new Map();
  const cues = [];
  let server, browser, session, idle, director;

  before(async () => {
    server = await startServer('--data', data);
    browser = await launch();
    session = (await server.api('POST', '/api/sessions', { prompt: 'a red train in a green meadow', seed: 11 })).body;
    idle = (await server.api('POST', '/api/sessions', { prompt: 'a forest in the snow', seed: 12 })).body;
    director = await open(browser, `${server.url}/direct/${session.id}#${session.directorKey}`);
    await playing(director.page);
    await noteBlocks(director.page);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
    rmSync(data, { recursive: true, force: true });
  });

  const collect = async () => {
    for (const { number, hash } of (await server.api('GET', `/api/sessions/${session.id}/blocks`)).body) {
      assert.equal(hash, hashes.get(number) ?? hash, `block ${number} was made again and is another`);
      hashes.set(number, hash);
    }
  };
  const cue = async (prompt) => {
    const { status, body } = await server.api('POST', `/api/sessions/${session.id}/cues`, { prompt, clientId: `cue-${cues.length}` }, session.directorKey);
    assert.equal(status, 202);
    cues.push(body);
  };

  const prompts = ['night falls', 'a sailing boat on the sea', 'rain', 'the sun rises', 'a snowy forest'];
  for (let life = 1; life <= 5; life++) {
    it(`comes back after kill ${life} with everything`, async () => {
      // At any moment; every second time right after the receipt of a cue.
      await pause(1500 + Math.random() * 1500);
      if (life % 2 === 0) await pause(Math.random() * 500);
      await collect();
      await cue(prompts[life - 1]);
      if (life % 2 === 0) await pause(Math.random() * 1000);
      await server.kill();
      const before = await director.page.evaluate(() => window.shown.length);
      const started = Date.now();
      server = await startAgain(server, '--data', data);
      await director.page.waitForFunction((count) => window.shown.length > count + 8, before, { timeout: 120_000 });
      const picture = (await director.page.evaluate((count) => window.shown[count][1], before) - started) / 1000;
      console.log(`# life ${life}: ready after ${server.readyAfter.toFixed(2)} s, picture after ${picture.toFixed(2)} s`);

      const sessions = (await server.api('GET', '/api/sessions')).body.map((one) => one.id);
      assert.deepEqual(new Set(sessions), new Set([session.id, idle.id]));
      const view = (await server.api('GET', `/api/sessions/${session.id}`)).body;
      assert.equal(view.durability.epoch, life + 1);
      assert.equal(view.durability.durable, true);
      assert.equal(view.durability.note, undefined);
      for (const sent of cues) {
        const kept = view.cues.find((one) => one.clientId === sent.clientId);
        assert.ok(kept, `cue ${sent.clientId} is lost`);
        assert.equal(kept.block, sent.block);
      }
      await collect();
    });
  }

  it('has shown every block, and made the same that a server makes that nobody kills', async () => {
    await pause(2000);
    await collect();
    const shown = await director.page.evaluate(() => window.shown.map(([block]) => block));
    const [first, last] = [shown[0], shown.at(-1)];
    const missed = [];
    for (let block = first; block <= last; block++) if (!shown.includes(block)) missed.push(block);
    assert.deepEqual(missed, [], `blocks that were never shown, of ${first} to ${last}`);

    const twin = (await server.api('POST', '/api/sessions', { prompt: 'a red train in a green meadow', seed: 11 })).body;
    for (const { prompt, block } of cues) {
      const { status } = await server.api('POST', `/api/sessions/${twin.id}/cues`, { prompt, atBlock: block }, twin.directorKey);
      assert.equal(status, 202);
    }
    await director.close();
    const watcher = await open(browser, `${server.url}/watch/${twin.id}`);
    const needed = [...hashes.keys()].filter((number) => number < 40);
    const seen = new Map();
    for (let second = 0; second < 90 && !needed.every((number) => seen.has(number)); second++) {
      await pause(1000);
      for (const { number, hash } of (await server.api('GET', `/api/sessions/${twin.id}/blocks`)).body) seen.set(number, hash);
    }
    assert.ok(needed.length > 15);
    for (const number of needed) assert.equal(seen.get(number), hashes.get(number), `block ${number} of the undisturbed twin`);
    await watcher.close();
  });

  it('tells its viewers on SIGTERM, ends within 10 seconds, and goes on afterwards', async () => {
    const again = await open(browser, `${server.url}/watch/${session.id}`);
    await playing(again.page);
    await pause(1500);
    const { block } = (await server.api('GET', `/api/sessions/${session.id}`)).body;
    const asked = Date.now();
    const told = again.page.getByText('The server is being stopped or restarted').waitFor({ timeout: 10_000 });
    assert.equal(await server.stop(), 0);
    const took = (Date.now() - asked) / 1000;
    assert.ok(took < 10, `${took.toFixed(1)} s until it had ended`);
    await told;
    server = await startAgain(server, '--data', data);
    // Blocks that were made and not shown are made again, and the page comes back by itself.
    let view;
    for (const until = Date.now() + 60_000; ;) {
      view = (await server.api('GET', `/api/sessions/${session.id}`)).body;
      if (view.block > block + 4 || Date.now() > until) break;
      await pause(250);
    }
    assert.ok(view.block > block + 4, `block ${view.block} a minute later, ${block} before`);
    assert.equal(view.durability.note, undefined);
    await collect();
    await again.close();
  });
});
