import { expect, test } from '@jest/globals';
import { periodOf } from '../../../core/evidence/period.ts';

test('a period has both of its days', () => {
  expect(periodOf('2026-02-28', '2026-03-01')).toMatchObject({
    ok: true,
    value: {
      from: Date.parse('2026-02-28T00:00:00Z'),
      to: Date.parse('2026-03-02T00:00:00Z'),
    },
  });
});

test.each([
  ['2026-02-29', '2026-03-01', '"2026-02-29" is no day.'],
  ['2026-13-01', '2026-03-01', '"2026-13-01" is no day.'],
  ['2026-03-01', '2026-02-30', '"2026-02-30" is no day.'],
  ['yesterday', '2026-03-01', '"yesterday" is no day.'],
  ['2026-03-01', '2026-03-01T00:00:00Z', '"2026-03-01T00:00:00Z" is no day.'],
  ['2026-03-02', '2026-03-01', 'The period ends (2026-03-01) before it begins (2026-03-02).'],
])('from %s to %s is none', (from, to, error) => {
  expect(periodOf(from, to)).toEqual({ ok: false, error });
});
