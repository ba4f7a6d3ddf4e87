import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatDuration, inWords, parseDuration, parseTypedDuration } from '../../core/duration.ts';

const secondsOf = (text: string): number | string => {
  const read = parseDuration(text);
  return read.ok ? read.value : read.error;
};

describe('a duration', () => {
  test.each([
    ['1s', 1],
    ['90s', 90],
    ['15m', 900],
    ['8h', 28_800],
    ['7d', 604_800],
    ['9999999d', 9_999_999 * 86_400],
  ])('%s is %i seconds', (text, seconds) => {
    expect(secondsOf(text)).toBe(seconds);
  });

  test.each([
    '',
    '15',
    'm',
    '0s',
    '00m',
    '015m',
    '-15m',
    '+15m',
    '1.5h',
    '1e3s',
    '15 m',
    ' 15m',
    '15m ',

    '15M',
    '15min',
    '1h30m',
    '1w',
    '12345678s',
    '15m\n',
    '١٥m',
    'PT15M',
    '15constructor',
  ])('is not read from %j', (text) => {
    expect(secondsOf(text)).toBe('write a whole number and a unit: 90s, 15m, 8h or 7d');
  });

  test('is formatted in the largest unit that leaves no remainder', () => {
    const formatted = [0, 45, 90, 5400, 7200, 90_000, 172_800].map(formatDuration);
    expect(formatted.join(' ')).toBe('0s 45s 90s 90m 2h 25h 2d');
  });

  test('is the same after it is formatted and read again', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9_999_999 }), (seconds) => {
        expect(secondsOf(formatDuration(seconds))).toBe(seconds);
      }),
    );
  });
});

describe('a duration that people type', () => {
  const typed = (text: string): number | string => {
    const read = parseTypedDuration(text);
    return read.ok ? read.value : read.error;
  };

  test.each([
    ['1s', 1],
    ['90s', 90],
    ['15m', 900],
    ['90m', 5400],
    ['1h30m', 5400],
    ['1h05m', 3900],
    ['1d2h3m4s', 93_784],
    ['1h1s', 3601],
    ['0h30m', 1800],
    ['5400', 5400],
    ['7d', 604_800],
    ['9999999', 9_999_999],
  ])('%s is %i seconds', (text, seconds) => {
    expect(typed(text)).toBe(seconds);
  });

  test.each([
    '',
    '0',
    '0s',
    '0h0m',
    'm',
    '-15m',
    '+15m',
    '1.5h',
    '1e3',
    '15 m',
    ' 15m',
    '15m\n',
    '5400\n',
    '15M',
    '15min',
    '30m1h',
    '1h30',
    '30m30m',
    '1w',
    '12345678',
    '12345678s',
    '١٥m',
    'PT15M',
  ])('is not read from %j', (text) => {
    expect(typed(text)).toBe('write a duration such as 90s, 15m, 1h30m or 5400');
  });

  test('is anything that is written in a bundle', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9_999_999 }), (seconds) => {
        expect(typed(formatDuration(seconds))).toBe(seconds);
        expect(typed(String(seconds))).toBe(seconds);
      }),
    );
  });
});

describe('a duration in words', () => {
  test.each([
    [0, '0 seconds'],
    [1, '1 second'],
    [45, '45 seconds'],
    [60, '1 minute'],
    [600, '10 minutes'],
    [777, '12 min 57 s'],
    [3600, '1 hour'],
    [5400, '1 h 30 min'],
    [3601, '1 h 1 s'],
    [86_400, '1 day'],
    [90_061, '1 d 1 h 1 min 1 s'],
  ])('%i seconds are %s', (seconds, words) => {
    expect(inWords(seconds)).toBe(words);
  });

  test('adds up to the same', () => {
    const length: Readonly<Record<string, number>> = { d: 86_400, h: 3600, m: 60, s: 1 };
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 * 86_400 }), (seconds) => {
        const parts = [...inWords(seconds).matchAll(/(\d+) ([dhms])/g)];
        const sum = parts.reduce(
          (all, [, n, unit]) => all + Number(n) * (length[unit ?? ''] ?? 0),
          0,
        );
        expect(sum).toBe(seconds);
      }),
    );
  });
});
