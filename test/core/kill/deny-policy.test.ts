import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatInstant } from '../../../core/instant.ts';
import {
  type DeniedGrant,
  denies,
  KILL_SWITCH_POLICY,
  killSwitchDocument,
  MOST_NAMES,
  NOTHING_DENIED,
  switchFor,
} from '../../../core/kill/deny-policy.ts';
import { IN_FLIGHT_SECONDS } from '../../../core/session.ts';

const NOW = Date.parse('2026-11-23T10:00:00Z');

/** A row whose grant ended so many milliseconds before now, and is denied for another minute. */
const row = (grantId: string, ago = 0): DeniedGrant => ({
  grantId,
  at: NOW - ago,
  until: NOW + 60_000,
});

const rows: fc.Arbitrary<readonly DeniedGrant[]> = fc.uniqueArray(
  fc.record({
    grantId: fc.string({ minLength: 1, maxLength: 3, unit: fc.constantFrom('a', 'b', 'c') }),
    at: fc.integer({ min: NOW - 5000, max: NOW }),
    until: fc.integer({ min: NOW - 2000, max: NOW + 2000 }),
  }),
  { selector: ({ grantId }) => grantId, maxLength: 12 },
);
const mostNames = fc.integer({ min: 0, max: 6 });

describe('the kill switch of a role', () => {
  test('denies nothing where no grant has to be denied', () => {
    expect(switchFor([], NOW)).toEqual(NOTHING_DENIED);
  });

  test('names every grant until its last session is dead, and not a millisecond longer', () => {
    const denied = [{ grantId: 'a', at: NOW - 5000, until: NOW }];
    expect(switchFor(denied, NOW - 1)).toEqual({ grantIds: ['a'], cutoff: null });
    expect(switchFor(denied, NOW)).toEqual(NOTHING_DENIED);
  });

  test('lists the names in order of their ids, whenever the grants ended', () => {
    const denied = [row('c', 1), row('a', 3), row('b', 2)];
    expect(switchFor(denied, NOW).grantIds).toEqual(['a', 'b', 'c']);
    expect(switchFor([...denied, row('0', 9)], NOW, 3).grantIds).toEqual(['a', 'b', 'c']);
  });

  test('names the grants that ended last; of those that ended together, the lowest ids', () => {
    const denied = [row('d', 1), row('b'), row('c'), row('a', 2)];
    expect(switchFor(denied, NOW, 2).grantIds).toEqual(['b', 'c']);
    expect(switchFor(denied, NOW, 1).grantIds).toEqual(['b']);
    expect(switchFor(denied.toReversed(), NOW, 1).grantIds).toEqual(['b']);
  });

  test('has names for 150 grants, and a cutoff only for more', () => {
    const many = Array.from({ length: 151 }, (_, index) => row(`g${index}`, index));
    expect(MOST_NAMES).toBe(150);
    expect(switchFor(many.slice(0, 150), NOW).cutoff).toBeNull();
    expect(switchFor(many, NOW)).toEqual({
      grantIds: many
        .slice(0, 150)
        .map(({ grantId }) => grantId)
        .toSorted(),
      // The oldest ended at 09:59:59.850.
      cutoff: NOW + 31_000,
    });
  });

  test.each([
    ['09:59:50.000', '10:00:21Z'],
    ['09:59:50.001', '10:00:22Z'],
    ['09:59:50.999', '10:00:22Z'],
  ])('cuts off what was issued until half a minute after %s at %s', (ended, cutoff) => {
    const denied = { ...row('a'), at: Date.parse(`2026-11-23T${ended}Z`) };
    expect(formatInstant(switchFor([denied], NOW, 0).cutoff ?? 0)).toBe(`2026-11-23T${cutoff}`);
  });

  test('is the same for the same rows in any order', () => {
    const shuffled = rows.chain((all) =>
      fc.tuple(
        fc.constant(all),
        fc.shuffledSubarray([...all], { minLength: all.length, maxLength: all.length }),
      ),
    );
    fc.assert(
      fc.property(shuffled, mostNames, ([one, other], most) => {
        const [a, b] = [one, other].map((denied) => switchFor(denied, NOW, most));
        expect(a).toEqual(b);
      }),
    );
  });

  test('denies each grant whose sessions may live, by name or by its cutoff', () => {
    fc.assert(
      fc.property(rows, mostNames, (denied, most) => {
        const made = switchFor(denied, NOW, most);
        const alive = denied.filter(({ until }) => until > NOW);
        expect(alive.filter((grant) => !denies(made, grant))).toEqual([]);
        expect(made.grantIds.length).toBe(Math.min(most, alive.length));
        const dead = denied.filter(({ until }) => until <= NOW).map(({ grantId }) => grantId);
        expect(made.grantIds.filter((id) => dead.includes(id))).toEqual([]);
      }),
    );
  });

  test('cuts off every session that an unnamed grant can have had issued, in the seconds of AWS', () => {
    fc.assert(
      fc.property(rows, fc.nat({ max: IN_FLIGHT_SECONDS * 1000 }), (denied, late) => {
        const { cutoff } = switchFor(denied, NOW, 0);
        for (const { at, until } of denied) {
          const issued = Math.floor((at + late) / 1000) * 1000;
          if (until > NOW) expect(issued).toBeLessThan(cutoff ?? 0);
        }
      }),
    );
  });
});

describe('a grant', () => {
  test('is denied by its name, or by a cutoff at or after its own', () => {
    const own = switchFor([row('a')], NOW, 0).cutoff ?? 0;
    expect(denies({ grantIds: ['a'], cutoff: null }, row('a'))).toBe(true);
    expect(denies({ grantIds: ['b'], cutoff: null }, row('a'))).toBe(false);
    expect(denies({ grantIds: [], cutoff: own }, row('a'))).toBe(true);
    expect(denies({ grantIds: [], cutoff: own + 1000 }, row('a'))).toBe(true);
    expect(denies({ grantIds: [], cutoff: own - 1 }, row('a'))).toBe(false);
  });
});

describe("the policy's text", () => {
  const deny = { Effect: 'Deny', Action: '*', Resource: '*' };
  const named = {
    Sid: 'EndedGrants',
    ...deny,
    Condition: { StringLike: { 'aws:SourceIdentity': ['*.gr_a', '*.gr_b'] } },
  };
  const cutOff = {
    Sid: 'IssuedBefore',
    ...deny,
    Condition: { DateLessThan: { 'aws:TokenIssueTime': '2026-11-23T10:00:00Z' } },
  };

  test.each([
    ['grants by the end of their SourceIdentity', ['gr_a', 'gr_b'], null, [named]],
    ['sessions by their time of issue', [], NOW, [cutOff]],
    ['both', ['gr_a', 'gr_b'], NOW, [named, cutOff]],
  ])('denies %s', (_, grantIds, cutoff, Statement) => {
    const text = killSwitchDocument({ grantIds, cutoff }) ?? '';
    expect(JSON.parse(text)).toEqual({ Version: '2012-10-17', Statement });
  });

  test('stands under the name that deployed roles and permissions know', () => {
    expect(KILL_SWITCH_POLICY).toBe('ValetKeyKillSwitch');
  });

  test('does not exist where nothing is denied', () => {
    expect(killSwitchDocument(NOTHING_DENIED)).toBeNull();
  });

  test("leaves more than half of the role's room to the role's own policies", () => {
    const grantIds = Array.from({ length: MOST_NAMES }, () => `gr_${'0'.repeat(20)}`);
    const text = killSwitchDocument({ grantIds, cutoff: NOW });
    expect(text?.length).toBeLessThan(10_240 / 2);
  });
});
