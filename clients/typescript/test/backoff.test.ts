import { describe, expect, it } from 'vitest';
import { Backoff } from '../src/index.js';

describe('Backoff', () => {
  it('doubles from wait to wait up to the longest', () => {
    const backoff = new Backoff({ first: 100, longest: 1000, jitter: 0 });
    expect([1, 2, 3, 4, 5, 6].map(() => backoff.next())).toEqual([100, 200, 400, 800, 1000, 1000]);
  });

  it('begins anew after a success', () => {
    const backoff = new Backoff({ first: 100, longest: 1000, jitter: 0 });
    backoff.next();
    backoff.next();
    backoff.reset();
    expect(backoff.attempts).toBe(0);
    expect(backoff.next()).toBe(100);
  });

  it('leaves only the jittered share to chance', () => {
    const most = new Backoff({ first: 1000, longest: 1000, jitter: 0.3, random: () => 1 });
    const least = new Backoff({ first: 1000, longest: 1000, jitter: 0.3, random: () => 0 });
    expect(most.next()).toBe(700);
    expect(least.next()).toBe(1000);
  });

  it('waits at least as long as the server asks', () => {
    expect(new Backoff({ first: 100, longest: 1000, jitter: 0 }).next(5000)).toBe(5000);
  });

  it('never overflows, however long the server is away', () => {
    const backoff = new Backoff({ first: 100, longest: 8000, jitter: 0 });
    for (let i = 0; i < 5000; i++) expect(backoff.next()).toBeLessThanOrEqual(8000);
  });

  it('refuses waits that cannot be', () => {
    expect(() => new Backoff({ first: 0 })).toThrow(RangeError);
    expect(() => new Backoff({ first: 500, longest: 100 })).toThrow(RangeError);
    expect(() => new Backoff({ jitter: 2 })).toThrow(RangeError);
  });
});
