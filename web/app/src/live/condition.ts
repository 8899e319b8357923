import type { LiveState, PlayerState, SessionStatus } from '@sanalive/client';

/** What a person needs to know of the stream in one word; the value of `data-state` on the page's connection badge. */
export type Condition =
  | 'connecting'
  | 'live'
  | 'reconnecting'
  | 'offline'
  | 'queued'
  | 'paused'
  | 'failed'
  | 'closed'
  | 'unknown';

export interface Facts {
  readonly hub: LiveState;
  readonly player: PlayerState;
  /** Failed attempts in a row to reach the hub. */
  readonly attempts: number;
  readonly status: SessionStatus | undefined;
  /** The server does not know the session. */
  readonly missing: boolean;
  /** A frame was shown within the last moments. */
  readonly moving: boolean;
}

/** From the most final to the least. */
export function conditionOf(facts: Facts): Condition {
  if (facts.missing) return 'unknown';
  if (facts.status === 'closed') return 'closed';
  if (facts.status === 'failed') return 'failed';
  if (facts.hub === 'reconnecting' && facts.attempts >= 6) return 'offline';
  if (facts.hub === 'reconnecting') return facts.status === undefined ? 'connecting' : 'reconnecting';
  if (facts.status === 'queued') return 'queued';
  if (facts.player === 'reconnecting') return 'reconnecting';
  if (facts.status === 'paused') return 'paused';
  return facts.moving && facts.hub === 'connected' ? 'live' : 'connecting';
}
