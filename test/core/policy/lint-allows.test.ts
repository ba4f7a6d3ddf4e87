import { describe, expect, test } from '@jest/globals';
import { READ } from '../../support/bundles.ts';
import { rulesOf, warningsOf } from './lint-bench.ts';

const statements = (text: string) => ({
  'entitlements/read.yaml': READ.replace(/parameters:[\s\S]*/, `statements:\n${text}`),
});
const allow = (condition: string, effect = 'Allow') =>
  statements(
    `  - { Effect: Allow, Action: 's3:ListBucket', Resource: 'arn:aws:s3:::acme' }\n  - { Effect: ${effect}, Action: 'dynamodb:Query', Resource: 'arn:aws:dynamodb:eu-central-1:111122223333:table/orders', Condition: ${condition} }\n`,
  );
const LEADING = "'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': shop }";

test('an entitlement that only denies allows nothing', () => {
  const found = warningsOf(statements("  - { Effect: Deny, Action: 's3:*', Resource: '*' }\n"));
  expect(found).toMatchObject([
    { rule: 'allows-nothing', message: expect.stringContaining("'read' only denies"), line: 7 },
  ]);
});

describe('ForAllValues in an Allow holds without its key', () => {
  test('so the warning names the key and what to add', () => {
    expect(warningsOf(allow(`{ ${LEADING} }`))).toMatchObject([
      {
        rule: 'allows-without-key',
        line: 9,
        message: expect.stringContaining("add Null: { 'dynamodb:LeadingKeys': 'false' }"),
      },
    ]);
  });

  test.each([
    ['its absence is accepted', `{ ${LEADING}, 'Null': { 'dynamodb:LeadingKeys': 'true' } }`],
    [
      'its absence is accepted as well as its presence',
      `{ ${LEADING}, 'Null': { 'dynamodb:LeadingKeys': ['false', 'true'] } }`,
    ],
    ['a tag is asked for', `{ ${LEADING}, StringEquals: { 'aws:RequestTag/team': shop } }`],
    ['another key is asked for', `{ ${LEADING}, 'Null': { 'dynamodb:Select': 'false' } }`],
    [
      'the key may be missing there too',
      `{ ${LEADING}, StringLikeIfExists: { 'dynamodb:LeadingKeys': 's*' } }`,
    ],
  ])('also if %s', (_, condition) => {
    expect(rulesOf(allow(condition))).toEqual(['allows-without-key']);
  });

  test.each([
    ['a Null check asks for it', `{ ${LEADING}, 'Null': { 'dynamodb:leadingkeys': 'false' } }`],
    [
      'another condition needs it',
      `{ ${LEADING}, 'ForAnyValue:StringLike': { 'dynamodb:LeadingKeys': '*' } }`,
    ],
  ])('but not if %s', (_, condition) => {
    expect(rulesOf(allow(condition))).toEqual([]);
  });

  const KEYS = "'ForAllValues:StringEquals': { 'aws:TagKeys': [team] }";

  test.each([
    "StringEquals: { 'aws:RequestTag/team': shop }",
    "StringLike: { 'AWS:requestTag/team': '*' }",
    "'Null': { 'aws:RequestTag/team': 'false' }",
  ])('nor of the keys of tags if a tag is required: %s', (required) => {
    expect(rulesOf(allow(`{ ${KEYS}, ${required} }`))).toEqual([]);
  });

  test.each([
    "StringEqualsIfExists: { 'aws:RequestTag/team': shop }",
    "StringNotEquals: { 'aws:RequestTag/team': shop }",
    "'Null': { 'aws:RequestTag/team': 'true' }",
    "StringEquals: { 'aws:ResourceTag/team': shop }",
  ])('but of the keys of tags if none is: %s', (other) => {
    expect(rulesOf(allow(`{ ${KEYS}, ${other} }`))).toEqual(['allows-without-key']);
  });

  test('nor in a Deny, nor with an acknowledgement', () => {
    expect(rulesOf(allow(`{ ${LEADING} }`, 'Deny'))).toEqual([]);
    const { 'entitlements/read.yaml': text } = allow(`{ ${LEADING} }`);
    expect(
      rulesOf({
        'entitlements/read.yaml': `${text}acknowledged: { allows-without-key: queries always have keys }\n`,
      }),
    ).toEqual([]);
  });
});
