import { describe, expect, it } from 'vitest';
import { bytes, clock, count, plural, seconds } from './format';
import { directPath, routeOf, watchPath } from './route';
import { inForce, names, withValue } from './vocabulary';

describe('routeOf', () => {
  const at = (address: string) => {
    const url = new URL(address, 'http://host');
    return routeOf({ pathname: url.pathname, hash: url.hash });
  };

  it('reads the pages', () => {
    expect(at('/')).toEqual({ page: 'start' });
    expect(at('/watch/abc')).toEqual({ page: 'live', id: 'abc', key: null });
    expect(at('/direct/abc#k1')).toEqual({ page: 'live', id: 'abc', key: 'k1' });
  });

  it('takes a key from the fragment only, and only for directors', () => {
    expect(at('/watch/abc#k1')).toEqual({ page: 'live', id: 'abc', key: null });
    expect(at('/direct/abc?key=k1')).toEqual({ page: 'live', id: 'abc', key: null });
    expect(at('/direct/abc')).toEqual({ page: 'live', id: 'abc', key: null });
  });

  it('knows no other addresses', () => {
    for (const address of ['/watch', '/watch/', '/direct/a/b', '/other', '/watch/%E0%A4%A']) {
      expect(at(address)).toEqual({ page: 'nowhere' });
    }
  });

  it('reads back what it writes', () => {
    expect(at(directPath('a/b', 'k#?&'))).toEqual({ page: 'live', id: 'a/b', key: 'k#?&' });
    expect(at(watchPath('a b'))).toEqual({ page: 'live', id: 'a b', key: null });
  });
});

describe('vocabulary', () => {
  const time = { name: 'time', values: ['day', 'night', 'late night'] };
  const subject = { name: 'subject', values: ['train', 'balloon'] };

  it('adds a word to what is written', () => {
    expect(withValue('', time, 'night')).toBe('night');
    expect(withValue('a forest, ', subject, 'train')).toBe('a forest, train');
  });

  it('puts a word in the place of another of the same attribute', () => {
    expect(withValue('a forest by day, snow', time, 'night')).toBe('a forest by night, snow');
    expect(withValue('in the late night', time, 'day')).toBe('in the day');
  });

  it('takes a word out when it is pressed again', () => {
    expect(withValue('snow, night, train', time, 'night')).toBe('snow, train');
    expect(withValue('night', time, 'night')).toBe('');
  });

  it('finds whole words only', () => {
    expect(names('a daydream', 'day')).toBe(false);
    expect(names('One DAY.', 'day')).toBe(true);
    expect(names('a (c++) day', 'c++')).toBe(true);
  });

  it('says what is in force', () => {
    expect(inForce('forest, night, train', [time, subject])).toEqual(new Set(['time\nnight', 'subject\ntrain']));
  });
});

describe('format', () => {
  it('tells bytes in three figures', () => {
    expect([0, 999, 1000, 1_943_552, 999_499, 999_600, 12_340_000, 5e12].map(bytes)).toEqual([
      '0 B', '999 B', '1.00 kB', '1.94 MB', '999 kB', '1.00 MB', '12.3 MB', '5.00 TB',
    ]);
  });

  it('tells time of the stream', () => {
    expect([0, 59.9, 61, 3600, 360000].map(clock)).toEqual(['0:00', '0:59', '1:01', '1:00:00', '100:00:00']);
  });

  it('tells counts and durations', () => {
    expect(count(11_480_000)).toBe('11.5 M');
    expect(count(2_056_000_000)).toBe('2.06 B');
    expect(plural(1, 'block')).toBe('1 block');
    expect(plural(2, 'block')).toBe('2 blocks');
    expect(seconds(0.061)).toBe('61 ms');
    expect(seconds(0.612)).toBe('0.61 s');
  });
});
