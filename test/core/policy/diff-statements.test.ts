import { describe, expect, test } from '@jest/globals';
import type { ConditionBlock, Statement } from '../../../core/entitlement.ts';
import { changesOfStatements } from '../../../core/policy/diff-statements.ts';

const B = 'arn:aws:s3:::b/*';
const C = 'arn:aws:s3:::c/*';
const X = 'arn:aws:s3:::b/x';
const RED: ConditionBlock = { StringEquals: { 'aws:PrincipalTag/team': 'red' } };
const BLUE: ConditionBlock = { StringEquals: { 'aws:PrincipalTag/team': 'blue' } };
const TLS: ConditionBlock = { Bool: { 'aws:SecureTransport': 'true' } };
const where = (condition: ConditionBlock) => `where ${JSON.stringify(condition)}`;

function allow(action: string, resource = B, Condition?: ConditionBlock): Statement {
  const plain = { Effect: 'Allow' as const, Action: [action], Resource: [resource] };
  return Condition === undefined ? plain : { ...plain, Condition };
}
const deny = (...given: Parameters<typeof allow>): Statement => ({
  ...allow(...given),
  Effect: 'Deny',
});
const notOn = (action: string, ...NotResource: readonly string[]): Statement => ({
  ...{ Effect: 'Allow', Action: [action], NotResource },
});

type Row = readonly [string, readonly Statement[], readonly Statement[], readonly string[]];

test.each<Row>([
  ['goes', [deny('s3:A')], [], [`no longer denies s3:A on ${B}`]],
  ['comes', [], [deny('s3:A')], [`now denies s3:A on ${B}`]],
  ['narrows', [deny('s3:*')], [deny('s3:A')], [`no longer denies s3:* on ${B} (now: only s3:A)`]],
  [
    'may be another one',
    [deny('s3:A', 'arn:aws:s3:::b/{{p}}')],
    [deny('s3:A', 'arn:aws:s3:::b/{{q}}')],
    [
      'may no longer deny s3:A on arn:aws:s3:::b/{{p}} (now: arn:aws:s3:::b/{{q}})',
      'may now also deny s3:A on arn:aws:s3:::b/{{q}} (before: arn:aws:s3:::b/{{p}})',
    ],
  ],
  [
    'is for another resource than an Allow',
    [allow('s3:A')],
    [allow('s3:A'), deny('s3:A', C)],
    [`now denies s3:A on ${C}`],
  ],
])('a Deny that %s', (_, before, after, expected) => {
  expect(changesOfStatements(before, after)).toEqual(expected);
});

describe('“also” and the order of a sentence follow what is shared:', () => {
  test.each<Row>([
    [
      'the action',
      [allow('s3:A')],
      [allow('s3:A'), allow('s3:A', C)],
      [`now also allows ${C} for s3:A`],
    ],
    [
      'the resource',
      [allow('s3:A')],
      [allow('s3:A'), allow('s3:B')],
      [`now also allows s3:B on ${B}`],
    ],
    ['neither', [allow('s3:A')], [allow('s3:A'), allow('s3:B', C)], [`now allows s3:B on ${C}`]],
    [
      'a wider action',
      [allow('s3:*')],
      [allow('s3:*'), allow('s3:A', C)],
      [`now allows s3:A on ${C}`],
    ],
    [
      'a narrower action',
      [allow('s3:A')],
      [allow('s3:A'), allow('s3:*', C)],
      [`now allows s3:* on ${C}`],
    ],
    [
      'a wider resource',
      [allow('s3:A')],
      [allow('s3:A'), allow('s3:B', X)],
      [`now allows s3:B on ${X}`],
    ],
    [
      'a narrower resource',
      [allow('s3:A', X)],
      [allow('s3:A', X), allow('s3:B')],
      [`now allows s3:B on ${B}`],
    ],
    [
      'the action of what goes',
      [allow('s3:A'), allow('s3:A', C)],
      [allow('s3:A')],
      [`no longer allows ${C} for s3:A`],
    ],
    [
      'no action of what goes',
      [allow('s3:A'), allow('s3:B', C)],
      [allow('s3:A')],
      [`no longer allows s3:B on ${C}`],
    ],
    [
      'the action, under a condition',
      [allow('s3:A')],
      [allow('s3:A'), allow('s3:A', C, TLS)],
      [`now also allows ${C} for s3:A ${where(TLS)}`],
    ],
    [
      'the action of what goes, under a condition',
      [allow('s3:A'), allow('s3:A', C, TLS)],
      [allow('s3:A')],
      [`no longer allows ${C} for s3:A ${where(TLS)}`],
    ],
  ])('%s', (_, before, after, expected) => {
    expect(changesOfStatements(before, after)).toEqual(expected);
  });
});

describe('the part that the other list has is told', () => {
  test.each<Row>([
    [
      'by its resources, with “only”',
      [allow('s3:A')],
      [allow('s3:A', X)],
      [`no longer allows s3:A on ${B} (now: only ${X})`],
    ],
    [
      'by its resources, without “only” where an inverse is among them',
      [allow('s3:A', '*')],
      [allow('s3:A', X), notOn('s3:A', B)],
      [`no longer allows s3:A on * (now: ${X}, all but ${B})`],
    ],
    [
      'once for statements that repeat it',
      [allow('s3:*')],
      [allow('s3:A'), allow('s3:A')],
      [`no longer allows s3:* on ${B} (now: only s3:A)`],
    ],
    [
      'with the conditions that differ, and only those',
      [allow('s3:*', B, RED)],
      [allow('s3:A', B, RED), allow('s3:B', B, BLUE), allow('s3:C')],
      [
        `no longer allows s3:* on ${B} ${where(RED)} (now: only s3:A, s3:B ${where(BLUE)}, s3:C without a condition)`,
        `now allows s3:B on ${B} ${where(BLUE)} (before ${where(RED)})`,
        `now allows s3:C on ${B} without a condition (before ${where(RED)})`,
      ],
    ],
    [
      'as a part where actions and resources differ',
      [allow('s3:Get*')],
      [allow('s3:GetA', X)],
      [`no longer allows s3:Get* on ${B} (now: a part of it)`],
    ],
    [
      'as a part where one has other actions and one other resources',
      [allow('s3:Get*')],
      [allow('s3:GetA'), allow('s3:Get*', X)],
      [`no longer allows s3:Get* on ${B} (now: a part of it)`],
    ],
  ])('%s', (_, before, after, expected) => {
    expect(changesOfStatements(before, after)).toEqual(expected);
  });
});

describe('other conditions are told', () => {
  const both: ConditionBlock = { ...RED, ...TLS };

  test.each<Row>([
    [
      'of an Allow and of a Deny of the same',
      [allow('s3:A'), deny('s3:A', B, RED)],
      [allow('s3:A', B, BLUE), deny('s3:A')],
      [
        `now allows s3:A on ${B} only ${where(BLUE)}`,
        `now denies s3:A on ${B} without a condition (before ${where(RED)})`,
      ],
    ],
    [
      'of the whole and of a part that changed otherwise',
      [allow('s3:*', B, RED)],
      [allow('s3:*', B, both), allow('s3:Get*', B, BLUE)],
      [
        `now allows s3:* on ${B} ${where(both)}, but s3:Get* on ${B} ${where(BLUE)} (before ${where(RED)})`,
        `now allows s3:Get* on ${B} ${where(both)}, or ${where(BLUE)} (before ${where(RED)})`,
      ],
    ],
    [
      'once where several statements have them',
      [allow('s3:A', B, RED)],
      [allow('s3:A', B, BLUE), allow('s3:*', B, BLUE)],
      [
        `now allows s3:A on ${B} ${where(BLUE)} (before ${where(RED)})`,
        `now also allows s3:* on ${B} ${where(BLUE)} (before: only s3:A ${where(RED)})`,
      ],
    ],
    [
      'but not as conditions where one statement of several has none',
      [allow('s3:A', B, RED)],
      [allow('s3:A', B, BLUE), allow('s3:A')],
      [`now allows s3:A on ${B} without a condition (before ${where(RED)})`],
    ],
    [
      'but for a part that only a Deny touches',
      [allow('s3:A')],
      [allow('s3:A', B, RED), deny('s3:A', X)],
      [`now allows s3:A on ${B} only ${where(RED)}`, `now denies s3:A on ${X}`],
    ],
    [
      'with a part that is there twice, once',
      [allow('s3:A')],
      [allow('s3:A', B, RED), allow('s3:A', X), allow('s3:A', X)],
      [`now allows s3:A on ${B} only ${where(RED)}, but s3:A on ${X} without a condition`],
    ],
  ])('%s', (_, before, after, expected) => {
    expect(changesOfStatements(before, after)).toEqual(expected);
  });
});

test('another condition is told once, in the words of now, where an action is spelt otherwise', () => {
  expect(changesOfStatements([allow('s3:get', B, RED)], [allow('s3:GET', B, BLUE)])).toEqual([
    `now allows s3:GET on ${B} ${where(BLUE)} (before ${where(RED)})`,
  ]);
});

test('a part is not told where its condition adds to one of those of the whole', () => {
  const part = allow('s3:GetA', B, { ...RED, ...TLS });
  const now = [allow('s3:Get*', B, RED), allow('s3:Get*', B, BLUE), part];
  expect(changesOfStatements([allow('s3:Get*')], now)).toEqual([
    `now allows s3:Get* on ${B} only ${where(RED)}, or ${where(BLUE)}`,
  ]);
});

test('a Deny on the resource of an Allow is no addition to it', () => {
  expect(changesOfStatements([allow('s3:A')], [allow('s3:A'), deny('s3:B')])).toEqual([
    `now denies s3:B on ${B}`,
  ]);
});

test('nothing changes between two empty lists', () => {
  expect(changesOfStatements([], [])).toEqual([]);
});
