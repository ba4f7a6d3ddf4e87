import { describe, expect, test } from '@jest/globals';
import { READ } from '../../support/bundles.ts';
import { rulesOf, warningsOf } from './lint-bench.ts';

const statement = (effect: string, condition: string, resource = 'arn:aws:s3:::acme/*') => ({
  'entitlements/read.yaml': READ.replace(
    /parameters:[\s\S]*/,
    `statements:\n  - { Effect: Allow, Action: 's3:ListBucket', Resource: 'arn:aws:s3:::acme' }\n  - { Effect: ${effect}, Action: 's3:GetObject', Resource: '${resource}'${condition === '' ? '' : `, Condition: ${condition}`} }\n`,
  ),
});

describe('a statement depends on what a vended session lacks', () => {
  test.each([
    [
      'Deny',
      "{ BoolIfExists: { aws:MultiFactorAuthPresent: 'false' } }",
      'denies all that it lists',
    ],
    [
      'Deny',
      "{ Bool: { aws:MultiFactorAuthPresent: 'false' } }",
      'denies either nothing or all that it lists',
    ],
    ['Allow', "{ Bool: { 'aws:multifactorauthpresent': 'true' } }", 'allows nothing'],
    ['Deny', "{ 'Null': { aws:MultiFactorAuthAge: 'true' } }", 'denies all that it lists'],
    ['Allow', "{ NumericLessThan: { aws:MultiFactorAuthAge: '3600' } }", 'allows nothing'],
    ['Allow', '{ StringEquals: { aws:username: ana } }', 'allows nothing'],
    ['Deny', '{ StringNotEquals: { aws:username: ana } }', 'denies all that it lists'],
    ['Deny', '{ StringNotEqualsIfExists: { aws:username: ana } }', 'denies all that it lists'],
    ['Allow', '{ StringEquals: { aws:PrincipalTag/team: shop } }', 'allows nothing'],
    [
      'Allow',
      "{ 'ForAllValues:StringEquals': { aws:PrincipalTag/team: shop }, 'Null': { aws:PrincipalTag/team: 'false' } }",
      'allows nothing',
    ],
    [
      'Allow',
      "{ StringEquals: { 'token.actions.githubusercontent.com:sub': x } }",
      'allows nothing',
    ],
    ['Allow', '{ StringEquals: { aws:SourceIdentity: ana } }', 'allows nothing'],
    [
      'Deny',
      "{ StringNotLike: { aws:userid: ['AROA1:ana', 'AROA2:bob'] } }",
      'denies all that it lists',
    ],
    [
      'Allow',
      "{ ArnLike: { aws:PrincipalArn: 'arn:aws:iam::111122223333:user/ana' } }",
      'allows nothing',
    ],
    [
      'Allow',
      "{ ArnEquals: { ec2:SourceInstanceARN: 'arn:aws:ec2:us-east-1:111122223333:instance/i-1' } }",
      'allows nothing',
    ],
  ])('%s %s %s', (effect, condition, so) => {
    const found = warningsOf(statement(effect, condition));
    expect(new Set(found.map(({ rule }) => rule))).toEqual(new Set(['session-lacks-key']));
    expect(found.some(({ message }) => message.includes(`so this statement ${so}`))).toBe(true);
  });

  test.each(['aws:username', 'aws:userid', 'aws:PrincipalTag/team', 'saml:sub'])(
    'as the variable %s',
    (name) => {
      const found = warningsOf(statement('Allow', '', `arn:aws:s3:::acme/\${${name}}/*`));
      expect(found).toMatchObject([
        {
          rule: 'session-lacks-key',
          line: 9,
          message: expect.stringMatching(
            new RegExp(`: '\\$\\{${name}\\}' (is|has) .*allows nothing; `),
          ),
        },
      ]);
      const inCondition = `{ StringLike: { s3:prefix: 'a/\${${name}}' } }`;
      expect(rulesOf(statement('Allow', inCondition))).toEqual(['session-lacks-key']);
    },
  );

  test('and the message says what it is and what to write', () => {
    const [found] = warningsOf(
      statement('Deny', "{ BoolIfExists: { aws:MultiFactorAuthPresent: 'false' } }"),
    );
    expect(found?.message).toBe(
      "statements.1.Condition: 'aws:MultiFactorAuthPresent' never shows MFA in a vended session, where MFA is proved to the broker, so this statement denies all that it lists, as if it had no such condition; ask for it in a policy: when { context.mfa }, or add acknowledged: { session-lacks-key: <why> }",
    );
  });

  test.each([
    ['{ StringEquals: { aws:ResourceTag/team: shop } }'],
    ["{ StringLike: { aws:SourceIdentity: 'ana-*' } }"],
    ["{ StringLike: { aws:userid: 'AROA1:*' } }"],
    ["{ ArnLike: { aws:PrincipalArn: 'arn:aws:iam::*:role/valetkey/*' } }"],
    ["{ Bool: { aws:SecureTransport: 'true' } }"],
    ["{ DateLessThan: { aws:TokenIssueTime: '2027-01-01T00:00:00Z' } }"],
    ["{ StringLike: { s3:prefix: '${aws:SourceIdentity}/*' } }"],
    ['{ StringEquals: { s3:prefix: "${aws:username, \'shared\'}" } }'],
  ])('unlike %s', (condition) => {
    expect(rulesOf(statement('Allow', condition))).toEqual([]);
  });

  test('unless its author says why', () => {
    const { 'entitlements/read.yaml': text } = statement(
      'Allow',
      '{ StringEquals: { aws:PrincipalTag/team: shop } }',
    );
    expect(
      rulesOf({
        'entitlements/read.yaml': `${text}acknowledged: { session-lacks-key: the role has the tag }\n`,
      }),
    ).toEqual([]);
  });
});
