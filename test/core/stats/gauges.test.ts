import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { GRANT_STATUSES, type GrantStatus } from '../../../core/grant.ts';
import {
  type CountedAs,
  countedAs,
  isLater,
  NO_GAUGES,
  recount,
  UNCOUNTED,
} from '../../../core/stats/gauges.ts';
import { draws } from '../../support/draws.ts';
import { activeGrant } from '../../support/sample-grants.ts';

test.each(GRANT_STATUSES)(
  'a grant that is %s counts as itself only where a gauge shows it',
  (status) => {
    const shown = status === 'active' || status === 'pending' ? status : 'other';
    expect(countedAs({ status, version: 3 })).toEqual({ status: shown, version: 3 });
  },
);

describe('what was read is later than what is counted', () => {
  test.each<[string, boolean, GrantStatus, number, CountedAs]>([
    ['a later version', true, 'expired', 3, { status: 'active', version: 2 }],
    ['an earlier version', false, 'active', 1, { status: 'other', version: 2 }],
    ['the same version', false, 'active', 2, { status: 'active', version: 2 }],
    ['the first vend of a scheduled grant', true, 'active', 2, { status: 'other', version: 2 }],
    [
      'a scheduled grant, vended meanwhile',
      false,
      'scheduled',
      2,
      { status: 'active', version: 2 },
    ],
    ['a scheduled grant that is counted', false, 'scheduled', 2, { status: 'other', version: 2 }],
    ['a grant that nobody counted', true, 'scheduled', 1, UNCOUNTED],
  ])('%s: %s', (_, later, status, version, counted) => {
    expect(isLater(activeGrant({ status, version }), counted)).toBe(later);
  });
});

test('whatever grants go through, a gauge shows how many are in its state', () => {
  const status = fc.constantFrom(...GRANT_STATUSES);
  const lives = fc.array(fc.array(status, { minLength: 1, maxLength: 4 }), { maxLength: 5 });
  fc.assert(
    fc.property(lives, (all) => {
      let gauges = NO_GAUGES;
      for (const life of all) {
        let before = UNCOUNTED;
        for (const [index, now] of life.entries()) {
          const grant = activeGrant({ status: now, version: index + 1 });
          gauges = recount(gauges, grant, before);
          before = countedAs(grant);
        }
      }
      const last = all.map((life) => life.at(-1));
      const inState = (one: GrantStatus) => last.filter((now) => now === one).length;
      expect(gauges).toMatchObject({ active: inState('active'), pending: inState('pending') });
    }),
    { numRuns: draws(200) },
  );
});
