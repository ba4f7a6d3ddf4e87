import { expect, test } from '@jest/globals';
import type { EntitlementUsage } from '../../../../dashboard/api/types.ts';
import { askedFor, pathOf, queryOf } from '../../../../dashboard/views/usage/asked.ts';
import { restsOn } from '../../../../dashboard/views/usage/report-in-words.ts';
import { entitlementUsageAnswer } from '../../../support/usage-answers.ts';

const asked = (query: string) => askedFor(new URLSearchParams(query));

test('the URL has the entitlement and the days; other days are as if not given', () => {
  expect(asked('')).toEqual({ entitlement: null, days: 90 });
  expect(asked('entitlement=a%2Fb&days=400')).toEqual({ entitlement: 'a/b', days: 400 });
  expect(asked('entitlement=+&days=7')).toEqual({ entitlement: null, days: 90 });
  const one = { entitlement: 'a/b', days: 180 };
  expect(asked(String(new URLSearchParams(queryOf(one) as Record<string, string>)))).toEqual(one);
});

test('nothing is asked of the broker until an entitlement is chosen', () => {
  expect(pathOf(asked(''))).toBeNull();
  expect(pathOf(asked('entitlement=a%2Fb&days=30'))).toBe('/v1/entitlements/a%2Fb/usage?days=30');
});

const rests = (changes: Partial<EntitlementUsage> = {}) => {
  const { says, lacks } = restsOn(entitlementUsageAnswer(changes));
  return { says: says.join(' '), lacks: lacks.join(' ') };
};

test('a whole answer lacks nothing, and says which grants were idle', () => {
  expect(rests()).toEqual({
    says: expect.stringMatching(/^12 grants were requested since .*no calls under 4 of them\.$/),
    lacks: '',
  });
  expect(rests({ grants: 0, idle: 0 }).says).toMatch(/^No grants were requested since [^.]*\.$/);
});

test('what was not read, does not fit, or is older than the logs is said', () => {
  expect(rests({ unread: 1 }).lacks).toMatch(/^1 grant goes on or was not read yet/);
  expect(rests({ unread: 2 }).lacks).toMatch(/^2 grants go on or were not read yet/);
  const from = '2026-10-28T12:00:00.000Z';
  expect(rests({ complete: false, from }).lacks).toMatch(/^There are more grants/);
  expect(rests({ from }).lacks).toMatch(/^Logs are read only since .*not all of 90 days\.$/);
});
