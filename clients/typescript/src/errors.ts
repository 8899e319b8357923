/** Why the server refused, or `network` when no answer came. */
export type ErrorKind =
  | 'notFound'
  | 'invalid'
  | 'forbidden'
  | 'conflict'
  | 'overloaded'
  | 'failed'
  /** By a hub that told a sentence and no status. */
  | 'refused'
  | 'network'
  | 'aborted';

/** A refusal with a sentence that a person can act on. */
export class SanaLiveError extends Error {
  override readonly name = 'SanaLiveError';

  constructor(
    readonly kind: ErrorKind,
    message: string,
    /** The HTTP status, where there was one. */
    readonly status?: number,
    /** Seconds after which the server asks to be tried again. */
    readonly retryAfter?: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /** True when the same request may succeed later without anybody changing it. */
  get transient(): boolean {
    // 501: the installation lacks something, which waiting does not bring.
    return this.kind === 'network' || this.kind === 'overloaded' || (this.kind === 'failed' && (this.status ?? 500) >= 500 && this.status !== 501);
  }
}

export function kindOfStatus(status: number): ErrorKind {
  if (status === 404 || status === 410) return 'notFound';
  if (status === 401 || status === 403) return 'forbidden';
  if (status === 409) return 'conflict';
  if (status === 429 || status === 503) return 'overloaded';
  if (status >= 500) return 'failed';
  return 'invalid';
}

/** Reads a refused answer: problem+json when the server speaks it, the status line when something between us answers. */
export async function errorOfResponse(response: Response): Promise<SanaLiveError> {
  let sentence = '';
  try {
    const text = await response.text();
    if (response.headers.get('content-type')?.includes('json')) {
      const problem = JSON.parse(text) as { detail?: unknown; title?: unknown };
      if (typeof problem.detail === 'string') sentence = problem.detail;
      else if (typeof problem.title === 'string') sentence = problem.title;
    } else if (text.length <= 300 && !text.includes('<')) {
      sentence = text.trim();
    }
  } catch {
    // The body was cut off or is no JSON; the status alone still says what happened.
  }
  const seconds = Number(response.headers.get('retry-after'));
  return new SanaLiveError(
    kindOfStatus(response.status),
    sentence || `The server answered ${response.status} ${response.statusText}`.trim() + '.',
    response.status,
    Number.isFinite(seconds) && seconds > 0 ? seconds : undefined,
  );
}

/** A failed `fetch` as one of our errors. */
export function errorOfFetch(cause: unknown): SanaLiveError {
  if (cause instanceof SanaLiveError) return cause;
  if (cause instanceof DOMException && cause.name === 'AbortError') {
    return new SanaLiveError('aborted', 'The request was given up.', undefined, undefined, { cause });
  }
  return new SanaLiveError('network', 'The server does not answer.', undefined, undefined, { cause });
}
