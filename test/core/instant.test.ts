import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addSeconds, floorToSecond, formatInstant, secondsBetween } from '../../core/instant.ts';

const NOON = Date.parse('2026-11-23T12:00:00Z');

describe('an instant', () => {
  test.each([
    [NOON, '2026-11-23T12:00:00Z'],
    [NOON + 1, '2026-11-23T12:00:00.001Z'],
    [NOON + 100, '2026-11-23T12:00:00.100Z'],
    [0, '1970-01-01T00:00:00Z'],
    [-1000, '1969-12-31T23:59:59Z'],
  ])('%i is written as %s', (instant, text) => {
    expect(formatInstant(instant)).toBe(text);
  });

  test('is the same after it was written and read', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), (instant) => {
        expect(Date.parse(formatInstant(instant))).toBe(instant);
      }),
    );
  });

  test('moves by seconds, in both directions', () => {
    expect(addSeconds(NOON, 90)).toBe(NOON + 90_000);
    expect(addSeconds(NOON, -0.5)).toBe(NOON - 500);
  });

  test.each([
    [NOON, NOON],
    [NOON + 1, NOON],
    [NOON + 999, NOON],
    [NOON - 1, NOON - 1000],
    [-1, -1000],
  ])('%i has its last whole second at %i', (instant, second) => {
    expect(floorToSecond(instant)).toBe(second);
  });
});

describe('the seconds between two instants', () => {
  test.each([
    [0, 0],
    [999, 0],
    [1000, 1],
    [90_999, 90],
    [-1, -1],
    [-1000, -1],
    [-1001, -2],
  ])('are whole: %i ms are %i s', (milliseconds, seconds) => {
    expect(secondsBetween(NOON, NOON + milliseconds)).toBe(seconds);
  });
});
