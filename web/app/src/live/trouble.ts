import type { SanaLiveError } from '@sanalive/client';

export interface Circumstances {
  /** Commands go through, so it is the picture alone that does not come. */
  readonly serverAnswers: boolean;
  /** A picture has come before on this page. */
  readonly played: boolean;
  /** The browser's own words for itself. */
  readonly browser: string;
  /** Host name of the page's address. */
  readonly host: string;
}

const HOME = new Set(['localhost', '127.0.0.1', '[::1]']);

/** A sentence for a person when an attempt to get the picture failed for a reason that waiting alone may not mend; else null. */
export function troubleOf(error: SanaLiveError, at: Circumstances): string | null {
  if (error.kind === 'overloaded') return error.message;
  if (error.kind === 'network' && at.serverAnswers && !at.played && at.browser.includes('Firefox/') && HOME.has(at.host)) {
    return 'Firefox takes no video from its own machine\u2019s address 127.0.0.1. Start the server with --rtc-listen machine, or use another browser.';
  }
  return null;
}
