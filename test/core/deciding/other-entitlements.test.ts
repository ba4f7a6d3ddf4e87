import { describe, expect, test } from '@jest/globals';
import type { CompiledEntitlement } from '../../../core/bundle/bundle.ts';
import { otherEntitlements } from '../../../core/deciding/other-entitlements.ts';
import { type Outcome, type Question, question } from '../../../core/decision.ts';
import type { Entitlement, Scope, Statement } from '../../../core/entitlement.ts';
import { err, ok } from '../../../core/result.ts';
import { compiled } from '../../support/bundles.ts';
import { entitlement, parameter } from '../../support/entitlements.ts';
import { NO_POLICY } from '../../support/failing-ports.ts';
import { ANA, NOW, world } from '../../support/memory-ports.ts';

const { ports } = world(compiled());

const PREFIX = { prefix: parameter('[a-z]+') };
const allow = (
  Action: string | readonly string[],
  Resource: string | readonly string[],
): Statement => ({
  Effect: 'Allow',
  Action: [Action].flat(),
  Resource: [Resource].flat(),
});
const OBJECTS = 'arn:aws:s3:::acme/{{prefix}}/*';
const ASKED = entitlement({
  id: 'asked',
  parameters: PREFIX,
  statements: [allow('s3:GetObject', OBJECTS)],
});
const WIDE: Partial<Entitlement> = {
  parameters: PREFIX,
  statements: [allow('s3:Get*', 'arn:aws:s3:::acme/*')],
};

function advised(
  other: Partial<CompiledEntitlement>,
  options: {
    readonly asked?: CompiledEntitlement;
    readonly scope?: Scope;
    readonly outcome?: Outcome;
    readonly sees?: boolean | null;
    readonly durationSeconds?: number;
    readonly startsInSeconds?: number;
    readonly ticket?: string;
    readonly decided?: Outcome;
  } = {},
) {
  const { asked = ASKED, scope = null, outcome = 'allow', sees = true } = options;
  const { durationSeconds = 1800, startsInSeconds = 0, ticket = null, decided = 'deny' } = options;
  const others = [asked, { ...entitlement(), ...WIDE, id: 'other', ...other }];
  const entitlements = Object.fromEntries(others.map((each) => [each.id, each]));
  const questions: Question[] = [];
  const advice = otherEntitlements({
    judge: {
      ...ports,
      bundle: { ...ports.bundle, entitlements },
      engine: { ...ports.engine, maySee: () => (sees === null ? err(NO_POLICY) : ok(sees)) },
    },
    asked: question(ANA, asked, ports.deployment, {
      ...{ now: NOW, durationSeconds, startsInSeconds, sourceIp: '10.0.0.1', ticket },
      ...{ justification: '', parameters: { prefix: 'a' }, scope, history: null },
    }),
    entitlement: asked,
    scope,
    decided,
    outcomeOf: (about) => {
      questions.push(about);
      return outcome;
    },
  });
  return { advice, questions };
}

const OTHER = ['Ask for other instead: it would be allowed at once.'];

describe('another entitlement on the same role is advised', () => {
  test('where it covers the request and has a better outcome', () => {
    const { advice, questions } = advised({});
    expect(advice).toEqual(OTHER);
    expect(questions).toMatchObject([
      {
        caller: { principal: ANA.principal },
        entitlement: { id: 'other' },
        facts: { parameters: { prefix: 'a' }, durationSeconds: 1800, now: NOW },
      },
    ]);
    expect(advised({}, { outcome: 'approve' }).advice).toEqual([
      'Ask for other instead: it could be approved.',
    ]);
  });

  test('where it covers only the scope that was requested', () => {
    const scope = { resources: ['arn:aws:s3:::acme/a/b'] };
    const narrow = { statements: [allow('s3:GetObject', 'arn:aws:s3:::acme/a/b')] };
    expect(advised(narrow, { scope }).advice).toEqual(OTHER);
    expect(advised(narrow).advice).toEqual([]);
  });

  test('where its statements cover the request together', () => {
    const both = [allow(['s3:GetObject', 's3:PutObject'], OBJECTS)];
    const asked = { ...ASKED, statements: [...both, allow('s3:ListBucket', 'arn:aws:s3:::acme')] };
    const wide = [
      allow('s3:*Object', 'arn:aws:s3:::acme/*'),
      allow('s3:List*', 'arn:aws:s3:::acme'),
    ];
    expect(advised({ statements: wide }, { asked }).advice).toEqual(OTHER);
    expect(advised({ statements: wide.slice(0, 1) }, { asked }).advice).toEqual([]);
    expect(advised({ statements: wide.slice(1) }, { asked }).advice).toEqual([]);
  });

  test('where one of its actions and one of its resources cover each of the request', () => {
    const lists = [allow(['s3:Put*', 's3:Get*'], ['arn:aws:s3:::other/*', 'arn:aws:s3:::acme/*'])];
    expect(advised({ statements: lists }).advice).toEqual(OTHER);
    const asked = {
      ...ASKED,
      statements: [allow(['s3:GetObject', 's3:PutObject'], [OBJECTS, 'arn:aws:s3:::other/a'])],
    };
    expect(advised({ statements: lists }, { asked }).advice).toEqual(OTHER);
    expect(advised({ statements: [allow('s3:Get*', '*')] }, { asked }).advice).toEqual([]);
    expect(advised({ statements: [allow('*', 'arn:aws:s3:::acme/*')] }, { asked }).advice).toEqual(
      [],
    );
  });

  test('where it allows the longest duration that was asked for, and no less', () => {
    expect(advised({ maxDurationSeconds: 1800 }).advice).toEqual(OTHER);
    expect(advised({ maxDurationSeconds: 1799 }).advice).toEqual([]);
  });

  test('where it has the same conditions, or none', () => {
    const mfa = { Bool: { 'aws:MultiFactorAuthPresent': 'true' } };
    const asked = {
      ...ASKED,
      statements: [{ ...allow('s3:GetObject', OBJECTS), Condition: mfa }],
    };
    const withCondition = (Condition: Statement['Condition']) => ({
      statements: [{ ...allow('s3:*', '*'), ...(Condition && { Condition }) }],
    });
    expect(advised(withCondition(mfa), { asked }).advice).toEqual(OTHER);
    expect(advised(withCondition(undefined), { asked }).advice).toEqual(OTHER);
    expect(advised(withCondition(mfa)).advice).toEqual([]);
    const other = { Bool: { 'aws:MultiFactorAuthPresent': 'false' } };
    expect(advised(withCondition(other), { asked }).advice).toEqual([]);
  });

  test('where denies of the request itself take something away', () => {
    const deny: Statement = { Effect: 'Deny', Action: ['s3:*'], Resource: ['arn:aws:s3:::acme/x'] };
    const asked = { ...ASKED, statements: [...ASKED.statements, deny] };
    expect(advised({}, { asked }).advice).toEqual(OTHER);
  });
});

describe('another entitlement is not advised', () => {
  test('where the outcome would be no better', () => {
    expect(advised({}, { outcome: 'deny' }).advice).toEqual([]);
  });

  test('where it is the very one that was asked for', () => {
    expect(advised(ASKED).advice).toEqual([]);
  });

  test.each([
    ['may not see it', false],
    ['may see it, as far as policy can say nothing', null],
  ])('where the caller %s', (_, sees) => {
    const { advice, questions } = advised({}, { sees });
    expect(advice).toEqual([]);
    expect(questions).toEqual([]);
  });

  test.each<[string, Partial<Entitlement>]>([
    ['is on another role', { target: 'arn:aws:iam::{{account}}:role/other' }],
    ['takes other parameters', { parameters: {} }],
    ['covers other actions', { statements: [allow('s3:PutObject', '*')] }],
    ['covers other resources', { statements: [allow('s3:*', 'arn:aws:s3:::other/*')] }],
    [
      'denies something',
      {
        statements: [
          allow('s3:*', '*'),
          { Effect: 'Deny', Action: ['s3:Put*'], Resource: ['arn:aws:s3:::acme/*'] },
        ],
      },
    ],
    [
      'allows all but some actions',
      { statements: [{ Effect: 'Allow', NotAction: ['iam:*'], Resource: ['*'] }] },
    ],
    [
      'allows all but some resources',
      { statements: [{ Effect: 'Allow', Action: ['s3:*'], NotResource: ['arn:aws:s3:::x/*'] }] },
    ],
    ['names no actions', { statements: [{ Effect: 'Allow', Resource: ['*'] }] }],
    ['names no resources', { statements: [{ Effect: 'Allow', Action: ['*'] }] }],
  ])('where it %s', (_, other) => {
    const { advice, questions } = advised(other);
    expect(advice).toEqual([]);
    expect(questions).toEqual([]);
  });

  test.each<[string, Statement]>([
    ['all but some actions', { Effect: 'Allow', NotAction: ['iam:*'], Resource: ['*'] }],
    ['all but some resources', { Effect: 'Allow', Action: ['s3:*'], NotResource: ['arn:x'] }],
  ])('where the request allows %s, which nothing is known to contain', (_, statement) => {
    const asked = { ...ASKED, statements: [statement] };
    expect(advised({ statements: [allow('*', '*')] }, { asked }).advice).toEqual([]);
  });

  test('where the request allows nothing, or its scope is not contained', () => {
    const asked = { ...ASKED, statements: [] };
    expect(advised({}, { asked }).advice).toEqual([]);
    const scope = { actions: ['iam:PassRole'] };
    expect(advised({ statements: [allow('*', '*')] }, { scope }).advice).toEqual([]);
  });
});

describe('another entitlement is not advised', () => {
  test('where it could not be requested like this', () => {
    expect(advised({ justification: 'required' }).advice).toEqual([]);
    expect(advised({ breakGlass: true }).advice).toEqual([]);
    expect(advised({ maxDurationSeconds: 1799 }).advice).toEqual([]);
  });

  test('where it is break-glass, and the request is for later', () => {
    const glass = { breakGlass: true };
    expect(advised(glass, { ticket: 'INC-1' }).advice).toEqual(OTHER);
    expect(advised(glass, { ticket: 'INC-1', startsInSeconds: 1 }).advice).toEqual([]);
    expect(advised({}, { startsInSeconds: 1 }).advice).toEqual(OTHER);
  });

  test('to who waits for an approval, unless it would be allowed at once', () => {
    expect(advised({}, { decided: 'approve' }).advice).toEqual(OTHER);
    expect(advised({}, { decided: 'approve', outcome: 'approve' }).advice).toEqual([]);
  });
});
