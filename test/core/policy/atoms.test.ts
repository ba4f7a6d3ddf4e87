import { describe, expect, test } from '@jest/globals';
import type { ConditionBlock, Statement } from '../../../core/entitlement.ts';
import {
  type Atom,
  atomsOf,
  covers,
  hasEqualCondition,
  reaches,
  touches,
} from '../../../core/policy/atoms.ts';

const A = 'arn:aws:s3:::a/*';
const B = 'arn:aws:s3:::b/*';
const TLS: ConditionBlock = { Bool: { 'aws:SecureTransport': 'true' } };

function atom(
  action: string | readonly string[],
  resource: string | readonly string[] = A,
  condition: ConditionBlock | null = null,
): Atom {
  const side = (text: string | readonly string[]) =>
    typeof text === 'string' ? { in: text } : { not: text };
  return { effect: 'Allow', action: side(action), resource: side(resource), condition };
}

test('a statement has an atom for each of its actions on each of its resources', () => {
  const statement: Statement = { Effect: 'Deny', Action: ['s3:A', 's3:B'], Resource: [A, B] };
  const deny = (action: string, resource: string) => ({
    ...atom(action, resource),
    effect: 'Deny',
  });
  expect(atomsOf([statement])).toEqual([
    deny('s3:A', A),
    deny('s3:B', A),
    deny('s3:A', B),
    deny('s3:B', B),
  ]);
});

test('an inverse list is one side, and what is not written leaves nothing out', () => {
  const inverse: Statement = { Effect: 'Allow', NotAction: ['s3:A', 's3:B'], NotResource: [A, B] };
  expect(atomsOf([inverse])).toEqual([atom(['s3:A', 's3:B'], [A, B])]);
  expect(atomsOf([{ Effect: 'Allow' }])).toEqual([atom([], [])]);
});

test('a condition is kept, and an empty one is none', () => {
  const statement: Statement = { Effect: 'Allow', Action: ['s3:A'], Resource: [A] };
  const conditions = [{ ...statement, Condition: TLS }, { ...statement, Condition: {} }, statement];
  expect(atomsOf(conditions).map(({ condition }) => condition)).toEqual([TLS, null, null]);
});

describe('an atom applies wherever another one does', () => {
  test.each<readonly [string, Atom, Atom]>([
    ['with a wider action', atom('s3:*'), atom('s3:Get')],
    ['with a wider resource', atom('s3:Get', '*'), atom('s3:Get', A)],
    ['that leaves none of its actions out', atom(['s3:Put*']), atom('s3:Get')],
    ['that leaves less out', atom(['s3:Put']), atom(['s3:Put*', 'iam:*'])],
    ['that leaves nothing out', atom([]), atom(['iam:*'])],
    ['that leaves out none of its resources', atom('s3:Get', [B]), atom('s3:Get', A)],
    ['of every action but some', atom('*'), atom(['s3:*'])],
    ['of every resource but some', atom('s3:Get', '*'), atom('s3:Get', [B])],
    ['without its condition', atom('s3:Get'), atom('s3:Get', A, TLS)],
  ])('%s', (_, outer, inner) => {
    expect(covers(outer, inner)).toBe(true);
    expect(covers(inner, outer)).toBe(false);
  });

  test.each<readonly [string, Atom, Atom]>([
    ['another action', atom('s3:Get'), atom('s3:Put')],
    ['another resource', atom('s3:Get', A), atom('s3:Get', B)],
    ['actions of which some are left out', atom(['s3:Get*']), atom('s3:*')],
    [
      'actions of which one pattern of several leaves some out',
      atom(['ec2:*', 's3:*']),
      atom('s3:A'),
    ],
    ['other actions that are left out', atom(['s3:*']), atom(['iam:*'])],
    ['more than one service', atom('s3:*'), atom(['iam:*'])],
    ['two that are left out, of which one is not', atom(['s3:*', 'ec2:*']), atom(['s3:*'])],
  ])('but not with %s', (_, outer, inner) => {
    expect(covers(outer, inner)).toBe(false);
    expect(reaches(outer, inner)).toBe(false);
  });
});

describe('two atoms may apply to one call', () => {
  test.each<readonly [string, Atom, Atom]>([
    ['if their patterns cross', atom('s3:Get*'), atom('s3:*Object')],
    ['if their resources cross', atom('s3:A', 'arn:aws:s3:::a*'), atom('s3:A', 'arn:aws:s3:::*b')],
    ['if one leaves a part of the other out', atom(['s3:Get']), atom('s3:Get*')],
    ['if both leave something out', atom(['s3:*']), atom(['iam:*'])],
    ['if one leaves another resource out', atom('s3:A', [B]), atom('s3:A', A)],
  ])('%s', (_, one, other) => {
    expect(touches(one, other)).toBe(true);
    expect(touches(other, one)).toBe(true);
  });

  test.each<readonly [string, Atom, Atom]>([
    ['have nothing in common', atom('s3:Get*'), atom('s3:Put*')],
    ['have other resources', atom('s3:A', A), atom('s3:A', B)],
    ['leave each other out', atom(['ec2:*', 's3:*']), atom('s3:Get*')],
    ['leave the resource out', atom('s3:A', [B, A]), atom('s3:A', A)],
  ])('but not if they %s', (_, one, other) => {
    expect(touches(one, other)).toBe(false);
    expect(touches(other, one)).toBe(false);
  });
});

describe('conditions are equal', () => {
  const REGION: ConditionBlock = { StringEquals: { 'aws:RequestedRegion': ['a', 'b'] } };
  const equal = (one: ConditionBlock | null, other: ConditionBlock | null) =>
    hasEqualCondition(atom('s3:A', A, one), atom('s3:A', A, other));

  test('whatever the case of a key, and the order and form of its values', () => {
    expect(equal(REGION, { StringEquals: { 'AWS:requestedregion': ['b', 'a', 'b'] } })).toBe(true);
    expect(equal(TLS, { Bool: { 'aws:SecureTransport': ['true'] } })).toBe(true);
    expect(equal(null, {})).toBe(true);
  });

  test('but not if one tests more, another key, another value or with another operator', () => {
    expect(equal(TLS, null)).toBe(false);
    expect(equal(null, TLS)).toBe(false);
    expect(equal({ ...TLS, ...REGION }, TLS)).toBe(false);
    expect(equal(TLS, { Bool: { 'aws:ViaAWSService': 'true' } })).toBe(false);
    expect(equal(TLS, { Bool: { 'aws:SecureTransport': 'false' } })).toBe(false);
    expect(equal(TLS, { BoolIfExists: { 'aws:SecureTransport': 'true' } })).toBe(false);
  });
});
