import { WhepPlayer, type PlayerOptions } from '@sanalive/client';

/** A server that is started again is back within seconds: nobody should look at a still picture for longer than it takes. */
export const PATIENCE = { first: 200, growth: 1.1, longest: 1_000 };

interface Opening {
  readonly player: WhepPlayer;
  id: string | null;
  expectsFrames: () => boolean;
}

let opening: Opening | null = null;

export function whepPath(id: string): string {
  return `/whep/${encodeURIComponent(id)}`;
}

/**
 * Opens the picture of a stream that is being created. The browser makes its offer meanwhile, and sends it as soon as there is an address: so
 * the server makes the first pictures while the page that shows them is put together.
 */
export function openPicture(creation: Promise<{ readonly id: string }>, options: Pick<PlayerOptions, 'createPeer' | 'fetch'> = {}): void {
  // The stream's page says it when the browser cannot do it.
  if (!options.createPeer && !('RTCPeerConnection' in globalThis)) return;
  opening?.player.stop();
  const opened: Opening = {
    player: new WhepPlayer({
      ...options,
      url: creation.then(({ id }) => whepPath(id)),
      backoff: PATIENCE,
      expectsFrames: () => opened.expectsFrames(),
    }),
    id: null,
    expectsFrames: () => false,
  };
  opening = opened;
  creation.then(
    ({ id }) => (opened.id = id),
    () => {
      opened.player.stop();
      if (opening === opened) opening = null;
    },
  );
  opened.player.start();
}

/** The player of that stream, if its picture was opened before its page; it has begun already. Ends one that nobody came for. */
export function takePicture(id: string, expectsFrames: () => boolean): WhepPlayer | null {
  const opened = opening;
  opening = null;
  if (!opened) return null;
  if (opened.id !== id) {
    opened.player.stop();
    return null;
  }
  opened.expectsFrames = expectsFrames;
  return opened.player;
}
