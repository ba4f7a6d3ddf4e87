import { describe, expect, test } from '@jest/globals';
import type { Entitlement, Statement } from '../../../core/entitlement.ts';
import type { UsedGrant } from '../../../core/usage/evidence.ts';
import { type Evidence, propose, statementsLeft } from '../../../core/usage/propose.ts';
import { suggestParameter } from '../../../core/usage/suggest-parameter.ts';
import type { Answer } from '../../../core/usage.ts';
import { entitlement, parameter } from '../../support/entitlements.ts';
import {
  type CallsOf,
  DEPLOYMENT,
  judgedActions,
  MAP,
  principalsOf,
  usedGrant,
} from './usage-bench.ts';

const ALL = 'arn:aws:s3:::acme/*';
const allow = (Action: readonly string[], Resource: readonly string[] = [ALL]): Statement => ({
  ...{ Effect: 'Allow', Action, Resource },
});
const of = (...statements: readonly Statement[]): Entitlement => entitlement({ statements });
const GET = 's3:GetObject arn:aws:s3:::acme/releases/1/a.zip';
const DAY = 86_400_000;

function proposed(
  from: Entitlement,
  answers: Readonly<Record<string, Answer>>,
  calls: CallsOf | ((index: number) => CallsOf) = { [GET]: 1 },
  changes: Partial<Evidence> & { readonly count?: number } = {},
) {
  const { count = 6, ...rest } = changes;
  const grants = Array.from({ length: count }, (_, index) =>
    usedGrant(index, typeof calls === 'function' ? calls(index) : calls),
  );
  return propose(from, {
    judged: { actions: judgedActions(answers), principals: principalsOf(3), unread: 0 },
    ...{ grants, map: MAP, deployment: DEPLOYMENT, ...rest },
  });
}

const left = (found: ReturnType<typeof proposed>) =>
  found.ok ? statementsLeft(found.value) : found.error;

describe('actions', () => {
  test('an unused action goes, and used and unknown ones stay', () => {
    const from = of(allow(['s3:GetObject', 's3:PutObject', 'iam:PassRole']));
    const answers = { 's3:GetObject': 'used', 's3:PutObject': 'unused', 'iam:PassRole': 'unknown' };
    const found = proposed(from, answers as Record<string, Answer>);
    expect(left(found)).toEqual([allow(['s3:GetObject', 'iam:PassRole'])]);
    expect(found).toMatchObject({ value: { dropped: ['s3:PutObject'] } });
  });

  test('an action that nobody judged stays', () => {
    const from = of(allow(['s3:GetObject', 's3:PutObject', 's3:ListBucket']));
    const found = proposed(from, { 's3:GetObject': 'used', 's3:PutObject': 'unused' });
    expect(left(found)).toEqual([allow(['s3:GetObject', 's3:ListBucket'])]);
  });

  test('a call is proof, whatever was judged, and in whatever capitals', () => {
    const from = of(allow(['s3:getobject', 's3:PutObject']));
    const found = proposed(from, { 's3:GetObject': 'unused', 's3:PutObject': 'unused' });
    expect(left(found)).toEqual([allow(['s3:getobject'])]);
  });

  test('a wildcard becomes the used and unknown actions that it stands for', () => {
    const found = proposed(of(allow(['s3:Get*', 's3:ListBucket'])), {
      's3:GetObject': 'used',
      's3:GetObjectTagging': 'unknown',
      's3:GetBucketAcl': 'unused',
      's3:ListBucket': 'used',
    });
    expect(left(found)).toEqual([allow(['s3:GetObject', 's3:GetObjectTagging', 's3:ListBucket'])]);
  });

  test('a wildcard stays if all that it stands for does', () => {
    const answers = {
      's3:GetObject': 'used',
      's3:GetObjectTagging': 'unknown',
      's3:GetBucketAcl': 'used',
      's3:PutObject': 'unused',
    } as const;
    expect(left(proposed(of(allow(['s3:Get*', 's3:PutObject'])), answers))).toEqual([
      allow(['s3:Get*']),
    ]);
  });

  test('a wildcard becomes the one action that it was used for, beside one that stays', () => {
    const answers = {
      's3:GetObject': 'used',
      's3:GetObjectTagging': 'unused',
      's3:GetBucketAcl': 'unused',
      's3:PutObject': 'used',
    } as const;
    expect(left(proposed(of(allow(['s3:Get*', 's3:PutObject'])), answers))).toEqual([
      allow(['s3:GetObject', 's3:PutObject']),
    ]);
  });

  test('a wildcard of a service that is not in the list stays', () => {
    const found = proposed(of(allow(['new:Get*', 's3:GetObject', 's3:PutObject'])), {
      's3:GetObject': 'used',
      's3:PutObject': 'unused',
    });
    expect(left(found)).toEqual([allow(['new:Get*', 's3:GetObject'])]);
  });

  test('a wildcard keeps an action that was used and that the list does not have', () => {
    const answers = { 's3:GetObject': 'unused', 's3:GetObjectTagging': 'unused' } as const;
    const more = { ...answers, 's3:GetBucketAcl': 'unused' } as const;
    const calls = { 's3:GetNewThing -': 1 };
    expect(left(proposed(of(allow(['s3:Get*'])), more, calls))).toEqual([
      allow(['s3:GetNewThing']),
    ]);
  });

  test('nothing of a service goes in which something was called whose action is not known', () => {
    const unmapped = [{ source: 's3.amazonaws.com', name: 'New', calls: 1, refused: 0 }];
    const grants = Array.from({ length: 6 }, (_, index) =>
      usedGrant(index, { [GET]: 1 }, index === 2 ? { unmapped } : {}),
    );
    const from = of(allow(['s3:GetObject', 's3:PutObject']));
    const found = proposed(from, { 's3:PutObject': 'unused' }, {}, { grants });
    expect(found).toMatchObject({ ok: false, error: { kind: 'nothing-to-drop' } });
  });

  test('an action that a used one may have needed stays, with the reason', () => {
    const actions = ['s3:PutObject', 's3:PutObjectTagging', 's3:ListBucket'];
    const answers = { 's3:PutObjectTagging': 'unused', 's3:ListBucket': 'unused' } as const;
    const found = proposed(of(allow(actions)), answers, { 's3:PutObject -': 1 });
    expect(left(found)).toEqual([allow(actions.slice(0, 2))]);
    expect(found).toMatchObject({
      value: { remarks: ['s3:PutObjectTagging stays: tags may need it'] },
    });
  });

  test('denies, conditions and statements of what they leave out stay', () => {
    const condition = { StringLike: { 's3:prefix': ['a/*'] } };
    const deny: Statement = { Effect: 'Deny', Action: ['s3:PutObject'], Resource: ['*'] };
    const rest: Statement = { Effect: 'Allow', NotAction: ['iam:*'], Resource: [ALL] };
    const conditional = { ...allow(['s3:GetObject', 's3:PutObject']), Condition: condition };
    const found = proposed(of(deny, rest, conditional), {
      's3:GetObject': 'used',
      's3:PutObject': 'unused',
    });
    expect(left(found)).toEqual([deny, rest, { ...conditional, Action: ['s3:GetObject'] }]);
  });

  test('a statement without any action left goes', () => {
    const from = of(allow(['s3:GetObject']), allow(['s3:PutObject']));
    const found = proposed(from, { 's3:GetObject': 'used', 's3:PutObject': 'unused' });
    expect(found).toMatchObject({ value: { statements: [from.statements[0], null] } });
  });

  test('a statement stays if a parameter that callers send would stand nowhere else', () => {
    const from = {
      ...of(allow(['s3:GetObject', 's3:ListBucket']), allow(['s3:PutObject'], [`${ALL}{{p}}`])),
      parameters: { p: parameter('[a-z]{1,8}') },
    };
    const answers = { 's3:PutObject': 'unused', 's3:ListBucket': 'unused' } as const;
    const grants = Array.from({ length: 6 }, (_, index) =>
      usedGrant(index, { [GET]: 1 }, { parameters: { p: 'x' } }),
    );
    const found = proposed(from, answers, {}, { grants });
    expect(left(found)).toEqual([allow(['s3:GetObject']), from.statements[1]]);
    const remark =
      'Nobody used statement 2. It stays, because the parameter p would stand in no statement without it, and callers send it';
    expect(found).toMatchObject({ value: { remarks: [remark] } });
  });

  test('a statement goes if its parameter stands in another one, or in none', () => {
    const from = {
      ...of(allow(['s3:GetObject'], [`${ALL}{{p}}`]), allow(['s3:PutObject'], [`${ALL}{{p}}`])),
      parameters: { p: parameter('[a-z]{1,8}'), q: parameter('[a-z]{1,8}') },
    };
    const answers = { 's3:GetObject': 'used', 's3:PutObject': 'unused' } as const;
    const grants = Array.from({ length: 6 }, (_, index) =>
      usedGrant(index, { [GET]: 1 }, { parameters: { p: 'x' } }),
    );
    const found = proposed(from, answers, {}, { grants });
    expect(left(found)).toEqual([from.statements[0]]);
    expect(found).toMatchObject({ value: { remarks: [], dropped: ['s3:PutObject'] } });
  });

  test('where everything was used or stays, nothing is proposed, and it says why', () => {
    const from = of(allow(['s3:GetObject', 'iam:PassRole']));
    const why = (answer: Answer) => {
      const found = proposed(from, { 's3:GetObject': 'used', 'iam:PassRole': answer });
      return found.ok ? null : found.error;
    };
    expect(why('used')).toEqual({
      kind: 'nothing-to-drop',
      why: 'everything that can be seen was used, or stays',
    });
    expect(why('unknown')?.why).toBe(
      'everything that can be seen was used, or stays; 1 of its actions cannot be seen',
    );
  });

  test('an entitlement that nobody used is to be retired, not emptied', () => {
    const from = of(allow(['s3:GetObject']));
    const found = proposed(from, { 's3:GetObject': 'unused' }, {});
    expect(found).toMatchObject({
      error: {
        kind: 'nobody-used-it',
        why: 'nobody used it: consider retiring it (0 calls under 6 grants of 3 people and jobs over 20 days).',
      },
    });
    const hidden = proposed(from, { 's3:GetObject': 'unknown' }, {});
    expect(hidden).toMatchObject({
      error: { why: expect.stringContaining(' of 1 more of its actions cannot be seen') },
    });
    // Something was called, and nothing of what it allows.
    const other = proposed(from, { 's3:GetObject': 'unused' }, { 'sts:GetCallerIdentity -': 1 });
    expect(other).toMatchObject({ error: { kind: 'nobody-used-it' } });
  });

  const called = usedGrant(6, { [GET]: 1 });
  const [use] = called.usage.actions;
  const unknown = { ...called.usage, calls: 0 };
  const source = { source: 's3.amazonaws.com', name: 'New', calls: 0, refused: 0, unproven: 1 };
  test.each<readonly [string, number, UsedGrant]>([
    ['is under way', 6, { ...called, until: null }],
    ['lacks its vend in the logs', 6, { ...called, usage: { ...called.usage, vends: 0 } }],
    [
      'has calls of which nothing is proven',
      7,
      { ...called, usage: { ...unknown, actions: use ? [{ ...use, calls: 0, unproven: 1 }] : [] } },
    ],
    [
      'has calls of which neither action nor outcome is known',
      7,
      { ...called, usage: { ...unknown, actions: [], unmapped: [source] } },
    ],
  ])('an entitlement is not called unused while a grant of it %s', (_, count, grant) => {
    const idle = Array.from({ length: 6 }, (__, index) => usedGrant(index, {}));
    const from = of(allow(['s3:GetObject', 's3:PutObject']));
    const answers = { 's3:GetObject': 'unknown', 's3:PutObject': 'unused' } as const;
    expect(proposed(from, answers, {}, { grants: [...idle, grant] })).toMatchObject({
      error: {
        kind: 'too-little',
        why: `nothing is proven to have been used under the ${count} grants that were read, but the logs show calls`,
      },
    });
  });
});

describe('evidence', () => {
  const from = of(allow(['s3:GetObject', 's3:PutObject']));
  const answers = { 's3:GetObject': 'used', 's3:PutObject': 'unused' } as const;

  test('grants, people and days are told', () => {
    expect(proposed(from, answers)).toMatchObject({
      value: {
        basis: { confidence: '6 calls under 6 grants of 3 people and jobs over 20 days' },
      },
    });
  });

  test('grants that were not read are told', () => {
    const judged = { actions: judgedActions(answers), principals: principalsOf(3), unread: 2 };
    expect(proposed(from, answers, undefined, { judged })).toMatchObject({
      value: { basis: { confidence: expect.stringContaining('2 further grants were not read') } },
    });
  });

  test.each([
    [1, '1 grant was'],
    [4, '4 grants were'],
  ])('too few grants: %d', (count, were) => {
    expect(proposed(from, answers, undefined, { count })).toMatchObject({
      error: { kind: 'too-little', why: `${were} read, and a proposal needs at least 5` },
    });
  });

  test('the least number of grants, people and days is enough', () => {
    const begin = 1_700_000_000_000;
    const over = (milliseconds: number): readonly UsedGrant[] =>
      Array.from({ length: 5 }, (_, index) => ({
        ...usedGrant(index, { [GET]: 1 }, { principal: `people:p${index % 2}` }),
        ...{ from: begin, until: index === 2 ? begin + milliseconds : begin + 1000 },
      }));
    expect(proposed(from, answers, undefined, { grants: over(14 * DAY) })).toMatchObject({
      value: {
        basis: {
          ...{ grants: 5, principals: 2, days: 14, calls: 5 },
          confidence: '5 calls under 5 grants of 2 people and jobs over 14 days',
        },
      },
    });
    expect(proposed(from, answers, undefined, { grants: over(14 * DAY - 1) })).toMatchObject({
      error: { why: 'the grants that were read cover 13 days, and a proposal needs at least 14' },
    });
  });

  test('one of each is told as one', () => {
    const grants = Array.from({ length: 5 }, (_, index) =>
      usedGrant(index, index === 0 ? { [GET]: 1 } : {}, { principal: 'people:p0' }),
    );
    const judged = { actions: judgedActions(answers), principals: principalsOf(1), unread: 1 };
    expect(proposed(from, answers, undefined, { grants, judged })).toMatchObject({
      value: {
        basis: {
          confidence:
            '1 call under 5 grants of 1 person or job over 16 days; 1 further grant was not read: nobody knows what was used there',
        },
      },
    });
    const short = grants.map((grant) => ({ ...grant, ...{ from: 0, until: DAY } }));
    expect(proposed(from, answers, undefined, { grants: short, judged })).toMatchObject({
      error: { why: 'the grants that were read cover 1 day, and a proposal needs at least 14' },
    });
  });

  const day = (index: number) => usedGrant(index, { [GET]: 1 }).from;
  describe.each<readonly [string, (grant: UsedGrant) => UsedGrant]>([
    ['is under way, or has just ended', (grant) => ({ ...grant, until: null })],
    ['had no keys', (grant) => ({ ...grant, usage: { ...grant.usage, vends: null } })],
    ['lacks its vend in the logs', (grant) => ({ ...grant, usage: { ...grant.usage, vends: 0 } })],
  ])('a grant that %s', (_, hollow) => {
    const readOnes = (count: number, principal?: string) =>
      Array.from({ length: count }, (__, index) =>
        usedGrant(index, { [GET]: 1 }, { ...(principal !== undefined && { principal }) }),
      );
    const told = (grants: readonly UsedGrant[]) => {
      const found = proposed(from, answers, undefined, { grants });
      return found.ok ? found.value.basis : found.error;
    };

    test('is not one of those that a proposal rests on', () => {
      const others = Array.from({ length: 9 }, (__, index) =>
        hollow(usedGrant(index + 4, { [GET]: 7 })),
      );
      expect(told([...readOnes(4), ...others])).toEqual({
        kind: 'too-little',
        why: '4 grants were read, and a proposal needs at least 5',
      });
      expect(told([...readOnes(5), ...others])).toMatchObject({
        ...{ grants: 5, principals: 3, days: 16, calls: 5 },
        confidence: '5 calls under 5 grants of 3 people and jobs over 16 days',
      });
    });

    test('makes no second person', () => {
      const other = hollow(usedGrant(1, { [GET]: 1 }, { principal: 'people:p1' }));
      expect(told([...readOnes(6, 'people:p0'), other])).toEqual({
        kind: 'too-little',
        why: 'the grants that were read are all of one principal, and 3 have used the entitlement',
      });
    });

    test('makes the time no longer', () => {
      const close = readOnes(6).map((grant) => ({ ...grant, from: day(0), until: day(1) }));
      const far = hollow(usedGrant(9, { [GET]: 1 }));
      expect(told([...close, far])).toEqual({
        kind: 'too-little',
        why: 'the grants that were read cover 4 days, and a proposal needs at least 14',
      });
    });
  });

  test('grants of one person, where several used the entitlement', () => {
    const grants = Array.from({ length: 6 }, (_, index) =>
      usedGrant(index, { [GET]: 1 }, { principal: 'people:p0' }),
    );
    expect(proposed(from, answers, undefined, { grants })).toMatchObject({
      error: { why: expect.stringContaining('all of one principal, and 3 have used') },
    });
    const judged = { actions: judgedActions(answers), principals: principalsOf(1), unread: 0 };
    expect(proposed(from, answers, undefined, { grants, judged })).toMatchObject({ ok: true });
  });

  test('too short a time', () => {
    const grants = Array.from({ length: 6 }, (_, index) => usedGrant(index, {}, { day: index }));
    expect(proposed(from, answers, undefined, { grants })).toMatchObject({
      error: { why: 'the grants that were read cover 5 days, and a proposal needs at least 14' },
    });
  });
});

describe('resources', () => {
  const used = { 's3:GetObject': 'used' } as const;
  const five = (index: number): CallsOf => ({
    [`s3:GetObject arn:aws:s3:::acme/releases/${index}/a.zip`]: 3,
    [`s3:GetObject arn:aws:s3:::acme/releases/${index}/b.zip`]: 1,
  });

  test('are narrowed to the path that all calls have in common', () => {
    const found = proposed(of(allow(['s3:GetObject'])), used, five);
    expect(left(found)).toEqual([allow(['s3:GetObject'], ['arn:aws:s3:::acme/releases/*'])]);
    expect(found).toMatchObject({
      value: {
        narrowed: [{ from: ALL, to: 'arn:aws:s3:::acme/releases/*', calls: 24, grants: 6 }],
        remarks: [expect.stringMatching(/^Each of 6 grants used one value at the \*/)],
      },
    });
  });

  test.each<readonly [string, readonly string[], string | null]>([
    [
      'one value for each grant',
      ['red/a/1', 'red/b', 'blue'],
      '3 grants used one value at the * of a/*: blue, red.',
    ],
    ['four values', ['d', 'c', 'b', 'a'], '4 grants used one value at the * of a/*: a, b, c, d.'],
    [
      'more than people read',
      ['e', 'd', 'c', 'b', 'a', 'f'],
      '6 grants used one value at the * of a/*: a, b, c, d and 2 more.',
    ],
    ['the same for all', ['red/a', 'red/b'], null],
    ['none for some', ['red', '/blue'], null],
    ['one that no pattern takes', ['red', 'blue', 'x(1)'], null],
  ])('may have a parameter where grants differ: %s', (_, tails, told) => {
    const found = suggestParameter(
      'a/*',
      tails.map((tail, index) => ({ grantId: `gr_${index}`, tail })),
    );
    expect(found?.slice('Each of '.length, found.indexOf(' A parameter')) ?? null).toBe(told);
  });

  test('have no parameter where a grant used two values', () => {
    const tails = [
      ['1', 'red/a'],
      ['1', 'blue/a'],
      ['2', 'red/a'],
    ] as const;
    expect(
      suggestParameter(
        'a/*',
        tails.map(([grantId, tail]) => ({ grantId, tail })),
      ),
    ).toBeNull();
  });

  test('have no parameter proposed that would not take the values of the grants', () => {
    const odd = (index: number): CallsOf => ({
      [`s3:GetObject arn:aws:s3:::acme/releases/x(${index})/a.zip`]: 4,
    });
    const found = proposed(of(allow(['s3:GetObject'])), used, odd);
    expect(left(found)).toEqual([allow(['s3:GetObject'], ['arn:aws:s3:::acme/releases/*'])]);
    expect(found).toMatchObject({ value: { remarks: [] } });
  });

  test('stay as they are where the logs may not show every call, and the proposal says so', () => {
    const from = of(allow(['s3:GetObject', 's3:PutObject']));
    const answers = { 's3:GetObject': 'used', 's3:PutObject': 'unused' } as const;
    const remark =
      'The resources of statement 1 stay as they are, because the logs may not show every call of s3:GetObject';
    const partly = judgedActions(answers).map((one) => ({ ...one, whole: false }));
    for (const actions of [partly, judgedActions({ 's3:PutObject': 'unused' })]) {
      const judged = { actions, principals: principalsOf(3), unread: 0 };
      const found = proposed(from, {}, five, { judged });
      expect(left(found)).toEqual([allow(['s3:GetObject'])]);
      expect(found).toMatchObject({ value: { narrowed: [], remarks: [remark] } });
    }
  });

  test('keep their placeholders, each with the value of its grant', () => {
    const from = entitlement({
      parameters: { team: parameter('[a-z]{1,8}') },
      statements: [allow(['s3:GetObject'], ['arn:aws:s3:::acme/{{team}}/*'])],
    });
    const grants = Array.from({ length: 6 }, (_, index) => {
      const team = index % 2 === 0 ? 'red' : 'blue';
      const calls = { [`s3:GetObject arn:aws:s3:::acme/${team}/logs/${index}`]: 4 };
      return usedGrant(index, calls, { parameters: { team } });
    });
    expect(left(proposed(from, used, {}, { grants }))).toEqual([
      allow(['s3:GetObject'], ['arn:aws:s3:::acme/{{team}}/logs/*']),
    ]);
  });

  test('of everything become those of a service, with the deployment as placeholders', () => {
    const arn = 'arn:aws:ssm:eu-central-1:111122223333:parameter/acme/';
    const from = of(allow(['ssm:GetParameter'], ['*']));
    const calls = (index: number) => ({ [`ssm:GetParameter ${arn}${index % 2}/x`]: 4 });
    expect(left(proposed(from, { 'ssm:GetParameter': 'used' }, calls))).toEqual([
      allow(['ssm:GetParameter'], ['arn:aws:ssm:{{region}}:{{account}}:parameter/acme/*']),
    ]);
  });

  const unchanged: readonly (readonly [string, Entitlement, (index: number) => CallsOf])[] = [
    ['with too few calls', of(allow(['s3:GetObject'])), () => ({ [GET]: 3 })],
    ['in too few grants', of(allow(['s3:GetObject'])), (i) => ({ ...(i < 4 && { [GET]: 30 }) })],
    [
      'where a call does not tell its resource',
      of(allow(['s3:GetObject'])),
      (index) => ({ ...five(index), ...(index === 5 && { 's3:GetObject -': 1 }) }),
    ],
    [
      'where a call was on what the entitlement does not allow',
      of(allow(['s3:GetObject'])),
      (index) => ({ ...five(index), 's3:GetObject arn:aws:s3:::acme': 1 }),
    ],
    [
      'where calls have no path in common',
      of(allow(['s3:GetObject'])),
      (index) => ({ [`s3:GetObject arn:aws:s3:::acme/file-${index}`]: 9 }),
    ],
    [
      'of an action that touches several resources at once',
      of(allow(['ec2:RunInstances'], ['*'])),
      () => ({ 'ec2:RunInstances arn:aws:ec2:eu-central-1:111122223333:instance/i-1': 9 }),
    ],
    [
      'where a key looks like a placeholder',
      of(allow(['s3:GetObject'])),
      () => ({ 's3:GetObject arn:aws:s3:::acme/{{account}}/a': 9 }),
    ],
  ];
  test.each(unchanged)('stay as they are %s', (_, from, calls) => {
    const answers = { ...used, 'ec2:RunInstances': 'used' } as const;
    expect(proposed(from, answers, calls)).toMatchObject({ error: { kind: 'nothing-to-drop' } });
  });

  test('stay as they are beside an action that cannot be seen', () => {
    const from = of(allow(['s3:GetObject', 's3:PutObject']));
    expect(proposed(from, { ...used, 's3:PutObject': 'unknown' }, five)).toMatchObject({
      error: {
        kind: 'nothing-to-drop',
        why: 'everything that can be seen was used, or stays; 1 of its actions cannot be seen',
      },
    });
  });
});
