import { describe, expect, test } from '@jest/globals';
import { readInstant } from '../../../core/api/read-instant.ts';

const NOON = Date.UTC(2026, 10, 23, 12);

describe('a time', () => {
  test.each([
    ['2026-11-23T12:00:00Z', NOON],
    ['2026-11-23t12:00:00z', NOON],
    ['2026-11-23T12:00:00.5Z', NOON + 500],
    ['2026-11-23T12:00:00.123456789Z', NOON + 123],
    ['2026-11-23T14:30:00+02:30', NOON],
    ['2026-11-23T00:00:00-12:00', NOON],
    ['2028-02-29T00:00:00Z', Date.UTC(2028, 1, 29)],
  ])('is read from %s', (text, instant) => {
    expect(readInstant(text)).toBe(instant);
  });

  test.each([
    ['a date', '2026-11-23'],
    ['a time without a zone', '2026-11-23T12:00:00'],
    ['a time without seconds', '2026-11-23T12:00Z'],
    ['a space for the T', '2026-11-23 12:00:00Z'],
    ['a day that does not exist', '2026-02-30T12:00:00Z'],
    ['a leap day of another year', '2026-02-29T12:00:00Z'],
    ['the hour 24', '2026-11-23T24:00:00Z'],
    ['a leap second', '2026-12-31T23:59:60Z'],
    ['an offset of a whole day', '2026-11-23T12:00:00+24:00'],
    ['an offset without minutes', '2026-11-23T12:00:00+02'],
    ['a year of five digits', '12026-11-23T12:00:00Z'],
    ['another form of date', '23 Nov 2026 12:00:00 GMT'],
    ['a number', '1795435200'],
    ['a line break at the end', '2026-11-23T12:00:00Z\n'],
    ['nothing', ''],
  ])('is not read from %s', (_, text) => {
    expect(readInstant(text)).toBeNull();
  });
});
