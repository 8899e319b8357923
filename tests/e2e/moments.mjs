// A person goes back to a moment, and forks the stream.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { launch, open, playing } from './browser.mjs';
import { startServer } from './server.mjs';

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

describe('moments', () => {
  const data = mkdtempSync(join(tmpdir(), 'sanalive-moments-'));
  let server, browser, director, id, key;

  const get = async (path) => (await server.api('GET', `/api/sessions/${path}`)).body;

  async function until(what, seconds = 120) {
    const end = Date.now() + seconds * 1000;
    for (;;) {
      const value = await what();
      if (value) return value;
      assert.ok(Date.now() < end, `did not happen within ${seconds} s: ${what}`);
      await pause(250);
    }
  }

  const hashes = async (session) => new Map((await get(`${session}/blocks`)).map((block) => [block.number, block.hash]));

  before(async () => {
    server = await startServer('--data', data);
    browser = await launch();
    const { body } = await server.api('POST', '/api/sessions', { prompt: 'a red train in a meadow by day', seed: 21 });
    [id, key] = [body.id, body.directorKey];
    director = await open(browser, server.url + body.direct);
    await playing(director.page);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
    rmSync(data, { recursive: true, force: true });
  });

  it('keeps a moment by name, with its picture', async () => {
    const { page } = director;
    await page.getByTestId('moment-keep').click();
    await page.getByTestId('moment-name').fill('the train');
    await page.keyboard.press('Enter');
    const moment = page.getByTestId('moment').filter({ hasText: 'the train' });
    await moment.waitFor({ timeout: 20_000 });
    await until(() => moment.locator('img').evaluate((img) => img.complete && img.naturalWidth > 0));
  });

  it('keeps moments unasked', async () => {
    await until(async () => (await get(`${id}/bookmarks`)).some((bookmark) => bookmark.name === undefined));
    await until(async () => (await director.page.getByTestId('moment').count()) >= 2);
  });

  it('goes back with one press, and the same blocks come again', async () => {
    const { page } = director;
    await server.api('POST', `/api/sessions/${id}/cues`, { prompt: 'night', blendBlocks: 0 }, key);
    await until(async () => /night/.test((await get(id)).meaning));
    const first = await hashes(id);
    const moment = page.getByTestId('moment').filter({ hasText: 'the train' });
    await moment.hover();
    await moment.getByRole('button', { name: /Go back/ }).click();
    const { rewind } = await until(async () => (await get(id)).rewind && get(id));
    await page.getByTestId('rewound').waitFor();
    await until(async () => (await hashes(id)).has(rewind.block + 3));
    const again = await hashes(id);
    for (let i = 0; i < 4; i++) assert.equal(again.get(rewind.block + i), first.get(rewind.from + i), `block ${rewind.block + i} is not block ${rewind.from + i}`);
    await until(async () => /day/.test((await get(id)).meaning));
  });

  it('forks with one press, and the fork makes the blocks of its parent', async () => {
    const { page } = director;
    const moment = page.getByTestId('moment').filter({ hasText: 'the train' });
    const bookmark = (await get(`${id}/bookmarks`)).find(({ name }) => name === 'the train');
    const first = await hashes(id);
    await moment.hover();
    await moment.getByRole('button', { name: /Fork/ }).click();
    await page.waitForURL((url) => url.pathname.startsWith('/direct/') && !url.pathname.endsWith(id));
    const fork = new URL(page.url()).pathname.split('/').at(-1);
    await playing(page);
    await until(async () => (await hashes(fork)).has(bookmark.block + 3));
    const forked = await hashes(fork);
    for (let i = 0; i < 4; i++) assert.equal(forked.get(bookmark.block + i), first.get(bookmark.block + i));
    assert.deepEqual((await get(id)).forks, [{ session: fork, block: bookmark.block }]);
  });

  it('shows the family, and the way back to the parent with its key', async () => {
    const { page } = director;
    await page.getByTestId('family').getByTestId('family-link').click();
    await page.waitForURL((url) => url.pathname === `/direct/${id}` && url.hash.length > 10);
    await page.getByTestId('family').waitFor();
  });

  it('complained about nothing in the console', () => {
    // A page that goes on to another stream takes leave of this one's viewer, whose connection may have ended already.
    const complaints = director.errors.filter((error) => !/404 .*\/whep\//.test(error));
    assert.deepEqual(complaints, []);
  });
});
