// More streams than the machine makes at once: who waits sees the place in line, and the picture starts by itself.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { launch, open, playing } from './browser.mjs';
import { startServer } from './server.mjs';

const prompt = 'a sailing boat on the sea at sunset';

describe('the line', () => {
  let server, browser, first, second, third;
  const pages = [];

  const create = async () => (await server.api('POST', '/api/sessions', { prompt }));
  const view = async ({ id }) => (await server.api('GET', `/api/sessions/${id}`)).body;
  const inLine = (page, place) =>
    page.locator('[data-testid=connection-state][data-state=queued]', { hasText: `Number ${place} in line` }).waitFor({ timeout: 20_000 });

  async function watching(session) {
    const opened = await open(browser, server.url + session.watch);
    pages.push(opened);
    return opened;
  }

  before(async () => {
    server = await startServer('--max-streams', '1', '--queue-length', '2');
    browser = await launch();
    first = (await create()).body;
    const { page } = await watching(first);
    await playing(page);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  it('creates what does not fit all the same, with a place in line', async () => {
    const answers = [await create(), await create()];
    assert.deepEqual(answers.map(({ status }) => status), [201, 201]);
    [second, third] = answers.map(({ body }) => body);
    assert.deepEqual((await Promise.all([second, third].map(view))).map(({ status, queuePosition }) => [status, queuePosition]), [['queued', 1], ['queued', 2]]);
    assert.equal((await view(first)).status, 'streaming');
  });

  it('refuses the next one only, and says when to come back', async () => {
    const response = await fetch(`${server.url}/api/sessions`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ prompt }) });
    assert.equal(response.status, 503);
    assert.ok(Number(response.headers.get('retry-after')) >= 1);
    assert.match((await response.json()).detail, /wait already/);
  });

  it('shows on the page which place it is', async () => {
    await inLine((await watching(second)).page, 1);
    await inLine((await watching(third)).page, 2);
    assert.equal((await view(second)).block, 0);
  });

  it('plays by itself when its turn has come, and the others move up', async () => {
    const [running, next, last] = pages;
    await running.close();
    await playing(next.page);
    await inLine(last.page, 1);
    await next.close();
    await playing(last.page);
    assert.equal((await view(third)).queuePosition ?? null, null);
  });
});
