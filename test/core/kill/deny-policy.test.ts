import { describe, expect, test } from '@jest/globals';
import { formatInstant } from '../../../core/instant.ts';
import {
  cutoffFor,
  denies,
  hashOf,
  KILL_SWITCH_POLICY,
  killSwitchDocument,
  NOTHING_DENIED,
} from '../../../core/kill/deny-policy.ts';

const NOW = Date.parse('2026-11-23T10:00:00Z');
const HASH = '0123456789abcdef';
const FULL = `gr_${'1'.repeat(20)}`;

const row = (grantId: string, principalKey: string | null = `ana-${HASH}`) => ({
  grantId,
  principalKey,
  at: NOW,
});

test.each([
  ['09:59:50.000', '10:00:21Z'],
  ['09:59:50.001', '10:00:22Z'],
  ['09:59:50.999', '10:00:22Z'],
])('a cutoff covers what was issued until half a minute after %s: %s', (ended, cutoff) => {
  const at = Date.parse(`2026-11-23T${ended}Z`);
  expect(formatInstant(cutoffFor([{ at: at - 5000 }, { at }]))).toBe(`2026-11-23T${cutoff}`);
});

describe('a grant', () => {
  const own = cutoffFor([row('')]);

  test.each([
    ['its id', { patterns: [FULL] }, true],
    ['the beginning of its id', { patterns: ['gr_0', 'gr_11'] }, true],
    ['another id', { patterns: [`gr_${'2'.repeat(20)}`] }, false],
    ['a pattern that excepts its id', { patterns: ['gr_1'], except: [FULL] }, false],
    ['a pattern that excepts its beginning', { patterns: ['gr_1'], except: ['gr_111'] }, false],
    ['a pattern that excepts another', { patterns: ['gr_1'], except: ['gr_12'] }, true],
    ['its own cutoff', { cutoff: own }, true],
    ['a later cutoff', { cutoff: own + 1000 }, true],
    ['an earlier cutoff', { cutoff: own - 1 }, false],
    ['its principal’s cutoff', { principals: [{ hash: HASH, cutoff: own }] }, true],
    ['its principal’s earlier cutoff', { principals: [{ hash: HASH, cutoff: own - 1 }] }, false],
    ['another principal’s cutoff', { principals: [{ hash: 'f'.repeat(16), cutoff: own }] }, false],
    [
      'a cutoff, although its principal’s is too early',
      { principals: [{ hash: HASH, cutoff: own - 1 }], cutoff: own },
      true,
    ],
    ['nothing', {}, false],
  ])('and %s: it is denied or not', (_, made, denied) => {
    expect(denies({ ...NOTHING_DENIED, ...made }, row(FULL))).toBe(denied);
  });

  test('of an earlier version is denied by no principal’s cutoff, because it names none', () => {
    const principals = [{ hash: HASH, cutoff: own }];
    expect(denies({ ...NOTHING_DENIED, principals }, row(FULL, null))).toBe(false);
  });
});

test('a principal is known by the hash in its key, not by its name', () => {
  expect(hashOf(row('', `acme-shop-ci-${HASH}`))).toBe(HASH);
  expect(hashOf(row('', null))).toBeNull();
});

describe("the policy's text", () => {
  const deny = { Effect: 'Deny', Action: '*', Resource: '*' };
  const time = { DateLessThan: { 'aws:TokenIssueTime': '2026-11-23T10:00:00Z' } };

  test.each<[string, Partial<typeof NOTHING_DENIED>, object[]]>([
    [
      'grants by their ids, and by how their ids begin',
      { patterns: [FULL, 'gr_1q'] },
      [
        {
          Sid: 'EndedGrants',
          ...deny,
          Condition: { StringLike: { 'aws:SourceIdentity': [`*.${FULL}`, '*.gr_1q*'] } },
        },
      ],
    ],
    [
      'none that the patterns do not mean',
      { patterns: ['gr_1'], except: [FULL, 'gr_12'] },
      [
        {
          Sid: 'EndedGrants',
          ...deny,
          Condition: {
            StringLike: { 'aws:SourceIdentity': ['*.gr_1*'] },
            StringNotLike: { 'aws:SourceIdentity': [`*.${FULL}`, '*.gr_12*'] },
          },
        },
      ],
    ],
    [
      'the older sessions of a principal, whatever its name',
      { principals: [{ hash: HASH, cutoff: NOW }] },
      [
        {
          Sid: `IssuedBefore${HASH}`,
          ...deny,
          Condition: { StringLike: { 'aws:SourceIdentity': `*-${HASH}.*` }, ...time },
        },
      ],
    ],
    [
      'sessions by their time of issue',
      { cutoff: NOW },
      [{ Sid: 'IssuedBefore', ...deny, Condition: time }],
    ],
  ])('denies %s', (_, made, Statement) => {
    const text = killSwitchDocument({ ...NOTHING_DENIED, ...made }) ?? '';
    expect(JSON.parse(text)).toEqual({ Version: '2012-10-17', Statement });
  });

  test('stands under the name that deployed roles and permissions know', () => {
    expect(KILL_SWITCH_POLICY).toBe('ValetKeyKillSwitch');
  });

  test('does not exist where nothing is denied', () => {
    expect(killSwitchDocument(NOTHING_DENIED)).toBeNull();
  });
});
