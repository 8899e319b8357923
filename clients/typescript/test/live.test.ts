import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LiveConnection, SanaLiveError, type SessionView } from '../src/index.js';
import { FakeHub } from './fakeHub.js';
import { settle, view } from './samples.js';

const BACKOFF = { first: 100, longest: 400, jitter: 0 };

describe('LiveConnection', () => {
  let hubs: FakeHub[];
  let live: LiveConnection;
  let states: string[];
  let getAnswers: Response;

  const hub = () => hubs.at(-1)!;

  beforeEach(() => {
    vi.useFakeTimers();
    hubs = [];
    states = [];
    getAnswers = new Response(JSON.stringify(view()), { status: 200 });
    live = new LiveConnection({
      backoff: BACKOFF,
      patience: 5_000,
      fetch: async () => getAnswers,
      createHub: () => {
        hubs.push(new FakeHub());
        return hubs.at(-1)!;
      },
    });
    live.on('state', (state) => states.push(state));
  });

  afterEach(() => {
    live.stop();
    vi.useRealTimers();
  });

  async function connect() {
    live.start();
    hub().open();
    await settle();
  }

  async function breakAndComeBack() {
    await settle();
    hub().break();
    await settle();
    await vi.advanceTimersByTimeAsync(100);
    hub().open();
    await settle();
  }

  it('keeps trying while the server is not there, with growing waits', async () => {
    const waits: number[] = [];
    live.on('error', ({ retryIn }) => waits.push(retryIn));
    live.start();
    for (let i = 0; i < 4; i++) {
      hub().refuse();
      await settle();
      await vi.advanceTimersByTimeAsync(waits.at(-1)!);
    }
    expect(waits).toEqual([100, 200, 400, 400]);
    expect(hubs).toHaveLength(5);
    hub().open();
    await settle();
    expect(states).toEqual(['connecting', 'reconnecting', 'connected']);
  });

  it('tells when the server is another one than before, and since when the old one is lost', async () => {
    const restarts: number[] = [];
    live.on('restarted', ({ lost }) => restarts.push(lost));
    await connect();
    const lost = performance.now();
    hub().break();
    await vi.advanceTimersByTimeAsync(100);
    hub().refuse();
    await vi.advanceTimersByTimeAsync(200);
    hub().instance = 'second';
    hub().open();
    await settle();
    expect(restarts).toEqual([lost]);
  });

  it('does not take a broken connection to the same server for another server', async () => {
    let restarts = 0;
    live.on('restarted', () => restarts++);
    await connect();
    hub().break();
    await vi.advanceTimersByTimeAsync(100);
    hub().open();
    await settle();
    expect(states).toEqual(['connecting', 'connected', 'reconnecting', 'connected']);
    expect(restarts).toBe(0);
  });

  it('tries at once when it is nudged, and only then', async () => {
    live.start();
    live.nudge();
    expect(hubs).toHaveLength(1);
    hub().refuse();
    await settle();
    live.nudge();
    expect(hubs).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(hubs).toHaveLength(2);
  });

  it('follows a session over a reconnection and drops views that are not newer', async () => {
    const seen: number[] = [];
    live.follow('one', { view: (v: SessionView) => seen.push(v.version), ended: () => seen.push(-1) });
    await connect();
    expect(hub().streams[0]).toMatchObject({ method: 'Events', args: ['one'] });
    const first = hub().streams[0]!.observer as { next(v: SessionView): void };
    first.next(view({ version: 3 }));
    first.next(view({ version: 2 }));
    hub().break();
    await settle();
    await vi.advanceTimersByTimeAsync(100);
    hub().open();
    await settle();
    const second = hub().streams[0]!.observer as { next(v: SessionView): void };
    second.next(view({ version: 3 }));
    second.next(view({ version: 4 }));
    first.next(view({ version: 9 }));
    expect(seen).toEqual([3, 4]);
  });

  it('ends following when the session is closed', async () => {
    const ended = vi.fn();
    live.follow('one', { view: () => {}, ended });
    await connect();
    hub().streams[0]!.observer.complete();
    expect(ended).toHaveBeenCalledExactlyOnceWith(null);
    hub().break();
    await vi.advanceTimersByTimeAsync(100);
    hub().open();
    await settle();
    expect(hub().streams).toHaveLength(0);
  });

  it('ends following when the session is unknown, with the sentence of the server', async () => {
    const ended = vi.fn();
    live.follow('one', { view: () => {}, ended });
    await connect();
    getAnswers = new Response('{"detail":"There is no such session."}', {
      status: 404,
      headers: { 'content-type': 'application/problem+json' },
    });
    hub().streams[0]!.observer.error(new Error('HubException: There is no such session.'));
    await vi.advanceTimersByTimeAsync(0);
    expect(ended).toHaveBeenCalledOnce();
    expect(ended.mock.calls[0]![0]).toMatchObject({ kind: 'notFound', message: 'There is no such session.' });
  });

  it('follows again after an error of the server that may pass', async () => {
    const ended = vi.fn();
    live.follow('one', { view: () => {}, ended });
    await connect();
    hub().streams[0]!.observer.error(new Error('An error occurred on the server while streaming results.'));
    await vi.advanceTimersByTimeAsync(100);
    expect(hub().streams).toHaveLength(2);
    expect(ended).not.toHaveBeenCalled();
  });

  it('does not follow again what is not followed any more', async () => {
    const ended = vi.fn();
    const unfollow = live.follow('one', { view: () => {}, ended });
    await connect();
    hub().streams[0]!.observer.error(new Error('An error occurred on the server while streaming results.'));
    unfollow();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(hub().streams).toHaveLength(1);
    expect(ended).not.toHaveBeenCalled();
  });

  it('gives a cue a client id and sends the same one again when the connection breaks', async () => {
    await connect();
    const receipt = live.cue('one', 'key', { prompt: 'the sun rises' });
    await settle();
    const before = hub().calls[0]!;
    hub().break();
    await settle();
    await vi.advanceTimersByTimeAsync(100);
    hub().open();
    await settle();
    const after = hub().calls[0]!;
    expect(after.method).toBe('Cue');
    expect(after.args).toEqual(before.args);
    expect((after.args[2] as { clientId: string }).clientId).toMatch(/^[0-9a-f]{24}$/);
    after.resolve({ id: 'c1' });
    await expect(receipt).resolves.toEqual({ id: 'c1' });
  });

  it('does not create twice when the connection breaks', async () => {
    await connect();
    const created = live.create({ prompt: 'x' });
    const failed = expect(created).rejects.toMatchObject({ kind: 'network' });
    await settle();
    hub().break();
    await failed;
    await vi.advanceTimersByTimeAsync(100);
    hub().open();
    await settle();
    expect(hub().calls).toHaveLength(0);
  });

  it('does not repeat what the server refused', async () => {
    await connect();
    const cue = live.cue('one', 'wrong', { prompt: 'x' });
    await settle();
    hub().calls[0]!.reject(new Error('HubException: 403 This key does not steer this session.'));
    await expect(cue).rejects.toMatchObject({ kind: 'forbidden', status: 403, message: 'This key does not steer this session.' });
    expect(hub().calls).toHaveLength(1);
  });

  it('lists bookmarks, again when the connection breaks', async () => {
    await connect();
    const bookmarks = live.bookmarks('one');
    await breakAndComeBack();
    expect(hub().calls).toMatchObject([{ method: 'Bookmarks', args: ['one'] }]);
    hub().calls[0]!.resolve([{ id: 'b1' }]);
    await expect(bookmarks).resolves.toEqual([{ id: 'b1' }]);
  });

  it('deletes a bookmark with the key', async () => {
    await connect();
    const deleted = live.deleteBookmark('one', 'key', 'b1');
    await settle();
    expect(hub().calls).toMatchObject([{ method: 'ForgetBookmark', args: ['one', 'key', 'b1'] }]);
    hub().calls[0]!.resolve(null);
    await expect(deleted).resolves.toBeUndefined();
  });

  it('takes a bookmark for deleted when the connection broke and it is not there the second time', async () => {
    await connect();
    const deleted = live.deleteBookmark('one', 'key', 'b1');
    await breakAndComeBack();
    hub().calls[0]!.reject(new Error('HubException: 404 There is no bookmark b1.'));
    await expect(deleted).resolves.toBeUndefined();
  });

  it('tells when there was no bookmark to delete, or the key is wrong, also the second time', async () => {
    await connect();
    const missing = expect(live.deleteBookmark('one', 'key', 'b9')).rejects.toMatchObject({ kind: 'notFound' });
    await settle();
    hub().calls[0]!.reject(new Error('HubException: 404 There is no bookmark b9.'));
    await missing;
    expect(hub().calls).toHaveLength(1);
    const forbidden = expect(live.deleteBookmark('one', 'wrong', 'b1')).rejects.toMatchObject({ kind: 'forbidden' });
    await breakAndComeBack();
    hub().calls[0]!.reject(new Error('HubException: 403 This key does not steer this session.'));
    await forbidden;
  });

  it('lets a command wait for the connection, but not for ever', async () => {
    live.start();
    const answer = live.pause('one', 'key');
    const failed = expect(answer).rejects.toBeInstanceOf(SanaLiveError);
    await vi.advanceTimersByTimeAsync(10_000);
    await failed;
  });

  it('refuses commands and tries no more once it is stopped', async () => {
    await connect();
    live.stop();
    expect(hub().stopped).toBe(true);
    await expect(live.status()).rejects.toMatchObject({ kind: 'aborted' });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(hubs).toHaveLength(1);
  });
});
