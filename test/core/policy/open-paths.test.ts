import { describe, expect, test } from '@jest/globals';
import type { Statement } from '../../../core/entitlement.ts';
import { openPaths } from '../../../core/policy/open-paths.ts';

const allow = (action: string, more: Partial<Statement> = {}): Statement => ({
  ...{ Effect: 'Allow', Action: [action], Resource: ['*'] },
  ...more,
});
const deny = (action: string, more: Partial<Statement> = {}): Statement => ({
  ...allow(action, more),
  Effect: 'Deny',
});
const open = (...statements: readonly Statement[]) =>
  openPaths(statements).map(({ path, statement }) => [path.actions.join(' + '), statement]);
const actionsOf = (...statements: readonly Statement[]) => open(...statements).map(([one]) => one);

describe('a way out', () => {
  test('begins in the statement that allows its first action', () => {
    const statements = [allow('s3:GetObject'), allow('sts:GetFederationToken')];
    expect(open(...statements)).toEqual([['sts:GetFederationToken', 1]]);
  });

  test('is found whatever the case of the service', () => {
    expect(actionsOf(allow('STS:getfederationtoken'))).toEqual(['sts:GetFederationToken']);
    expect(actionsOf(allow('st?:GetFederationToken'))).toEqual(['sts:GetFederationToken']);
  });

  test('is none where one of its actions is missing', () => {
    const [pass, create] = ['iam:PassRole', 'lambda:CreateFunction'].map((one) => allow(one));
    if (pass === undefined || create === undefined) throw new Error('never');
    expect(open(create, pass)).toEqual([['iam:PassRole + lambda:CreateFunction', 1]]);
    expect(open(create)).toEqual([]);
    expect(open(pass)).toEqual([]);
  });
});

describe('a statement by wildcards or exceptions', () => {
  test('opens what it does not leave out', () => {
    const { Action: _, ...rest } = allow('*');
    const but = (...NotAction: readonly string[]) => actionsOf({ ...rest, NotAction });
    expect(but('s3:*')).toContain('sts:GetFederationToken');
    expect(but('s3:*', 'sts:*')).not.toContain('sts:GetFederationToken');
  });

  test('opens what any of its patterns matches', () => {
    expect(actionsOf(allow('*'))).toContain('sts:GetFederationToken');
    const two = allow('s3:GetObject', { Action: ['s3:GetObject', 'st*:GetFederationToken'] });
    expect(actionsOf(two)).toEqual(['sts:GetFederationToken']);
  });
});

describe('a role that the session may go on to', () => {
  const role = 'arn:aws:iam::111122223333:role/next';
  const paths = (statement: Statement) =>
    openPaths([statement], [role]).map(({ path }) => path.actions.join(' + '));

  test('is no way out for who assumes it', () => {
    expect(paths(allow('sts:AssumeRole', { Resource: [role] }))).toEqual([]);
    expect(paths(allow('sts:AssumeRole', { Resource: [role, 'x'] }))).toEqual(['sts:AssumeRole']);
    const { Resource: _, ...all } = allow('sts:AssumeRole');
    expect(paths({ ...all, NotResource: [role] })).toEqual(['sts:AssumeRole']);
  });

  test('is one for who changes it', () => {
    expect(paths(allow('iam:PutRolePolicy', { Resource: [role] }))).toEqual(['iam:PutRolePolicy']);
  });
});

describe('a grant of a key', () => {
  const grant = (condition?: Statement['Condition']) =>
    actionsOf(allow('kms:CreateGrant', condition === undefined ? {} : { Condition: condition }));

  test.each<[string, Statement['Condition'] | undefined, boolean]>([
    ['without a condition', undefined, true],
    ['for services alone', { Bool: { 'kms:GrantIsForAWSResource': 'true' } }, false],
    ['in another case', { Bool: { 'KMS:grantisforawsresource': 'TRUE' } }, false],
    ['for all but services', { Bool: { 'kms:GrantIsForAWSResource': 'false' } }, true],
    ['for both', { Bool: { 'kms:GrantIsForAWSResource': ['true', 'false'] } }, true],
    ['under another key', { Bool: { 'aws:SecureTransport': 'true' } }, true],
    ['under two keys', { Bool: { 'aws:X': 'false', 'kms:GrantIsForAWSResource': 'true' } }, false],
    ['if the key is there', { BoolIfExists: { 'kms:GrantIsForAWSResource': 'true' } }, true],
  ])('%s is a way out or not', (_, condition, isOpen) => {
    expect(grant(condition)).toEqual(isOpen ? ['kms:CreateGrant'] : []);
  });
});

describe('a role that is passed', () => {
  const run = ['lambda:CreateFunction', 'lambda:InvokeFunction'].map((action) => allow(action));
  const pass = allow('iam:PassRole');
  const isOpen = (...statements: readonly Statement[]) =>
    actionsOf(pass, ...run, ...statements).some((one) => one?.toString().includes('PassRole'));
  const toLambda = { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } };

  test.each<[string, Statement, boolean]>([
    ['is denied to the service', deny('iam:PassRole', { Condition: toLambda }), false],
    ['is denied by a pattern', deny('iam:Pass*', { Condition: toLambda }), false],
    [
      'is denied to another service',
      deny('iam:PassRole', {
        Condition: { StringEquals: { 'iam:PassedToService': 'ecs.amazonaws.com' } },
      }),
      true,
    ],
    [
      'is denied for one role',
      deny('iam:PassRole', { Condition: toLambda, Resource: ['arn:aws:iam::111122223333:role/x'] }),
      true,
    ],
    ['is not what is denied', deny('iam:CreateRole', { Condition: toLambda }), true],
    ['is allowed a second time', allow('iam:PassRole', { Condition: toLambda }), true],
  ])('%s', (_, statement, expected) => {
    expect(isOpen(statement)).toBe(expected);
  });

  test('may go to one of several services that use it', () => {
    const both = [pass, allow('eks:CreatePodIdentityAssociation')];
    const denied = (service: string) =>
      deny('iam:PassRole', { Condition: { StringEquals: { 'iam:PassedToService': service } } });
    const paths = ['iam:PassRole + eks:CreatePodIdentityAssociation'];
    expect(actionsOf(...both, denied('pods.eks.amazonaws.com'))).toEqual(paths);
    expect(
      actionsOf(...both, denied('pods.eks.amazonaws.com'), denied('eks.amazonaws.com')),
    ).toEqual([]);
  });
});

test('a Deny without a list of resources denies no passing of roles', () => {
  const { Resource: _, ...rest } = deny('iam:PassRole');
  const statements = [allow('iam:PassRole'), allow('lambda:CreateFunction')];
  expect(actionsOf(...statements, { ...rest, NotResource: ['*'] })).toEqual(
    actionsOf(...statements),
  );
  expect(actionsOf(...statements, deny('iam:PassRole'))).toEqual([]);
});
