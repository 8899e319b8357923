import { afterEach, beforeEach, expect, it } from 'vitest';
import { openPicture, takePicture } from './opening';

let said: string[];
let peers: { closed: boolean }[];
const settle = () => new Promise((resolve) => setTimeout(resolve, 0));
const never = () => false;

class Peer {
  closed = false;
  localDescription: { sdp: string } | null = null;
  constructor() {
    peers.push(this);
  }
  addTransceiver() {}
  async setLocalDescription() {
    said.push('offer is made');
    this.localDescription = { sdp: 'v=0' };
  }
  async setRemoteDescription() {
    said.push('answer is taken');
  }
  async getStats() {
    return new Map();
  }
  close() {
    this.closed = true;
  }
}

const options = {
  createPeer: () => new Peer() as unknown as RTCPeerConnection,
  fetch: async (input: RequestInfo | URL, init?: RequestInit) => {
    said.push(`${init?.method} ${String(input)}`);
    return new Response('v=0', { status: 201, headers: { location: '/whep/one/viewer' } });
  },
};

beforeEach(() => {
  said = [];
  peers = [];
});
afterEach(() => takePicture('', never));

it('makes the offer while the stream is created, and sends it when there is an address', async () => {
  let created!: (session: { id: string }) => void;
  openPicture(new Promise((resolve) => (created = resolve)), options);
  await settle();
  expect(said).toEqual(['offer is made']);
  created({ id: 'one two' });
  await settle();
  expect(said).toEqual(['offer is made', 'POST /whep/one%20two', 'answer is taken']);
});

it('gives the player to the page of that stream once', async () => {
  openPicture(Promise.resolve({ id: 'one' }), options);
  await settle();
  const player = takePicture('one', never);
  expect(player?.state).toBe('connecting');
  expect(takePicture('one', never)).toBeNull();
  player?.stop();
});

it('ends a picture whose page never came', async () => {
  openPicture(Promise.resolve({ id: 'one' }), options);
  await settle();
  expect(takePicture('another', never)).toBeNull();
  expect(peers.map((peer) => peer.closed)).toEqual([true]);
  expect(said.at(-1)).toMatch(/^DELETE .*\/whep\/one\/viewer$/);
});

it('ends a picture whose stream was refused', async () => {
  openPicture(Promise.reject(new Error('no room')), options);
  await settle();
  expect(said).toEqual(['offer is made']);
  expect(peers.map((peer) => peer.closed)).toEqual([true]);
  expect(takePicture('one', never)).toBeNull();
});

it('ends the one before when another stream is begun', async () => {
  openPicture(Promise.resolve({ id: 'one' }), options);
  openPicture(Promise.resolve({ id: 'two' }), options);
  await settle();
  expect(peers.map((peer) => peer.closed)).toEqual([true, false]);
  takePicture('two', never)?.stop();
});
