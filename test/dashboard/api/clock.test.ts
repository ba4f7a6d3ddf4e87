import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { noteServerTime, now } from '../../../dashboard/api/clock.ts';

const AT = Date.parse('2026-11-27T10:00:00Z');

beforeEach(() => {
  jest.useFakeTimers({ now: AT });
});
afterEach(() => {
  jest.useRealTimers();
});

const header = (at: number): string => new Date(at).toUTCString();

test('a right clock is left alone, also where the answer was slow or in the middle of a second', () => {
  noteServerTime(header(AT - 5_000), AT - 5_900);
  expect(now()).toBe(AT);
  noteServerTime(header(AT - 25_000), AT - 30_000);
  expect(now()).toBe(AT);
});

test('the time is that of the broker where the clock of the machine is wrong', () => {
  noteServerTime(header(AT + 7_200_000), AT - 100);
  expect(now()).toBe(AT + 7_200_000);
  noteServerTime(header(AT - 7_200_000), AT - 100);
  expect(Math.abs(now() - (AT - 7_200_000))).toBeLessThanOrEqual(1100);
});

test('an answer without a time that can be read says nothing', () => {
  noteServerTime(header(AT + 60_000), AT);
  noteServerTime(null, AT);
  noteServerTime('soon', AT);
  expect(now()).toBe(AT + 60_000);
  noteServerTime(header(AT), AT);
  expect(now()).toBe(AT);
});
