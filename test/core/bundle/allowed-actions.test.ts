import { expect, test } from '@jest/globals';
import { allowedActions } from '../../../core/bundle/allowed-actions.ts';
import type { Statement } from '../../../core/entitlement.ts';

const ACTIONS = ['s3:GetObject', 'iam:PassRole'];
const allow: Statement = { Effect: 'Allow', Action: ['*'], Resource: ['arn:aws:s3:::b/*'] };
const deny: Statement = { Effect: 'Deny', Action: ['iam:*'], Resource: ['*'] };
const allowed = (statement: Statement, ...others: readonly Statement[]) =>
  allowedActions(statement, ACTIONS, [statement, ...others]);

test('a statement allows the actions that its patterns match', () => {
  expect(allowed(allow)).toEqual(ACTIONS);
  expect(allowed({ ...allow, Action: ['S3:get*', 'sts:*'] })).toEqual(['s3:GetObject']);
});

test('by NotAction it allows all others', () => {
  const { Action: _, ...rest } = allow;
  expect(allowed({ ...rest, NotAction: ['sts:*'] })).toEqual(ACTIONS);
  expect(allowed({ ...rest, NotAction: ['sts:*', 'iam:*'] })).toEqual(['s3:GetObject']);
});

test('a Deny allows nothing', () => {
  expect(allowed(deny)).toEqual([]);
  expect(allowed({ ...deny, Resource: allow.Resource ?? [] })).toEqual([]);
});

test('a Deny counts where it holds on every resource and without a condition', () => {
  expect(allowed(allow, deny)).toEqual(['s3:GetObject']);
  const { Action: _, ...rest } = deny;
  expect(allowed(allow, { ...rest, NotAction: ['s3:*'] })).toEqual(['s3:GetObject']);
  expect(allowed(allow, { ...deny, Resource: ['arn:aws:iam::111122223333:role/x'] })).toEqual(
    ACTIONS,
  );
  const { Resource: __, ...everywhere } = deny;
  expect(allowed(allow, { ...everywhere, NotResource: ['*'] })).toEqual(ACTIONS);
  expect(
    allowed(allow, { ...deny, Condition: { Bool: { 'aws:SecureTransport': 'true' } } }),
  ).toEqual(ACTIONS);
  expect(allowed(allow, { ...allow, Resource: ['*'] })).toEqual(ACTIONS);
});
