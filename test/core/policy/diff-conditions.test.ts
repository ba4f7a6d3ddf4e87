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
