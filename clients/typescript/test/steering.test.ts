import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Steering, type ControlValues, type ModelControl } from '../src/index.js';
import { settle } from './samples.js';

const controls: readonly ModelControl[] = [
  { name: 'time', attribute: 'time', type: 'choice', values: ['day', 'night'], default: 'day' },
  { name: 'hour', attribute: 'time', type: 'number', minimum: 0, maximum: 24, default: 12 },
  { name: 'speed', attribute: 'speed', type: 'number', minimum: 10, maximum: 60, default: 30 },
];

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function steering(answer: () => Promise<unknown> = () => Promise.resolve()) {
  const sent: ControlValues[] = [];
  const refused = vi.fn();
  const wheel = new Steering({ controls, refused, send: (values) => (sent.push(values), answer()) });
  return { wheel, sent, refused };
}

describe('Steering', () => {
  it('sends the first value at once', () => {
    const { wheel, sent } = steering();
    wheel.set('speed', 35);
    expect(sent).toEqual([{ speed: 35 }]);
  });

  it('sends a held key at most four times a second, and its last value', async () => {
    const { wheel, sent } = steering();
    for (let i = 1; i <= 33; i++) {
      wheel.set('speed', 10 + i);
      await vi.advanceTimersByTimeAsync(30);
    }
    expect(sent.length).toBeLessThanOrEqual(5);
    await vi.advanceTimersByTimeAsync(250);
    expect(sent.at(-1)).toEqual({ speed: 43 });
    expect(sent.length).toBeLessThanOrEqual(6);
  });

  it('sends several controls as one cue', async () => {
    const { wheel, sent } = steering();
    wheel.set('speed', 20);
    wheel.set('speed', 25);
    wheel.set('hour', 18);
    await vi.advanceTimersByTimeAsync(250);
    expect(sent).toEqual([{ speed: 20 }, { speed: 25, hour: 18 }]);
  });

  it('never sends two controls of one attribute together: the later one counts', async () => {
    const { wheel, sent } = steering();
    wheel.set('speed', 20);
    wheel.set('hour', 3);
    wheel.set('time', 'day');
    await vi.advanceTimersByTimeAsync(250);
    expect(sent.at(-1)).toEqual({ time: 'day' });
  });

  it('waits for a slow server instead of queueing', async () => {
    let answer = () => {};
    const { wheel, sent } = steering(() => new Promise<void>((resolve) => (answer = resolve)));
    wheel.set('speed', 20);
    await vi.advanceTimersByTimeAsync(5_000);
    wheel.set('speed', 21);
    wheel.set('speed', 22);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(sent).toHaveLength(1);
    answer();
    await settle();
    expect(sent).toEqual([{ speed: 20 }, { speed: 22 }]);
  });

  it('tells what was refused and goes on with the next value', async () => {
    const error = new Error('The control \u2018speed\u2019 is a number from 10 to 60.');
    const { wheel, sent, refused } = steering(() => Promise.reject(error));
    wheel.set('speed', 99);
    await settle();
    expect(refused).toHaveBeenCalledExactlyOnceWith(error, { speed: 99 });
    wheel.set('speed', 30);
    await vi.advanceTimersByTimeAsync(250);
    expect(sent).toEqual([{ speed: 99 }, { speed: 30 }]);
  });

  it('sends nothing more once stopped', async () => {
    const { wheel, sent } = steering();
    wheel.set('speed', 20);
    wheel.set('speed', 25);
    wheel.stop();
    wheel.set('speed', 30);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(sent).toEqual([{ speed: 20 }]);
  });
});
