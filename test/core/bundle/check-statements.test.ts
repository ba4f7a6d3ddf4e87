import { describe, expect, test } from '@jest/globals';
import { compileBundle } from '../../../core/policy/compile-bundle.ts';
import { compiled, files, language } from '../../support/bundles.ts';

type Extra = { readonly parameters?: object; readonly target?: string };

const bundleWith = (statement: object, { parameters = {}, target }: Extra = {}) =>
  files({
    'entitlements/read.yaml': JSON.stringify({
      id: 'read',
      title: 'Read',
      risk: 'low',
      target: target ?? 'arn:aws:iam::{{account}}:role/valetkey/read',
      maxDuration: '8h',
      parameters,
      statements: { Effect: 'Allow', Action: 's3:GetObject', Resource: '*', ...statement },
    }),
  });

function mistakesIn(statement: object, extra?: Extra): readonly string[] {
  const bundle = compileBundle(bundleWith(statement, extra), language);
  return bundle.ok ? [] : bundle.error.map(({ message }) => message.replace(/^statements\.?/, ''));
}

const conditionOf = (Condition: object) =>
  compiled(bundleWith({ Condition })).entitlements['read']?.statements[0]?.Condition;

const DESCRIPTION = { description: 'A parameter' };

describe('a condition', () => {
  test('takes numbers and booleans as the texts that they are', () => {
    expect(
      conditionOf({
        Bool: { 'aws:SecureTransport': true },
        Null: { 'aws:TokenIssueTime': false },
        NumericLessThan: { 's3:max-keys': [10, 0.5] },
        StringEquals: { 'aws:PrincipalAccount': 111122223333 },
      }),
    ).toEqual({
      Bool: { 'aws:SecureTransport': 'true' },
      Null: { 'aws:TokenIssueTime': 'false' },
      NumericLessThan: { 's3:max-keys': ['10', '0.5'] },
      StringEquals: { 'aws:PrincipalAccount': '111122223333' },
    });
  });

  test('has its booleans in lower case', () => {
    const Bool = { 'aws:SecureTransport': ['True', 'FALSE'], 'aws:x': '${aws:ViaAWSService}' };
    expect(conditionOf({ Bool, StringEquals: { 'aws:x': 'True' } })).toEqual({
      Bool: { 'aws:SecureTransport': ['true', 'false'], 'aws:x': '${aws:ViaAWSService}' },
      StringEquals: { 'aws:x': 'True' },
    });
  });

  test('has what its author wrote without quotes, and booleans of IAM in lower case', () => {
    const text = `id: read
title: Read
risk: low
target: arn:aws:iam::{{account}}:role/valetkey/read
maxDuration: 8h
statements:
  - Effect: Deny
    Action: s3:*
    Resource: '*'
    Condition:
      StringEquals: { aws:ResourceTag/Protected: True, aws:ResourceTag/Locked: [TRUE, true] }
      Bool: { aws:SecureTransport: False }
      Null: { aws:TokenIssueTime: TRUE }
`;
    expect(
      compiled(files({ 'entitlements/read.yaml': text })).entitlements['read']?.statements[0]
        ?.Condition,
    ).toEqual({
      StringEquals: {
        'aws:ResourceTag/Protected': 'True',
        'aws:ResourceTag/Locked': ['TRUE', 'true'],
      },
      Bool: { 'aws:SecureTransport': 'false' },
      Null: { 'aws:TokenIssueTime': 'true' },
    });
  });

  test.each([
    'oidc.eks.eu-central-1.amazonaws.com/id/ABC:sub',
    'acme.auth0.example/:aud',
    'accounts.google.com:aud',
  ])('may have the key %s of an identity provider', (key) => {
    expect(mistakesIn({ Condition: { StringEquals: { [key]: 'x' } } })).toEqual([]);
  });

  test('names the nearest operator of one that is not quite NullIfExists', () => {
    expect(mistakesIn({ Condition: { NullIfExistsNot: { 'aws:x': 'true' } } })).toEqual([
      'Condition.NullIfExistsNot: is not a condition operator of IAM; write Null',
    ]);
  });

  test('names the key that is there twice, and where it is', () => {
    const Condition = { StringEquals: { 'aws:SourceVpc': 'a', 'AWS:sourcevpc': 'b' } };
    const bundle = compileBundle(bundleWith({ Condition }), language);
    expect(bundle.ok ? [] : bundle.error.map(({ message }) => message)).toEqual([
      'statements.Condition.StringEquals.AWS:sourcevpc: is there in other capitals as well, which IAM does not tell apart; join their values',
    ]);
  });

  test('may have keys that only special capitals would make one', () => {
    const keys = { 'aws:ResourceTag/ma\u00df': 'x', 'aws:ResourceTag/MASS': 'x' };
    expect(mistakesIn({ Condition: { StringEquals: keys } })).toEqual([]);
  });

  test.each<[object, string]>([
    [{}, 'Condition: is empty, and limits nothing; write a condition, or remove it'],
    [{ StringEquals: {} }, 'Condition.StringEquals: is empty, and limits nothing'],
    [{ StringEquals: { 'aws:x': [] } }, 'Condition.StringEquals.aws:x: may not be empty'],
    [{ StringEquals: { 'aws:x': null } }, 'is neither a text, a number, true or false, nor a list'],
    [{ StringEquals: { username: 'x' } }, 'is not an IAM condition key; write service:key'],
    [{ StringEquals: { 'aws:ResourceTag/': 'x' } }, 'is not an IAM condition key'],
    [{ StringEquals: { ' aws:username': 'x' } }, 'is not an IAM condition key'],
    [{ stringEquals: { 'aws:x': 'x' } }, 'operator of IAM; write StringEquals'],
    [{ StringEqual: { 'aws:x': 'x' } }, 'operator of IAM; write StringEquals'],
    [{ StringLikeIgnoreCase: { 'aws:x': 'x' } }, 'operator of IAM; write StringLike'],
    [{ 'ForAllvalues:StringLike': { 'aws:x': 'x' } }, 'write ForAllValues:StringLike'],
    [{ 'ForEach:StringLike': { 'aws:x': 'x' } }, 'operator of IAM; write StringLike'],
    [{ NullIfExists: { 'aws:x': 'true' } }, "operator of IAM; write Null, with 'true' or 'false'"],
    [
      { 'ForAnyValue:NullIfExists': { 'aws:x': 'true' } },
      "operator of IAM; write Null, with 'true' or 'false'",
    ],
    [{ NotNullIfExists: { 'aws:x': 'x' } }, 'operator of IAM; write one such as StringEquals'],
    [{ 'ForAnyValue:Null': { 'aws:x': 'true' } }, 'operator of IAM; write Null'],
    [{ Equals: { 'aws:x': 'x' } }, 'operator of IAM; write one such as StringEquals'],
    [
      { StringEquals: { 'aws:SourceVpc': 'a', 'AWS:sourcevpc': 'b' } },
      'Condition.StringEquals.AWS:sourcevpc: is there in other capitals as well',
    ],
    [{ NumericEquals: { 's3:max-keys': 'ten' } }, "'ten' is not a number; write one such as 10"],
    [{ DateLessThan: { 'aws:CurrentTime': '2026-02-30' } }, "'2026-02-30' is not a time"],
    [{ BoolIfExists: { 'aws:x': 'yes' } }, "'yes' is not true or false"],
    [{ Bool: { 'aws:x': 'TRUEish' } }, "'TRUEish' is not true or false"],
    [{ Bool: { 'aws:x': 'UNTRUE' } }, "'UNTRUE' is not true or false"],
    [{ Null: { 'aws:x': 'null' } }, "'null' is not true or false"],
    [
      { IpAddress: { 'aws:SourceIp': '10.0.0.0/33' } },
      "'10.0.0.0/33' is not an address or a range",
    ],
    [{ 'ForAllValues:ArnLike': { 'aws:x': 'role/x' } }, "'role/x' is not an ARN of six parts"],
    [{ BinaryEquals: { 'aws:x': '???' } }, "'???' is not base64"],
    [{ StringLike: { 's3:prefix': ['a', 'b\nc'] } }, 'Condition.StringLike.s3:prefix.1: '],
    [
      { NumericEquals: { 's3:max-keys': '${aws:x}' } },
      'has the variable ${aws:x}, where IAM fills in none',
    ],
    [
      { StringLike: { 's3:prefix': '${AWS::AccountId}/*' } },
      "has '${AWS::AccountId}', which is not a policy variable of IAM; write {{account}}",
    ],
  ])('%j is refused', (Condition, says) => {
    expect(mistakesIn({ Condition })).toContainEqual(expect.stringContaining(says));
  });
});

describe('a resource', () => {
  test.each<[unknown, string]>([
    ['arn:aws:s3:acme', "Resource: 'arn:aws:s3:acme' has 4 of the six parts of an ARN"],
    ['s3:::acme', 'is neither an ARN nor *'],
    ['arn:aws:s3:::a\tb', 'has a line break, another control character'],
    ['arn:aws:s3:::a/${aws:username', "has '${aws:username', which is not closed"],
    ['arn:aws:s3:::a/${var.bucket}', 'declare a parameter, and write {{its name}}'],
    ['arn:aws-cn:s3:::a', 'is in the partition aws-cn, and the target role in aws'],
    [['*', 'arn:aws:s3:::'], 'Resource.1: '],
    [7, 'Resource: is neither text nor a list of texts'],
    [{ Ref: 7, Fn: 'x' }, 'has a function of CloudFormation'],
    [{ Name: 'x' }, 'Resource: is neither text nor a list of texts'],
    [{ 'Fn::Sub': 'arn:aws:s3:::a' }, 'has a function of CloudFormation; write the text itself'],
    [['*', { Ref: 'Bucket' }], 'has a function of CloudFormation; write the text itself'],
  ])('%j is refused', (Resource, says) => {
    expect(mistakesIn({ Resource })).toEqual([expect.stringContaining(says)]);
  });

  test('is of no partition while the target is no role', () => {
    expect(mistakesIn({ Resource: 'arn:aws:s3:::a' }, { target: 'read' })).toEqual([
      expect.stringMatching(/^target: is not the ARN of one IAM role/),
    ]);
  });

  test('may be in the partition of the target role, or in any', () => {
    const target = 'arn:aws-eusc:iam::{{account}}:role/read';
    const Resource = ['arn:{{partition}}:s3:::a', 'arn:aws-eusc:s3:::b', 'arn:*:s3:::c'];
    expect(mistakesIn({ Resource }, { target })).toEqual([]);
  });
});

describe('a text with a parameter', () => {
  const p = (declared: object) => ({ parameters: { p: { ...declared, ...DESCRIPTION } } });

  test('is checked with each value that the parameter lists', () => {
    const Condition = { NumericLessThan: { 's3:max-keys': '{{p}}' } };
    expect(mistakesIn({ Condition }, p({ enum: ['10', '20'] }))).toEqual([]);
    expect(mistakesIn({ Condition }, p({ enum: ['10', 'ten'] }))).toEqual([
      expect.stringContaining("'ten' is not a number"),
    ]);
    const Resource = 'arn:aws:s3:{{p}}:{{account}}:a';
    expect(mistakesIn({ Resource }, p({ enum: ['eu-west-1', 'EU'] }))).toEqual([
      expect.stringContaining("has 'EU' for its Region"),
    ]);
    expect(mistakesIn({ Resource }, p({ enum: ['eu-west-1', 'a:b'] }))).toEqual([
      expect.stringContaining('has a value of {{p}} with a colon, which moves the parts'),
    ]);
  });

  test('is not refused for a value that only a pattern describes', () => {
    const texts = {
      Resource: ['arn:aws:s3:{{p}}:{{p}}:a/{{p}}', 'arn:{{p}}:{{p}}:::{{p}}'],
      Condition: {
        DateLessThan: { 'aws:CurrentTime': '{{p}}' },
        IpAddress: { 'aws:SourceIp': '{{p}}/24' },
        ArnLike: { 'aws:SourceArn': '{{p}}' },
        Bool: { 'aws:SecureTransport': '{{p}}' },
      },
    };
    expect(mistakesIn(texts, p({ pattern: '[a-z0-9]{1,20}' }))).toEqual([]);
    expect(mistakesIn({ Resource: 'arn:aws:s3:{{p}}' }, p({ pattern: '[a-z:]{1,20}' }))).toEqual([
      expect.stringContaining('has 4 of the six parts of an ARN'),
    ]);
  });

  test('is checked with all combinations of a few values, and with each of many', () => {
    const many = Array.from({ length: 9 }, (_, index) => `v${index}`);
    const parameters = {
      p: { enum: [...many, 'a b'], ...DESCRIPTION },
      q: { enum: many, ...DESCRIPTION },
    };
    expect(mistakesIn({ Resource: 'arn:aws:s3:{{q}}:{{account}}:{{p}}' }, { parameters })).toEqual(
      [],
    );
    expect(mistakesIn({ Resource: 'arn:aws:{{p}}:{{q}}::a' }, { parameters })).toEqual([
      expect.stringContaining("has 'a b' for its service"),
    ]);
  });
});
