import { describe, expect, test } from '@jest/globals';
import { holds, lacksValue, lacksVariable } from '../../../core/policy/session-keys.ts';

const USER = {
  found: 'absent',
  why: 'is for IAM users, and a vended session is one of a role',
  instead: 'use a parameter',
};
const MFA = {
  why: 'never shows MFA in a vended session, where MFA is proved to the broker',
  instead: 'ask for it in a policy: when { context.mfa }',
};
const PROVIDER = {
  found: 'absent',
  why: 'is only in sessions that an identity provider opened at AWS',
  instead: "compare the token's claim in a policy",
};
const MACHINE = {
  found: 'absent',
  why: 'is only in credentials that AWS gives to an instance or a function',
  instead: 'leave it out',
};
const tagged = (tag: string) => ({
  found: 'absent',
  why: `is there only if the target role itself has the tag '${tag}', as the broker sets no session tags`,
  instead: 'use a parameter',
});

describe('a vended session', () => {
  test.each([
    ['aws:username', USER],
    ['AWS:UserName', USER],
    ['aws:MultiFactorAuthPresent', { ...MFA, found: 'either' }],
    ['aws:MultiFactorAuthAge', { ...MFA, found: 'absent' }],
    ['aws:FederatedProvider', PROVIDER],
    ['saml:sub', PROVIDER],
    ['graph.facebook.com:app_id', PROVIDER],
    ['token.actions.githubusercontent.com:sub', PROVIDER],
    ['ec2:SourceInstanceARN', MACHINE],
    ['ec2:RoleDelivery', MACHINE],
    ['lambda:SourceFunctionArn', MACHINE],
    ['aws:Ec2InstanceSourceVpc', MACHINE],
    ['aws:PrincipalTag/team', tagged('team')],
    ['AWS:principaltag/Cost:Centre', tagged('Cost:Centre')],
  ])('lacks %s, as a variable and as a key', (name, lack) => {
    expect(lacksVariable(name)).toEqual(lack);
    expect(lacksValue(name, ['x'])).toEqual(lack);
  });

  test.each([
    'aws:username2',
    'my-aws:username',
    'aws:MultiFactorAuthPresentX',
    'xaws:MultiFactorAuthPresent',
    'aws:MultiFactorAuthAges',
    'xaws:MultiFactorAuthAge',
    'aws:FederatedProviders',
    'saml:',
    'samlx:sub',
    'x/graph.facebook.com:app_id',
    's3:prefix',
    'graph.facebook.com:',
    '.com:sub',
    'ec2:SourceInstanceARNs',
    'xec2:RoleDelivery',
    'aws:PrincipalTag/',
    'xaws:PrincipalTag/team',
    'aws:SourceIp',
    'aws:ResourceTag/team',
  ])('may have %s', (name) => {
    expect(lacksVariable(name)).toBeNull();
    expect(lacksValue(name, ['x'])).toBeNull();
  });

  test('has another aws:userid each time', () => {
    const lack = {
      found: 'other',
      why: 'is another text in every session',
      instead: 'use a parameter',
    };
    expect(lacksVariable('aws:userid')).toEqual(lack);
    expect(lacksVariable('AWS:UserId')).toEqual(lack);
    expect(lacksVariable('aws:useridx')).toBeNull();
    expect(lacksVariable('xaws:userid')).toBeNull();
  });

  test('has no aws:userid that a condition could write to its end', () => {
    const lack = {
      found: 'other',
      why: 'ends with a name that is another in every session',
      instead: 'leave it out: the session is of the target role alone',
    };
    expect(lacksValue('aws:userid', ['AROA1:ana', '*:bob'])).toEqual(lack);
    expect(lacksValue('AWS:UserId', [])).toEqual(lack);
    expect(lacksValue('aws:userid', ['AROA1:ana', 'AROA2:*'])).toBeNull();
  });

  test('has a SourceIdentity that ends with its grant', () => {
    const lack = {
      found: 'other',
      why: "ends with the grant's id",
      instead: "compare its beginning: StringLike '<principal key>.*'",
    };
    expect(lacksValue('aws:SourceIdentity', ['ana', 'bob'])).toEqual(lack);
    expect(lacksValue('aws:SourceIdentity', ['ana', 'bob.*'])).toBeNull();
    expect(lacksValue('aws:SourceIdentity', ['ana', 'bo?'])).toBeNull();
  });

  test('is of a role, and of no user', () => {
    const lack = {
      found: 'other',
      why: 'is the ARN of the role in every session',
      instead: 'leave it out: the session is of the target role alone',
    };
    const arn = (rest: string) => `arn:aws:iam::111122223333:${rest}`;
    const others = [arn('user/ana'), arn('assumed-role/a/b'), arn('federated-user/ana')];
    expect(lacksValue('aws:PrincipalArn', others)).toEqual(lack);
    expect(lacksValue('aws:PrincipalArn', [...others, arn('role/a')])).toBeNull();
    expect(lacksValue('aws:PrincipalArn', [arn('role/user/ana')])).toBeNull();
  });
});

describe('a condition on what a session lacks', () => {
  test.each<readonly [string, string, boolean | null, boolean | null, boolean | null]>([
    ['StringEquals', 'x', false, false, false],
    ['StringNotEquals', 'x', true, true, true],
    ['StringLikeIfExists', 'x', true, false, null],
    ['StringNotLikeIfExists', 'x', true, true, true],
    ['ForAllValues:StringEquals', 'x', true, false, null],
    ['ForAnyValue:StringEquals', 'x', false, false, false],
    ['ForAnyValue:StringNotEquals', 'x', true, true, true],
    ['NumericLessThan', '3600', false, false, false],
    ['DateNotEquals', '2027-01-01T00:00:00Z', true, true, true],
    ['Bool', 'true', false, false, false],
    ['Bool', 'False', false, true, null],
    ['BoolIfExists', 'true', true, false, null],
    ['BoolIfExists', 'false', true, true, true],
    ['Null', 'True', true, false, null],
    ['Null', 'false', false, true, null],
  ])(
    '%s %s: where it is absent %s, another %s, either %s',
    (operator, value, absent, other, either) => {
      expect(holds(operator, [value], 'absent')).toBe(absent);
      expect(holds(operator, [value], 'other')).toBe(other);
      expect(holds(operator, [value], 'either')).toBe(either);
    },
  );

  test('holds where one of several values does', () => {
    expect(holds('Bool', ['true', 'false'], 'other')).toBe(true);
    expect(holds('Null', ['false', 'true'], 'absent')).toBe(true);
  });
});
