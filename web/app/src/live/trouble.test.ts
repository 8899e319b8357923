import { SanaLiveError } from '@sanalive/client';
import { expect, it } from 'vitest';
import { troubleOf } from './trouble';

const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const at = { serverAnswers: true, played: false, browser: firefox, host: 'localhost' };
const lost = new SanaLiveError('network', 'The connection to the server was lost.');

it("tells the server's sentence when it has no room", () => {
  expect(troubleOf(new SanaLiveError('overloaded', 'All places are taken.', 503), { ...at, browser: 'Chrome' })).toBe('All places are taken.');
});

it('tells Firefox at home what to do', () => {
  expect(troubleOf(lost, at)).toContain('--rtc-listen machine');
});

it.each([{ serverAnswers: false }, { played: true }, { browser: 'Chrome/140' }, { host: 'example.org' }])('says nothing when %o', (other) => {
  expect(troubleOf(lost, { ...at, ...other })).toBeNull();
});
