import { describe, expect, test } from '@jest/globals';
import type { ConditionBlock, Statement } from '../../../core/entitlement.ts';
import { changesOfStatements } from '../../../core/policy/diff-statements.ts';
import { cpuTime } from '../../support/cpu-time.ts';

const C: ConditionBlock = { StringEquals: { 'aws:RequestedRegion': 'eu-central-1' } };
const WHERE_C = `where ${JSON.stringify(C)}`;

function allow(action: string, resource = '*', condition?: ConditionBlock): Statement {
  const whole = { Effect: 'Allow' as const, Action: [action], Resource: [resource] };
  return condition === undefined ? whole : { ...whole, Condition: condition };
}

describe('a part with other conditions is named:', () => {
  const mixed = [allow('s3:*', '*', C), allow('s3:GetObject')];

  test('where it is now', () => {
    expect(changesOfStatements([allow('s3:Get*')], mixed)).toContain(
      `now allows s3:Get* on * only ${WHERE_C}, but s3:GetObject on * without a condition`,
    );
  });

  test('where it was before', () => {
    expect(changesOfStatements(mixed, [allow('s3:Get*')])).toContain(
      `now allows s3:Get* on * without a condition (before ${WHERE_C}, but s3:GetObject on * without a condition)`,
    );
  });

  test('by its resources', () => {
    const split = [allow('s3:GetObject', '*', C), allow('s3:GetObject', 'arn:aws:s3:::b/*')];
    expect(changesOfStatements([allow('s3:GetObject')], split)).toEqual([
      `now allows s3:GetObject on * only ${WHERE_C}, but s3:GetObject on arn:aws:s3:::b/* without a condition`,
    ]);
  });

  test('unless its condition adds to that of the whole', () => {
    const narrower = allow('s3:GetObject', '*', { ...C, Bool: { 'aws:SecureTransport': 'true' } });
    expect(changesOfStatements([allow('s3:Get*')], [allow('s3:*', '*', C), narrower])).toContain(
      `now allows s3:Get* on * only ${WHERE_C}`,
    );
  });
});

test('what is left of a permission is named with its conditions', () => {
  expect(changesOfStatements([allow('s3:Get*', '*', C)], [allow('s3:GetObject')])).toContain(
    `no longer allows s3:Get* on * ${WHERE_C} (now: only s3:GetObject without a condition)`,
  );
});

test('“only” is said where all that is left is listed', () => {
  const rest: Statement = { Effect: 'Allow', NotAction: ['s3:*', 'ec2:*'], Resource: ['*'] };
  const now = (...statements: readonly Statement[]) =>
    changesOfStatements([allow('*')], [allow('s3:GetObject'), ...statements]);
  expect(now(allow('ec2:*'))).toEqual(['no longer allows * on * (now: only s3:GetObject, ec2:*)']);
  expect(now(rest)).toEqual(['no longer allows * on * (now: s3:GetObject, all but s3:*, ec2:*)']);
});

test('of many parts, five are named, and the others are counted', () => {
  const buckets = (count: number) =>
    Array.from({ length: count }, (_, index) => allow('s3:GetObject', `arn:aws:s3:::b${index}/*`));
  const named = [0, 1, 2, 3, 4].map((index) => `s3:GetObject on arn:aws:s3:::b${index}/*`);
  const where = `now allows s3:GetObject on * only ${WHERE_C}, but`;
  const now = (count: number) =>
    changesOfStatements(
      [allow('s3:GetObject')],
      [allow('s3:GetObject', '*', C), ...buckets(count)],
    );
  const five = `${where} ${named.map((one) => `${one} without a condition`).join(', ')}`;
  expect(now(5)).toEqual([five]);
  expect(now(7)).toEqual([`${five} and 2 more`]);
});

test('a part that several statements state is named, and counted, once', () => {
  const repeated = (count: number) => [
    allow('s3:GetObject', '*', C),
    ...Array.from({ length: count }, () => allow('s3:GetObject', 'arn:aws:s3:::b/*')),
  ];
  const once = changesOfStatements([allow('s3:GetObject')], repeated(1));
  expect(once).toEqual([
    `now allows s3:GetObject on * only ${WHERE_C}, but s3:GetObject on arn:aws:s3:::b/* without a condition`,
  ]);
  expect(changesOfStatements([allow('s3:GetObject')], repeated(6))).toEqual(once);
});

test('a condition that becomes another one is told once', () => {
  const other: ConditionBlock = { Bool: { 'aws:SecureTransport': 'true' } };
  const condition = JSON.stringify(other);
  expect(
    changesOfStatements([allow('s3:GetObject', '*', C)], [allow('s3:GetObject', '*', other)]),
  ).toEqual([`now allows s3:GetObject on * where ${condition} (before ${WHERE_C})`]);
});

test('more pairs than can be compared in time are counted, not compared', () => {
  const many = (suffix: string): Statement => ({
    Effect: 'Allow',
    Action: Array.from({ length: 40 }, (_, index) => `s3:Get${index}`),
    Resource: Array.from({ length: 40 }, (_, index) => `arn:aws:s3:::${suffix}-${index}`),
  });
  const took = cpuTime(() => {
    expect(changesOfStatements([many('a')], [many('b')])).toEqual([
      'may allow or deny something else: 1600 and 1600 pairs of an action and a resource are too many to compare; read the statements themselves',
    ]);
    expect(changesOfStatements([many('a')], [many('a')])).toEqual([]);
  });
  expect(took).toBeLessThan(8000);
});
