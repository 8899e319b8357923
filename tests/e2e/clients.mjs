// Clients that are not our page: an independent WHEP player, and whoever sends rubbish.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { root, startServer } from './server.mjs';

describe('other clients', () => {
  let server, created;

  before(async () => {
    server = await startServer();
    created = (await server.api('POST', '/api/sessions', { prompt: 'a balloon over the desert', seed: 3 })).body;
  });
  after(async () => server?.stop());

  it('aiortc, which speaks only the AES-CM profile, plays the stream', async () => {
    const { stdout } = await promisify(execFile)('/usr/bin/python3',
      [join(root, 'tests/e2e/aiortc_viewer.py'), `${server.url}/whep/${created.id}`, '10'], { timeout: 60_000 });
    const { frames, seconds, width, height } = JSON.parse(stdout.trim().split('\n').at(-1));
    assert.deepEqual([width, height], [320, 192]);
    assert.ok(frames / seconds >= 0.95 * 16, `${frames} frames in ${seconds} s`);
  });

  const post = (type, body) => fetch(`${server.url}/whep/${created.id}`, { method: 'POST', headers: { 'content-type': type }, body });

  for (const [name, type, body, status] of [
    ['another content type', 'text/plain', 'v=0', 415],
    ['more than 64 KB', 'application/sdp', 'v=0\r\n' + 'a=x\r\n'.repeat(20_000), 413],
    ['rubbish', 'application/sdp', '\u0000\u0001 this is no session description', 400],
  ]) {
    it(`answers ${name} with ${status} and a sentence`, async () => {
      const response = await post(type, body);
      assert.equal(response.status, status);
      const problem = await response.json();
      assert.ok((problem.detail ?? '').length > 20, JSON.stringify(problem));
    });
  }
});
