import { describe, expect, it } from 'vitest';
import { SanaLiveApi, SanaLiveError } from '../src/index.js';
import { view } from './samples.js';

interface Seen {
  url: string;
  init: RequestInit;
}

function apiWith(answer: () => Response | Promise<Response>, seen: Seen[] = []): SanaLiveApi {
  return new SanaLiveApi({
    server: 'http://host/',
    fetch: async (input, init) => {
      seen.push({ url: String(input), init: init ?? {} });
      return answer();
    },
  });
}

const problem = (status: number, body: string, headers: Record<string, string> = {}) =>
  new Response(body, { status, headers: { 'content-type': 'application/problem+json', ...headers } });

async function refusal(run: Promise<unknown>): Promise<SanaLiveError> {
  const error = await run.then(
    () => null,
    (cause: unknown) => cause,
  );
  if (!(error instanceof SanaLiveError)) throw new Error(`refused with ${String(error)}`);
  return error;
}

describe('SanaLiveApi', () => {
  it('sends the key in a header and never in the address', async () => {
    const seen: Seen[] = [];
    await apiWith(() => new Response('{}', { status: 202 }), seen).cue('a/b', 'secret', { prompt: 'night' });
    expect(seen[0]?.url).toBe('http://host/api/sessions/a%2Fb/cues');
    expect(seen[0]?.url).not.toContain('secret');
    expect((seen[0]?.init.headers as Record<string, string>)['authorization']).toBe('Bearer secret');
  });

  it('moves a session to another engine', async () => {
    const seen: Seen[] = [];
    const moved = await apiWith(() => new Response(JSON.stringify(view({ engine: 'cpu-1' })), { status: 200 }), seen).move('x', 'secret', 'cpu-1');
    expect(seen[0]).toMatchObject({ url: 'http://host/api/sessions/x/move', init: { method: 'POST', body: '{"engine":"cpu-1"}' } });
    expect(moved.engine).toBe('cpu-1');
  });

  it('tells the sentence of a problem', async () => {
    const error = await refusal(apiWith(() => problem(409, '{"title":"Conflict","detail":"That cue was applied already."}')).get('x'));
    expect(error.kind).toBe('conflict');
    expect(error.message).toBe('That cue was applied already.');
    expect(error.transient).toBe(false);
  });

  it('says when to come back', async () => {
    const error = await refusal(apiWith(() => problem(503, '{"detail":"The line is full."}', { 'retry-after': '7' })).create());
    expect(error.kind).toBe('overloaded');
    expect(error.retryAfter).toBe(7);
    expect(error.transient).toBe(true);
  });

  it('survives a page of a proxy instead of a problem', async () => {
    const error = await refusal(apiWith(() => new Response('<html>Bad gateway</html>', { status: 502, statusText: 'Bad Gateway' })).models());
    expect(error.kind).toBe('failed');
    expect(error.message).toBe('The server answered 502 Bad Gateway.');
  });

  it('survives a problem that was cut off', async () => {
    const error = await refusal(apiWith(() => problem(404, '{"detail":"There is no su')).get('x'));
    expect(error.kind).toBe('notFound');
    expect(error.message).toContain('404');
  });

  it('calls no answer a network error', async () => {
    const error = await refusal(apiWith(() => Promise.reject(new TypeError('Failed to fetch'))).get('x'));
    expect(error.kind).toBe('network');
  });

  it('reads an answer without a body', async () => {
    await expect(apiWith(() => new Response(null, { status: 204 })).close('x', 'k')).resolves.toBeUndefined();
  });

  it('reads a view', async () => {
    await expect(apiWith(() => new Response(JSON.stringify(view({ block: 3 })), { status: 200 })).get('one')).resolves.toMatchObject({ block: 3 });
  });

  it('sends controls as they are, numbers as numbers and words as words', async () => {
    const seen: Seen[] = [];
    await apiWith(() => new Response('{}', { status: 202 }), seen).cue('x', 'k', { controls: { speed: 42, direction: 'left' } });
    expect(JSON.parse(String(seen[0]?.init.body))).toEqual({ controls: { speed: 42, direction: 'left' } });
  });

  it('sends a start image with the words, and tells the sentence when it is too large', async () => {
    const seen: Seen[] = [];
    const api = apiWith(() => problem(413, '{"detail":"The picture has 12 MB; at most 8 MB are allowed."}'), seen);
    const error = await refusal(api.create({ prompt: 'night', image: 'data:image/png;base64,AAAA' }));
    expect(JSON.parse(String(seen[0]?.init.body))).toEqual({ prompt: 'night', image: 'data:image/png;base64,AAAA' });
    expect(error).toMatchObject({ kind: 'invalid', status: 413, transient: false });
    expect(error.message).toContain('at most 8 MB');
  });

  it('names bookmarks in addresses and bodies, and forks from this moment without one', async () => {
    const seen: Seen[] = [];
    const api = apiWith(() => new Response('{}', { status: 201 }), seen);
    await api.bookmark('x', 'k', 'the train');
    await api.rewind('x', 'k', 'b3');
    await api.fork('x', 'k');
    await api.fork('x', 'k', { bookmark: 'b3', prompt: 'night' });
    expect(seen.map(({ url, init }) => [url, JSON.parse(String(init.body))])).toEqual([
      ['http://host/api/sessions/x/bookmarks', { name: 'the train' }],
      ['http://host/api/sessions/x/rewind', { bookmark: 'b3' }],
      ['http://host/api/sessions/x/fork', {}],
      ['http://host/api/sessions/x/fork', { bookmark: 'b3', prompt: 'night' }],
    ]);
    expect(api.recording('a/b')).toBe('http://host/api/sessions/a%2Fb/recording');
    expect(api.recording('x', { from: 2.5, format: 'mp4' })).toBe('http://host/api/sessions/x/recording?from=2.5&format=mp4');
    expect(api.bookmarkPicture('a/b', 'b3')).toBe('http://host/api/sessions/a%2Fb/bookmarks/b3/picture');
  });

  it('does not hope that what an installation lacks comes by itself', async () => {
    const error = await refusal(apiWith(() => problem(501, '{"detail":"This server reads no pictures."}')).create({ image: 'AAAA' }));
    expect(error.transient).toBe(false);
  });
});
