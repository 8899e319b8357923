export * from './contracts.js';
export { SanaLiveApi, type ApiOptions } from './api.js';
export { Backoff, type BackoffOptions } from './backoff.js';
export { SanaLiveError, type ErrorKind } from './errors.js';
export type { Hub, StreamObserver } from './hub.js';
export { LiveConnection, newClientId, type Follower, type LiveEvents, type LiveOptions, type LiveState } from './live.js';
export { WhepPlayer, type PlayerEvents, type PlayerOptions, type PlayerState, type PlayerStats } from './player.js';
export { ViewOrder } from './viewOrder.js';
export { sendGoodbye, sendOffer, type WhepSession } from './whep.js';
