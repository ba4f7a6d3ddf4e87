import { expect, test } from '@jest/globals';
import { dayOf, daysBetween, daysLater, isDay } from '../../core/day.ts';

test.each<[unknown, boolean]>([
  ['2026-11-25', true],
  ['2024-02-29', true],
  ['2026-02-29', false],
  ['2026-13-01', false],
  ['2026-11-32', false],
  ['2026-11-25T00:00:00Z', false],
  [' 2026-11-25', false],
  ['2026-11-2', false],
  ['2026-1-25', false],
  ['12026-11-25', false],
  // A month of the year 12345, which has as many characters.
  ['+012345-01', false],
  ['6-11-25', false],
  ['y026-11-25', false],
  ['2026-n1-25', false],
  ['2026-11-d5', false],
  ['2026-11-25\n', false],
  ['', false],
  [Date.parse('2026-11-25'), false],
  [['2026-11-25'], false],
  [null, false],
])('%j is a day: %j', (value, is) => {
  expect(isDay(value)).toBe(is);
});

test('a day is one of UTC, from its first to its last millisecond', () => {
  const times = ['2026-11-24T23:59:59.999Z', '2026-11-25T00:00:00Z', '2026-11-25T23:59:59.999Z'];
  expect(times.map((at) => dayOf(Date.parse(at)))).toEqual([
    ...['2026-11-24', '2026-11-25', '2026-11-25'],
  ]);
});

test('days are counted over the ends of months and years', () => {
  expect(daysLater('2026-12-30', 3)).toBe('2027-01-02');
  expect(daysLater('2024-03-01', -1)).toBe('2024-02-29');
});

test.each([
  ['2026-11-30', '2026-12-02', ['2026-11-30', '2026-12-01', '2026-12-02']],
  ['2026-11-30', '2026-11-30', ['2026-11-30']],
  ['2026-11-30', '2026-11-29', []],
])('from %s to %s are %j', (from, to, days) => {
  expect(daysBetween(from, to)).toStrictEqual(days);
});
