// A person steers with the arrow keys, and begins a stream with a picture.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { launch, open, playing } from './browser.mjs';
import { startServer } from './server.mjs';

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** A PNG of one colour, painted by the browser. */
const paint = async (page, colour) => Buffer.from(await page.evaluate((fill) => {
  const canvas = document.createElement('canvas');
  canvas.width = 640;
  canvas.height = 480;
  const context = canvas.getContext('2d');
  context.fillStyle = fill;
  context.fillRect(0, 0, 640, 480);
  return canvas.toDataURL('image/png').split(',')[1];
}, colour), 'base64');

describe('steering', () => {
  let server, browser, director, id;

  const view = async () => (await server.api('GET', `/api/sessions/${id}`)).body;

  /** The view once it is as `wanted`, or the last one after 30 seconds: this is about what happens, not about how fast. */
  async function viewWhen(wanted) {
    const until = Date.now() + 30_000;
    let now = await view();
    while (!wanted(now) && Date.now() < until) {
      await pause(200);
      now = await view();
    }
    return now;
  }

  before(async () => {
    server = await startServer();
    browser = await launch();
    const { body } = await server.api('POST', '/api/sessions', { prompt: 'a red train in a meadow by day', seed: 21, controls: { speed: 30, direction: 'right' } });
    id = body.id;
    director = await open(browser, server.url + body.direct);
    await playing(director.page);
    await director.page.getByTestId('controls').waitFor();
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  it('goes faster with the up key, and a receipt says so', async () => {
    await director.page.keyboard.press('ArrowUp');
    await director.page.keyboard.press('ArrowUp');
    const now = await viewWhen(({ controls }) => controls.speed === 40);
    assert.equal(now.controls.speed, 40);
    assert.ok(now.cues.some((cue) => cue.status === 'applied' && cue.controls?.speed === 40), JSON.stringify(now.cues));
    await director.page.locator('[data-testid=receipt][data-status=applied]', { hasText: '40 px/s' }).first().waitFor({ timeout: 5000 });
    assert.equal(await director.page.getByTestId('speed').textContent(), '40');
  });

  it('turns round with the left key', async () => {
    await director.page.keyboard.press('ArrowLeft');
    assert.equal((await viewWhen(({ controls }) => controls.direction === 'left')).controls.direction, 'left');
  });

  it('makes few cues of a held key, and the last one counts', async () => {
    const before = (await view()).cues.length;
    for (let i = 0; i < 20; i++) {
      await director.page.keyboard.down('ArrowDown');
      await pause(25);
    }
    await director.page.keyboard.up('ArrowDown');
    const now = await viewWhen(({ controls }) => controls.speed === 10);
    assert.equal(now.controls.speed, 10);
    assert.ok(now.cues.length - before <= 6, `${now.cues.length - before} cues of one held key`);
  });

  it('leaves the arrow keys to a text field that has the focus', async () => {
    const { controls, cues } = await view();
    await director.page.getByTestId('prompt-input').fill('snow');
    await director.page.keyboard.press('ArrowUp');
    await director.page.keyboard.press('ArrowRight');
    await pause(1000);
    const now = await view();
    assert.deepEqual([now.controls, now.cues.length], [controls, cues.length]);
    await director.page.keyboard.press('Escape');
  });

  it('sets the hour on the strip of sky', async () => {
    const box = await director.page.getByTestId('sky').boundingBox();
    await director.page.mouse.click(box.x + 0.02 * box.width, box.y + box.height / 2);
    const { controls } = await viewWhen((now) => now.controls.hour < 1);
    assert.ok(controls.hour < 1, JSON.stringify(controls));
  });

  it('gives a viewer nothing to steer with', async () => {
    const viewer = await open(browser, `${server.url}/watch/${id}`);
    await playing(viewer.page);
    const { cues } = await view();
    await viewer.page.keyboard.press('ArrowUp');
    await pause(600);
    assert.equal(await viewer.page.getByTestId('controls').count(), 0);
    assert.equal((await view()).cues.length, cues.length);
    await viewer.close();
  });

  it('complained about nothing in the console', async () => {
    assert.deepEqual(director.errors, []);
    await director.close(); // what follows is another stream, and two processors make one at a time
  });

  it('refuses a file that is no picture before anything is sent', async () => {
    const start = await open(browser, server.url);
    await start.page.getByTestId('picture-input').setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: Buffer.from('no picture') });
    await start.page.getByRole('alert').filter({ hasText: 'neither a PNG nor a JPEG' }).waitFor();
    await start.close();
  });

  it('begins with a picture', async () => {
    const start = await open(browser, server.url);
    const picture = await paint(start.page, '#7fb7e6');
    await start.page.getByTestId('picture-input').setInputFiles({ name: 'sky.png', mimeType: 'image/png', buffer: picture });
    await start.page.getByTestId('picture-preview').waitFor();
    await start.page.getByTestId('prompt-send').click();
    await start.page.waitForURL(/\/direct\//);
    await playing(start.page);
    const begun = new URL(start.page.url()).pathname.split('/').at(-1);
    const { body } = await server.api('GET', `/api/sessions/${begun}`);
    assert.deepEqual([body.image.width, body.image.height], [640, 480]);
    assert.match(body.image.note, /cropped/);
    await start.page.getByTestId('start-image').filter({ hasText: '640 × 480' }).waitFor();
    assert.deepEqual(start.errors, []);
    await start.close();
  });
});
