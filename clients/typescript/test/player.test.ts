import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SanaLiveError, WhepPlayer, type PlayerOptions } from '../src/index.js';
import { FakePeer } from './fakePeer.js';
import { settle } from './samples.js';

describe('WhepPlayer', () => {
  let peers: FakePeer[];
  let requests: { method: string; url: string }[];
  let answers: (() => Response | Promise<Response>)[];
  let player: WhepPlayer;
  let states: string[];
  let errors: { kind: string; retryIn: number | null }[];

  const peer = () => peers.at(-1)!;
  const created = (location = '/whep/one/peer') =>
    new Response('v=0\r\no=answer\r\n', { status: 201, headers: { location, 'content-type': 'application/sdp' } });

  function make(options: Partial<PlayerOptions> = {}): WhepPlayer {
    const made = new WhepPlayer({
      url: 'http://host/whep/one',
      backoff: { first: 100, longest: 400, jitter: 0 },
      createPeer: () => {
        peers.push(new FakePeer());
        return peer() as unknown as RTCPeerConnection;
      },
      fetch: async (input, init) => {
        requests.push({ method: init?.method ?? 'GET', url: String(input) });
        if (init?.method === 'DELETE') return new Response(null, { status: 200 });
        return (answers.shift() ?? created)();
      },
      ...options,
    });
    made.on('state', (state) => states.push(state));
    made.on('error', ({ error, retryIn }) => errors.push({ kind: error.kind, retryIn }));
    return made;
  }

  beforeEach(() => {
    vi.useFakeTimers();
    peers = [];
    requests = [];
    answers = [];
    states = [];
    errors = [];
    player = make();
  });

  afterEach(() => {
    player.stop();
    vi.useRealTimers();
  });

  async function play() {
    player.start();
    await settle();
    peer().become('connected');
  }

  it('offers to receive one video and takes the answer', async () => {
    await play();
    expect(peer().transceivers).toEqual([['video', { direction: 'recvonly' }]]);
    expect(peer().remote).toContain('o=answer');
    expect(states).toEqual(['connecting', 'playing']);
  });

  it('makes its offer while the address is only promised', async () => {
    let address!: (url: string) => void;
    player = make({ url: new Promise((resolve) => (address = resolve)) });
    player.start();
    await settle();
    expect(peer().localDescription).not.toBeNull();
    expect(requests).toEqual([]);
    address('http://host/whep/promised');
    await settle();
    expect(requests).toEqual([{ method: 'POST', url: 'http://host/whep/promised' }]);
  });

  it('ends with the reason when the promised address never comes', async () => {
    player = make({ url: Promise.reject(new SanaLiveError('overloaded', 'There is no room.', 400)) });
    player.start();
    await settle();
    expect(requests).toEqual([]);
    expect(errors.map((error) => error.kind)).toEqual(['overloaded']);
  });

  it('sends nothing when it was stopped before the address came', async () => {
    let address!: (url: string) => void;
    player = make({ url: new Promise((resolve) => (address = resolve)) });
    player.start();
    await settle();
    player.stop();
    address('http://host/whep/promised');
    await settle();
    expect(requests).toEqual([]);
  });

  it('remembers its stream for who listens late', async () => {
    await play();
    const stream = {};
    expect(player.stream).toBeUndefined();
    peer().ontrack?.({ streams: [stream], track: null });
    expect(player.stream).toBe(stream);
  });

  it('says goodbye at the address of the answer', async () => {
    await play();
    player.stop();
    expect(peer().closed).toBe(true);
    expect(requests.at(-1)).toEqual({ method: 'DELETE', url: 'http://host/whep/one/peer' });
    expect(states.at(-1)).toBe('ended');
  });

  it('says no goodbye to a session that is over', async () => {
    await play();
    player.stop({ goodbye: false });
    expect(requests.map((request) => request.method)).toEqual(['POST']);
  });

  it('says goodbye also when it is stopped while the answer is on its way', async () => {
    let arrive: (response: Response) => void = () => {};
    answers.push(() => new Promise<Response>((resolve) => (arrive = resolve)));
    player.start();
    await settle();
    player.stop();
    arrive(created());
    await settle();
    expect(requests.at(-1)?.method).toBe('DELETE');
  });

  it.each([
    [404, 'notFound'],
    [400, 'invalid'],
    [406, 'invalid'],
    [409, 'conflict'],
    [415, 'invalid'],
  ])('gives up on %i', async (status, kind) => {
    answers.push(() => new Response('no', { status }));
    player.start();
    await settle();
    expect(errors).toEqual([{ kind, retryIn: null }]);
    expect(states.at(-1)).toBe('ended');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(peers).toHaveLength(1);
  });

  it('gives up on an answer that is none', async () => {
    answers.push(() => new Response('<html>', { status: 201 }));
    player.start();
    await settle();
    expect(errors[0]?.retryIn).toBeNull();
  });

  it('comes back after an unreachable server, waiting longer each time', async () => {
    for (let i = 0; i < 3; i++) answers.push(() => Promise.reject(new TypeError('Failed to fetch')));
    player.start();
    await settle();
    await vi.advanceTimersByTimeAsync(100);
    await vi.advanceTimersByTimeAsync(200);
    await vi.advanceTimersByTimeAsync(400);
    expect(errors).toEqual([100, 200, 400].map((retryIn) => ({ kind: 'network', retryIn })));
    peer().become('connected');
    expect(states).toEqual(['connecting', 'reconnecting', 'playing']);
  });

  it('waits as long as an overloaded server asks', async () => {
    answers.push(() => new Response('{}', { status: 503, headers: { 'retry-after': '3' } }));
    player.start();
    await settle();
    expect(errors).toEqual([{ kind: 'overloaded', retryIn: 3000 }]);
  });

  it('connects anew when the connection fails, and closes the old one', async () => {
    await play();
    peer().become('failed');
    expect(peers[0]?.closed).toBe(true);
    await vi.advanceTimersByTimeAsync(100);
    expect(peers).toHaveLength(2);
    peer().become('connected');
    expect((await player.stats()).connections).toBe(2);
  });

  it('bears a short disconnection', async () => {
    await play();
    peer().become('disconnected');
    await vi.advanceTimersByTimeAsync(2_000);
    peer().become('connected');
    await vi.advanceTimersByTimeAsync(5_000);
    expect(peers).toHaveLength(1);
  });

  it('does not bear a long one', async () => {
    await play();
    peer().become('disconnected');
    await vi.advanceTimersByTimeAsync(3_200);
    expect(peers).toHaveLength(2);
  });

  it('connects anew when frames are due and none come, and not when none are due', async () => {
    let due = false;
    player = make({ expectsFrames: () => due, silence: 4_000 });
    await play();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(peers).toHaveLength(1);
    due = true;
    await vi.advanceTimersByTimeAsync(4_500);
    expect(peers).toHaveLength(2);
  });

  it('sees frames come however often somebody else asks for the numbers', async () => {
    player = make({ expectsFrames: () => true, silence: 4_000 });
    await play();
    for (let i = 1; i <= 80; i++) {
      peer().frames = 4 * i;
      await player.stats();
      await vi.advanceTimersByTimeAsync(250);
    }
    expect(peers).toHaveLength(1);
  });

  it('connects anew when the answer came but the connection never does', async () => {
    player.start();
    await settle();
    peer().become('connecting');
    await vi.advanceTimersByTimeAsync(8_500);
    expect(peers.length).toBeGreaterThan(1);
  });

  it('connects anew at once when it is told that the server is another one, with no goodbye to the old', async () => {
    await play();
    await vi.advanceTimersByTimeAsync(1_000);
    player.renew(performance.now());
    await settle();
    expect(peers[0]?.closed).toBe(true);
    peer().become('connected');
    expect(states).toEqual(['connecting', 'playing', 'reconnecting', 'playing']);
    expect(requests.map((request) => request.method)).toEqual(['POST', 'POST']);
  });

  it('keeps a connection that was begun after the old server was lost', async () => {
    const lost = performance.now();
    await vi.advanceTimersByTimeAsync(100);
    await play();
    player.renew(lost);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(peers).toHaveLength(1);
    expect(states).toEqual(['connecting', 'playing']);
  });

  it('does not wait any longer when it is told so', async () => {
    answers.push(() => Promise.reject(new TypeError('Failed to fetch')));
    player.start();
    await settle();
    expect(peers).toHaveLength(1);
    player.renew(performance.now());
    expect(peers).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(peers).toHaveLength(2);
  });

  it('is not brought back to life by another server', async () => {
    await play();
    player.stop();
    player.renew(performance.now());
    await vi.advanceTimersByTimeAsync(1_000);
    expect(peers).toHaveLength(1);
    expect(states.at(-1)).toBe('ended');
  });

  it('counts frames over all its connections', async () => {
    await play();
    peer().frames = 160;
    await vi.advanceTimersByTimeAsync(1_000);
    peer().become('failed');
    await vi.advanceTimersByTimeAsync(100);
    peer().become('connected');
    peer().frames = 16;
    peer().roundTrip = 0.004;
    expect(await player.stats()).toMatchObject({ framesDecoded: 176, connections: 2, roundTrip: 4 });
  });

  it('begins with short waits again only after media flowed', async () => {
    await play();
    peer().become('failed');
    await vi.advanceTimersByTimeAsync(100);
    peer().become('connected'); // connected, but no media
    peer().become('failed');
    expect(errors.at(-1)?.retryIn).toBe(200);
    await vi.advanceTimersByTimeAsync(200);
    peer().become('connected');
    peer().frames = 16;
    await vi.advanceTimersByTimeAsync(1_000);
    peer().become('failed');
    expect(errors.at(-1)?.retryIn).toBe(100);
  });
});
