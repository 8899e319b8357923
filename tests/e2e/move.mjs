// A stream that is being watched goes from one engine to another and back, and nobody sees it.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { launch, open, playing } from './browser.mjs';
import { startServer } from './server.mjs';

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const ticksOfFrame = 90_000 / 16;

/** Notes the RTP time of every frame that is shown, and when. */
const noteFrames = (page) => page.evaluate(() => {
  window.frames = [];
  const video = document.querySelector('[data-testid=video]');
  const note = (now, frame) => {
    if (frame.rtpTimestamp !== undefined) window.frames.push([frame.rtpTimestamp, now]);
    video.requestVideoFrameCallback(note);
  };
  video.requestVideoFrameCallback(note);
});

describe('a stream that moves', () => {
  let server, browser, session, viewer;

  before(async () => {
    server = await startServer('--engines', '2', '--max-streams', '1');
    browser = await launch();
    session = (await server.api('POST', '/api/sessions', { prompt: 'a red train in a green meadow', seed: 31 })).body;
    viewer = await open(browser, server.url + session.watch);
    await playing(viewer.page);
    await noteFrames(viewer.page);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  const view = async () => (await server.api('GET', `/api/sessions/${session.id}`)).body;

  it('is shown without a gap, a repeated or a skipped frame', async () => {
    const before = (await server.api('GET', '/api/status')).body;
    const gaps = [];
    for (let move = 0; move < 4; move++) {
      await pause(3000);
      const { engine } = await view();
      const to = engine === 'cpu-0' ? 'cpu-1' : 'cpu-0';
      const from = await viewer.page.evaluate(() => performance.now());
      const { status, body } = await server.api('POST', `/api/sessions/${session.id}/move`, { engine: to }, session.directorKey);
      assert.equal(status, 200, body?.detail);
      assert.equal(body.engine, to);
      await pause(2500);
      gaps.push(await viewer.page.evaluate((since) => {
        const times = window.frames.map(([, now]) => now).filter((now) => now > since - 500);
        return Math.max(...times.slice(1).map((now, i) => now - times[i]));
      }, from));
    }
    const shown = await viewer.page.evaluate(() => window.frames.map(([rtp]) => rtp));
    const backwards = shown.slice(1).filter((rtp, i) => rtp <= shown[i]);
    assert.deepEqual(backwards, [], 'frames that were shown again');
    assert.ok(shown.every((rtp) => Math.abs(rtp % ticksOfFrame) < 1 || Math.abs((rtp % ticksOfFrame) - ticksOfFrame) < 1), 'frames lie where their media time says');
    const blocks = new Set(shown.map((rtp) => Math.floor(rtp / 45_000)));
    const missed = [];
    for (let block = Math.min(...blocks); block <= Math.max(...blocks); block++) if (!blocks.has(block)) missed.push(block);
    assert.deepEqual(missed, [], 'blocks that were never shown');
    const after = (await server.api('GET', '/api/status')).body;
    assert.equal(after.relays.framesSkipped, before.relays.framesSkipped);
    console.log(`# longest time without a new frame around each move: ${gaps.map((gap) => `${Math.round(gap)} ms`).join(', ')}; stalls ${(await view()).stalls}`);
    // Neighbours on the processor hold up a browser, too: the best of four moves counts.
    assert.ok(Math.min(...gaps) < 500, `${Math.round(Math.min(...gaps))} ms without a new frame at best`);
  });

  it('frees its place as soon as the tab is closed', async () => {
    await viewer.close();
    const closed = Date.now();
    while ((await view()).viewers > 0 && Date.now() < closed + 20_000) await pause(100);
    const took = (Date.now() - closed) / 1000;
    assert.ok(took < 3, `${took.toFixed(1)} s until the viewer was gone`);
    await pause(2000);
    assert.equal((await server.api('GET', '/api/status')).body.admission.active, 0);
  });
});
