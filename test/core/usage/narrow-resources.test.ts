import { describe, expect, test } from '@jest/globals';
import type { Statement } from '../../../core/entitlement.ts';
import type { UsedGrant } from '../../../core/usage/evidence.ts';
import { narrowResources } from '../../../core/usage/narrow-resources.ts';
import type { ActionUse } from '../../../core/usage.ts';
import { DEPLOYMENT, usedGrant } from './usage-bench.ts';

/** From which calls a statement gets narrower resources, and from which it does not. */

const ALL = 'arn:aws:s3:::acme/*';
const allow = (Action: readonly string[], ...Resource: readonly string[]): Statement => ({
  ...{ Effect: 'Allow', Action, Resource },
});
const READ = allow(['s3:GetObject'], ALL);
const KEY = 'arn:aws:s3:::acme/releases/1/a.zip';
const five = (calls: Readonly<Record<string, number>>, count = 5) =>
  Array.from({ length: count }, (_, index) => usedGrant(index, calls));

function narrowed(
  statement: Statement,
  grants: readonly UsedGrant[],
  statements: readonly Statement[] = [statement],
) {
  const found = narrowResources(statement, grants, {
    builtIns: { ...DEPLOYMENT, partition: 'aws' },
    statements,
  });
  return found.narrowed.map(({ to }) => to);
}

/** The same grants, with something else about their first action. */
const changed = (grants: readonly UsedGrant[], changes: (use: ActionUse) => Partial<ActionUse>) =>
  grants.map((grant) => {
    const [first, ...rest] = grant.usage.actions;
    if (first === undefined) throw new Error('nothing was used');
    const actions = [{ ...first, ...changes(first) }, ...rest];
    return { ...grant, usage: { ...grant.usage, actions } };
  });

describe('resources become narrower', () => {
  test('from 20 calls in 5 grants on', () => {
    const calls = { [`s3:GetObject ${KEY}`]: 4 };
    expect(narrowed(READ, five(calls))).toEqual(['arn:aws:s3:::acme/releases/1/*']);
    expect(narrowed(READ, five({ [`s3:GetObject ${KEY}`]: 3 }))).toEqual([]);
    expect(narrowed(READ, five({ [`s3:GetObject ${KEY}`]: 9 }, 4))).toEqual([]);
  });

  test('by the calls of their own actions alone', () => {
    const calls = { [`s3:GetObject ${KEY}`]: 4, 's3:PutObject arn:aws:s3:::acme/other': 4 };
    const statements = [READ, allow(['s3:PutObject'], ALL)];
    expect(narrowed(READ, five(calls), statements)).toHaveLength(1);
    // As far as both go.
    const both = allow(['s3:GetObject', 's3:PutObject'], ALL);
    expect(narrowed(both, five(calls))).toEqual([]);
    const near = { [`s3:GetObject ${KEY}`]: 4, 's3:PutObject arn:aws:s3:::acme/releases/2': 4 };
    expect(narrowed(both, five(near))).toEqual(['arn:aws:s3:::acme/releases/*']);
  });

  test('where a statement has several, each by the calls on it', () => {
    const two = allow(['s3:GetObject'], ALL, 'arn:aws:s3:::other/*');
    expect(narrowed(two, five({ [`s3:GetObject ${KEY}`]: 4 }))).toHaveLength(1);
    const where = { account: '111122223333', region: 'eu-central-1' };
    const ssm = `arn:aws:ssm:${where.region}:${where.account}:parameter/shop/a`;
    const any = allow(['ssm:GetParameter'], '*');
    expect(narrowed(any, five({ [`ssm:GetParameter ${ssm}`]: 4 }))).toEqual([
      'arn:aws:ssm:{{region}}:{{account}}:parameter/shop/*',
    ]);
    const elsewhere = ssm.replace('eu-central-1', 'us-east-1').replace('111122223333', '4');
    const grants = [...five({ [`ssm:GetParameter ${elsewhere}`]: 4 })];
    expect(narrowed(any, grants)).toEqual(['arn:aws:ssm:us-east-1:4:parameter/shop/*']);
  });

  test('of everything not to what has nothing in common', () => {
    const any = allow(['s3:GetObject', 'ssm:GetParameter'], '*');
    const mixed = { [`s3:GetObject ${KEY}`]: 4, 'ssm:GetParameter arn:aws:ssm:a:1:parameter/x': 4 };
    expect(narrowed(any, five(mixed))).toEqual([]);
    const read = allow(['s3:GetObject'], '*');
    const buckets = { [`s3:GetObject ${KEY}`]: 4, 's3:GetObject arn:aws:s3:::other/b': 4 };
    expect(narrowed(read, five(buckets))).toEqual([]);
  });
});

describe('resources stay as they are', () => {
  const grants = five({ [`s3:GetObject ${KEY}`]: 4 });

  test('where an action is asked about several resources in one call', () => {
    const both = allow(['s3:GetObject', 'ec2:RunInstances'], ALL);
    expect(narrowed(both, grants)).toEqual([]);
  });

  test.each<[string, (use: ActionUse) => Partial<ActionUse>]>([
    ['does not name its resource', () => ({ unnamedCalls: 1 })],
    ['is on more resources than are kept', () => ({ otherResources: 1 })],
    [
      'is on what no ARN is',
      ({ resources }) => ({
        resources: [...resources, { resource: 'acme', calls: 1, refused: 0 }],
      }),
    ],
    [
      'is on a name with a wildcard',
      ({ resources }) => ({
        resources: [...resources, { resource: `${KEY}*`, calls: 1, refused: 0 }],
      }),
    ],
    [
      'is on what no statement allows',
      ({ resources }) => ({
        resources: [...resources, { resource: 'arn:aws:s3:::other/a', calls: 1, refused: 0 }],
      }),
    ],
  ])('where a call %s', (_, changes) => {
    expect(narrowed(READ, grants)).toHaveLength(1);
    expect(narrowed(READ, changed(grants, changes))).toEqual([]);
  });

  test.each(['*', '?', '$', '{{account}}', '\u202e', '\u2028', '\n', '\u0007'])(
    'where the name of a folder has %j, which a pattern or a reader takes for something else',
    (odd) => {
      const calls = { [`s3:GetObject arn:aws:s3:::acme/${odd}x/a`]: 4 };
      expect(narrowed(READ, five(calls))).toEqual([]);
      expect(narrowed(allow(['s3:GetObject'], '*'), five(calls))).toEqual([]);
    },
  );

  test('where calls of one of several actions do not name theirs', () => {
    const both = allow(['s3:GetObject', 's3:PutObject'], ALL);
    const two = five({ 's3:PutObject -': 4, [`s3:GetObject ${KEY}`]: 4 });
    expect(narrowed(both, two)).toEqual([]);
  });

  test('where a Deny alone has the resource of a call', () => {
    const elsewhere = five({ [`s3:GetObject ${KEY}`]: 4, 's3:GetObject arn:aws:s3:::other/a': 1 });
    const other = 'arn:aws:s3:::other/*';
    const denied = { ...allow(['s3:GetObject'], other), Effect: 'Deny' } as const;
    expect(narrowed(READ, elsewhere, [READ, denied])).toEqual([]);
    expect(narrowed(READ, elsewhere, [READ, allow(['s3:GetObject'], other)])).toHaveLength(1);
  });

  test('whatever was refused: that does not count, and does not hold them up', () => {
    const refused = changed(grants, ({ calls, resources }) => ({
      ...{ calls: calls + 8, refused: 8 },
      resources: [...resources, { resource: 'arn:aws:s3:::acme/other', calls: 8, refused: 8 }],
    }));
    expect(narrowed(READ, refused)).toEqual(['arn:aws:s3:::acme/releases/1/*']);
    const few = changed(five({ [`s3:GetObject ${KEY}`]: 5 }), () => ({
      ...{ calls: 5, refused: 2 },
      resources: [{ resource: KEY, calls: 5, refused: 2 }],
    }));
    expect(narrowed(READ, few)).toEqual([]);
  });

  test('where the pattern has a wildcard before its end', () => {
    const inside = allow(['s3:GetObject'], 'arn:aws:s3:::acme/*/a.zip');
    expect(narrowed(inside, grants)).toEqual([]);
    expect(narrowed(allow(['s3:GetObject'], KEY), grants)).toEqual([]);
    expect(narrowed(allow(['s3:GetObject'], 'arn:aws:s3:::acme/*/*'), grants)).toEqual([]);
  });
});
