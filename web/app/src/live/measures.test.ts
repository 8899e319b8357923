import { describe, expect, it } from 'vitest';
import { CueStopwatch } from './cueTimes';
import { coverOf, flagsOf } from './flags';
import { COLUMNS, lightOf, nearestTurn, ROWS } from './light';
import { Playhead } from './playhead';
import { receipt, view } from './samples';

describe('Playhead', () => {
  it('is behind what is made by the lead, and moves on with the time', () => {
    const playhead = new Playhead();
    playhead.update(view({ block: 100, lead: 2 }), 1000);
    expect(playhead.onAir(1000)).toBe(96);
    expect(playhead.onAir(1500)).toBe(97);
  });

  it('never shows what is not made', () => {
    const playhead = new Playhead();
    playhead.update(view({ block: 100, lead: 0.5 }), 0);
    expect(playhead.onAir(60_000)).toBe(100);
  });

  it('rests with a stream that is paused', () => {
    const playhead = new Playhead();
    playhead.update(view({ block: 100, lead: 1, status: 'paused' }), 0);
    expect(playhead.onAir(60_000)).toBe(98);
  });

  const block = (number: number) => number * 0.5 * 90_000;

  it('takes the time of a frame for exact', () => {
    const playhead = new Playhead();
    playhead.update(view({ block: 100, lead: 2 }), 1000);
    expect(playhead.frame(block(97.25), 1000)).toBeCloseTo(97.25);
    expect(playhead.onAir(1000)).toBeCloseTo(97.25);
    expect(playhead.onAir(1030)).toBeCloseTo(97.31);
    expect(playhead.onAir(2000)).toBeCloseTo(97.375); // no frame followed: it stands still
  });

  it('knows how often the clock of the frames has begun anew', () => {
    const playhead = new Playhead();
    playhead.update(view({ block: 300_000, lead: 1 }), 0);
    expect(playhead.frame(block(299_998) % 2 ** 32, 0)).toBeCloseTo(299_998, 3);
  });

  it('does not believe a clock that counts from somewhere else', () => {
    const playhead = new Playhead();
    playhead.update(view({ block: 100, lead: 1 }), 0);
    expect(playhead.frame(3_000_000_000, 0)).toBeNull();
    expect(playhead.frame(undefined, 0)).toBeNull();
    expect(playhead.onAir(0)).toBe(98);
  });

  it('is at the beginning before the first view', () => {
    expect(new Playhead().onAir(5)).toBe(0);
  });
});

describe('CueStopwatch', () => {
  it('times a cue from sending to applied', () => {
    const watch = new CueStopwatch();
    watch.sent('a', 1000, true);
    watch.received(receipt({ clientId: 'a' }), 1010);
    expect(watch.last).toEqual({ accepted: 10, applied: null, shown: null });
    watch.view(view({ cues: [receipt({ clientId: 'a', status: 'applied' })] }), 1600);
    watch.view(view({ cues: [receipt({ clientId: 'a', status: 'applied' })] }), 9000);
    expect(watch.last).toEqual({ accepted: 10, applied: 600, shown: null });
    expect(watch.screen(103.9, 1900)).toBe(false);
    expect(watch.screen(104, 2100)).toBe(true);
    expect(watch.screen(105, 9000)).toBe(false);
    expect(watch.last).toEqual({ accepted: 10, applied: 600, shown: 1100 });
  });

  it('does not time a cue that was meant to wait, nor one of another page', () => {
    const watch = new CueStopwatch();
    watch.sent('a', 0, false);
    watch.received(receipt({ clientId: 'a', status: 'applied' }), 5000);
    watch.received(receipt({ clientId: 'b', status: 'applied' }), 5000);
    expect(watch.last).toEqual({ accepted: 5000, applied: null, shown: null });
  });
});

describe('flagsOf', () => {
  const at = (block: number, prompt = 'the sun rises over the sea') => receipt({ id: String(block), block, prompt });
  const rows = (...cues: ReturnType<typeof receipt>[]) =>
    Object.fromEntries(flagsOf(cues, 0, 1000, 14).map(({ cue, row }) => [cue.block, row]));

  it('lifts a flag above one that its words would run into', () => {
    expect(rows(at(10), at(15))).toEqual({ 10: 1, 15: 0 });
    expect(rows(at(10), at(15), at(20))).toEqual({ 10: 2, 15: 1, 20: 0 });
  });

  it('leaves flags on the line that have room', () => {
    expect(rows(at(10), at(10 + Math.ceil(coverOf('the sun rises over the sea', 14))))).toEqual({ 10: 0, 26: 0 });
  });

  it('shows only what is to come or came, and only what is in sight', () => {
    const cues = [at(10), { ...at(50), status: 'withdrawn' as const }, { ...at(60), status: 'superseded' as const }, at(500)];
    expect(flagsOf(cues, 40, 100, 14)).toEqual([]);
  });
});

describe('light', () => {
  const picture = (r: number, g: number, b: number) => {
    const pixels = new Uint8ClampedArray(4 * COLUMNS * ROWS);
    for (let i = 0; i < pixels.length; i += 4) pixels.set([r, g, b, 255], i);
    return pixels;
  };

  it('finds the hue of a picture', () => {
    expect(lightOf(picture(255, 0, 0)).hue).toBeCloseTo(29.2, 0);
    expect(lightOf(picture(0, 0, 255)).hue).toBeCloseTo(264, 0);
  });

  it('finds none in a grey one', () => {
    expect(lightOf(picture(90, 90, 90)).chroma).toBeLessThan(0.001);
    expect(lightOf(picture(0, 0, 0)).chroma).toBe(0);
  });

  it('averages each row', () => {
    const pixels = picture(0, 0, 0);
    for (let x = 0; x < COLUMNS / 2; x++) pixels.set([200, 100, 50, 255], 4 * x);
    expect(lightOf(pixels).rows[0]).toEqual([100, 50, 25]);
    expect(lightOf(pixels).rows[1]).toEqual([0, 0, 0]);
  });

  it('turns the short way', () => {
    expect(nearestTurn(350, 10)).toBe(370);
    expect(nearestTurn(10, 350)).toBe(-10);
    expect(nearestTurn(730, 20)).toBe(740);
  });
});
