import { expect, it } from 'vitest';
import { conditionOf, type Facts } from './condition';

const well: Facts = { hub: 'connected', player: 'playing', attempts: 0, status: 'streaming', missing: false, moving: true };

it.each<[string, Partial<Facts>]>([
  ['live', {}],
  ['connecting', { moving: false }],
  ['connecting', { hub: 'connecting', player: 'connecting', status: undefined, moving: false }],
  ['reconnecting', { player: 'reconnecting' }],
  ['reconnecting', { hub: 'reconnecting', attempts: 1 }],
  ['offline', { hub: 'reconnecting', player: 'reconnecting', attempts: 6, moving: false }],
  ['queued', { status: 'queued', moving: false }],
  ['paused', { status: 'paused', moving: false }],
  ['failed', { status: 'failed' }],
  ['closed', { status: 'closed', hub: 'ended', player: 'ended' }],
  ['unknown', { missing: true, status: undefined }],
])('%s when %o', (condition, facts) => {
  expect(conditionOf({ ...well, ...facts })).toBe(condition);
});
