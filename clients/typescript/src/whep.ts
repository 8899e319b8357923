import { errorOfFetch, errorOfResponse, SanaLiveError } from './errors.js';

/** One WHEP exchange's result: the server's answer and where to say goodbye. */
export interface WhepSession {
  readonly answer: string;
  /** Absolute or relative to the page; null when the server named none. */
  readonly location: string | null;
}

/**
 * Sends an offer. The offer goes out at once, without waiting for candidates: the server is ICE-lite and learns
 * our address from our own connectivity checks, so gathering would only cost time.
 */
export async function sendOffer(
  url: string,
  offer: string,
  options: { fetch?: typeof fetch; signal?: AbortSignal } = {},
): Promise<WhepSession> {
  const call = options.fetch ?? fetch;
  let response: Response;
  try {
    response = await call(url, {
      method: 'POST',
      headers: { 'content-type': 'application/sdp', accept: 'application/sdp' },
      body: offer,
      cache: 'no-store',
      ...(options.signal ? { signal: options.signal } : {}),
    });
  } catch (cause) {
    throw errorOfFetch(cause);
  }
  if (!response.ok) throw await errorOfResponse(response);
  const answer = await response.text();
  if (!answer.startsWith('v=0')) {
    throw new SanaLiveError('failed', 'The server answered the offer with something that is no session description.', response.status);
  }
  const location = response.headers.get('location');
  return { answer, location: location === null ? null : resolve(location, response.url || url) };
}

/** Says goodbye, so that the server frees the peer now and not when its consent expires. Works while the page unloads. */
export async function sendGoodbye(location: string, call: typeof fetch = fetch): Promise<void> {
  try {
    await call(location, { method: 'DELETE', keepalive: true });
  } catch {
    // The server is gone or going: it frees the peer by timeout, and nobody is left here to tell.
  }
}

function resolve(location: string, base: string): string {
  try {
    return new URL(location, base).href;
  } catch {
    return location; // both relative: the browser resolves it against the page
  }
}
