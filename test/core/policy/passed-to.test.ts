import { expect, test } from '@jest/globals';
import type { ConditionBlock, Statement } from '../../../core/entitlement.ts';
import { mayPassTo, surelyPassesTo } from '../../../core/policy/passed-to.ts';

const statement = (Condition: ConditionBlock): Statement => ({
  ...{ Effect: 'Allow', Action: ['iam:PassRole'], Resource: ['*'], Condition },
});
const KEY = 'iam:PassedToService';
const EC2 = 'ec2.amazonaws.com';

test.each<[string, ConditionBlock, boolean, boolean]>([
  ['no condition', {}, true, true],
  ['its name', { StringEquals: { [KEY]: EC2 } }, true, true],
  ['its name in China', { StringEquals: { [KEY]: 'ec2.amazonaws.com.cn' } }, true, true],
  ['the key in capitals', { StringLike: { 'IAM:PASSEDTOSERVICE': 'ec2.*' } }, true, true],
  ['one of several', { StringEquals: { [KEY]: ['lambda.amazonaws.com', EC2] } }, true, true],
  ['another service', { StringEquals: { [KEY]: 'lambda.amazonaws.com' } }, false, false],
  ['its name in capitals', { StringEquals: { [KEY]: EC2.toUpperCase() } }, false, false],
  ['no matter in what case', { StringEqualsIgnoreCase: { [KEY]: EC2.toUpperCase() } }, true, true],
  ['any but its name', { StringNotEquals: { [KEY]: EC2 } }, false, false],
  ['any but another', { StringNotLike: { [KEY]: 'lambda.*' } }, true, true],
  ['a variable', { StringEquals: { [KEY]: '${aws:PrincipalTag/service}' } }, true, false],
  ['a parameter', { StringNotEquals: { [KEY]: '{{service}}' } }, true, false],
  ['its name alone', { StringLike: { [KEY]: EC2 } }, true, true],
  ['all that are another', { 'ForAllValues:StringEquals': { [KEY]: 'a' } }, true, false],
  ['one that is another', { 'ForAnyValue:StringEquals': { [KEY]: 'a' } }, false, false],
  ['its name if it is there', { StringEqualsIfExists: { [KEY]: EC2 } }, true, false],
  ['another key', { StringEquals: { 'aws:RequestedRegion': EC2 } }, true, false],
  [
    'its name and another key',
    { StringEquals: { [KEY]: EC2, 'aws:RequestedRegion': 'x' } },
    true,
    false,
  ],
  [
    'its name and a time',
    { StringEquals: { [KEY]: EC2 }, DateLessThan: { 'aws:CurrentTime': 'x' } },
    true,
    false,
  ],
  [
    'another and another key',
    { StringEquals: { [KEY]: 'a', 'aws:RequestedRegion': 'x' } },
    false,
    false,
  ],
])('%s: whether a role may be passed, and surely is', (_, condition, may, surely) => {
  expect(mayPassTo('ec2', statement(condition))).toBe(may);
  expect(surelyPassesTo('ec2', statement(condition))).toBe(surely);
});
