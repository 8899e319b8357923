// 5 % of all packets are thrown away on sending; retransmission brings them back.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { launch, open, playing, watch } from './browser.mjs';
import { startServer } from './server.mjs';

describe('a lossy network', () => {
  let server, browser;

  before(async () => {
    server = await startServer('--rtc-loss', '0.05');
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  it('loses 5 % of the packets and at most 2 % of the frames', async () => {
    const { body } = await server.api('POST', '/api/sessions', { prompt: 'a train in a forest in the rain', seed: 5 });
    const { page, close } = await open(browser, `${server.url}/watch/${body.id}`);
    await playing(page);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const seen = await watch(page, 25);
    assert.ok(seen.framesPerSecond >= 0.98 * 16, `decoded ${seen.framesPerSecond.toFixed(2)} frames/s`);
    const status = (await server.api('GET', '/api/status')).body;
    assert.match(JSON.stringify(status), /retransmi/i);
    await close();
  });
});
