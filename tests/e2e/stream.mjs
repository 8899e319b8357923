// A person opens the page, types a prompt, watches, types another, and the picture follows.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { brightness, launch, open, playing, watch } from './browser.mjs';
import { startServer } from './server.mjs';

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

describe('the page', () => {
  let server, browser, director;

  before(async () => {
    server = await startServer();
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  it('starts a stream from a typed prompt', async () => {
    director = await open(browser, server.url);
    await director.page.getByTestId('prompt-input').fill('a red train crossing a green meadow on a clear day');
    await director.page.getByTestId('prompt-send').click();
    await director.page.waitForURL(/\/direct\//);
    await playing(director.page);
  });

  it('plays 30 seconds at 16 frames a second without a stall', async () => {
    await pause(1000);
    const seen = await watch(director.page, 30);
    assert.ok(seen.framesPerSecond >= 0.95 * 16, `decoded ${seen.framesPerSecond.toFixed(2)} frames/s`);
    assert.ok(seen.longestGap <= 0.5, `longest time without a new picture: ${seen.longestGap.toFixed(2)} s`);
  });

  it('stays bright without a cue', async () => {
    const first = await brightness(director.page);
    assert.ok(first > 70, `a clear day has brightness ${first.toFixed(0)}`);
    for (let i = 0; i < 8; i++) {
      await pause(500);
      const now = await brightness(director.page);
      assert.ok(now > 0.75 * first, `brightness fell from ${first.toFixed(0)} to ${now.toFixed(0)} by itself`);
    }
  });

  it('turns dark within 3 seconds of a cue for night, and the cue turns applied', async () => {
    const bright = await brightness(director.page);
    await director.page.getByTestId('prompt-input').fill('night falls');
    const sent = Date.now();
    await director.page.getByTestId('prompt-send').click();
    let now = bright;
    while (Date.now() - sent < 3000 && now > 0.6 * bright) {
      await pause(100);
      now = await brightness(director.page);
    }
    assert.ok(now <= 0.6 * bright, `brightness ${bright.toFixed(0)} before, ${now.toFixed(0)} after 3 s`);
    await director.page.locator('[data-testid=receipt][data-status=applied]').first().waitFor({ timeout: 5000 });
  });

  it('complained about nothing in the console', () => assert.deepEqual(director.errors, []));
});
