import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Statement } from '../../../core/entitlement.ts';
import { wantedOf } from '../../../core/usage/wanted.ts';
import { wantedStatement } from '../../../core/usage/wanted-statement.ts';
import { cpuTime } from '../../support/cpu-time.ts';
import { draws } from '../../support/draws.ts';
import { CHAINED, grantRead, record, refused } from './usage-world.ts';

const allow = (Action: string, Resource: string, rest: Partial<Statement> = {}): Statement => ({
  ...{ Effect: 'Allow', Action: [Action], Resource: [Resource], ...rest },
});
const on = (arn: string) => ({ resources: [{ arn, type: null }] });
const id = (number: number) => `gr_${String(number).padStart(20, '0')}`;
const READ = [allow('s3:Get*', 'arn:aws:s3:::acme/{{prefix}}/*')];

const wanted = (statements: readonly Statement[], ...records: Parameters<typeof grantRead>[0]) =>
  wantedOf(statements, [grantRead(records)]).wanted;

describe('what was wanted', () => {
  test('is what was refused and no statement allows', () => {
    const grants = [
      grantRead([
        refused('s3:GetObject', on('arn:aws:s3:::other/a')),
        refused('s3:GetObject', on('arn:aws:s3:::acme/x/a')),
        refused('s3:PutObject', on('arn:aws:s3:::acme/x/a')),
        record(on('arn:aws:s3:::free/a')),
      ]),
      grantRead(
        [
          ...[1, 2].map(() => refused('s3:GetObject', on('arn:aws:s3:::other/a'))),
          refused('kms:CreateKey', { resources: [] }),
        ],
        { id: id(1) },
      ),
      grantRead([], { id: id(2), usage: null }),
    ];
    expect(wantedOf(READ, grants).wanted).toEqual([
      { action: 's3:GetObject', resource: 'arn:aws:s3:::other/a', calls: 3, grants: 2 },
      { action: 'kms:CreateKey', resource: null, calls: 1, grants: 1 },
      { action: 's3:PutObject', resource: 'arn:aws:s3:::acme/x/a', calls: 1, grants: 1 },
    ]);
  });

  test('counts calls with and without a resource apart', () => {
    const named = on('arn:aws:s3:::other/x');
    const calls = [named, named, { resources: [] }].map((one) => refused('s3:PutObject', one));
    expect(wanted(READ, ...calls)).toMatchObject([
      { resource: 'arn:aws:s3:::other/x', calls: 2 },
      { resource: null, calls: 1 },
    ]);
  });

  test('is nothing that one of several names of a statement allows', () => {
    const arn = 'arn:aws:s3:::acme/x';
    const call = refused('s3:GetObject', on(arn));
    const one = { Effect: 'Allow' } as const;
    const several = ['arn:aws:s3:::other/*', 'arn:aws:s3:::acme/*'];
    const allowing: readonly Statement[] = [
      { ...one, Action: ['kms:*', 's3:GetObject'], Resource: [arn] },
      { ...one, NotAction: ['kms:*', 's3:Put*'], Resource: [arn] },
      { ...one, Action: ['s3:*'], Resource: several },
    ];
    for (const statement of allowing) expect(wanted([statement], call)).toEqual([]);
    const others: readonly Statement[] = [
      { ...one, NotAction: ['kms:*', 's3:Get*'], Resource: [arn] },
      { ...one, Action: ['s3:*'], NotResource: several },
    ];
    for (const statement of others) expect(wanted([statement], call)).toHaveLength(1);
  });

  test('is not known where the record does not tell the resource, and some are allowed', () => {
    expect(wanted(READ, refused('s3:GetObject', { resources: [] }))).toEqual([]);
  });

  test('is not what a role was refused that is none of the grant: anybody can set a source identity', () => {
    const call = refused('s3:GetObject', on('arn:aws:s3:::other/a'));
    expect(wanted(READ, { ...call, role: 'arn:aws:iam::444455556666:role/eves' })).toEqual([]);
    // The statements of an entitlement do not govern what a chained role may do.
    expect(wanted(READ, { ...call, role: CHAINED })).toEqual([]);
    expect(wanted(READ, { ...call, role: null })).toHaveLength(1);
  });

  test('is compared as far as there is room, most refusals first, and says what is left', () => {
    const grants = Array.from({ length: 12 }, (_, grant) =>
      grantRead(
        Array.from({ length: grant === 0 ? 12 : 10 }, (_, at) =>
          refused('s3:GetObject', on(`arn:aws:s3:::other/${grant === 0 ? 'x' : grant}-${at % 10}`)),
        ),
        { id: id(grant) },
      ),
    );
    const found = wantedOf(READ, grants);
    expect(found).toMatchObject({ wantedLeftOut: 20 });
    expect(found.wanted).toHaveLength(100);
    expect(found.wanted[0]).toMatchObject({ resource: 'arn:aws:s3:::other/x-0', calls: 2 });
  });

  test('is found among many grants that were refused the same in the time of a few', () => {
    const long = (at: number) => `arn:aws:s3:::acme/${'a'.repeat(880)}${at}`;
    const statements = Array.from({ length: 8 }, () =>
      allow('s3:GetObject', `arn:aws:s3:::acme/${'*a'.repeat(5)}*b`),
    );
    const records = Array.from({ length: 20 }, (_, at) => refused('s3:GetObject', on(long(at))));
    const grants = Array.from({ length: 40 }, (_, at) => grantRead(records, { id: id(at) }));
    const few = cpuTime(() => wantedOf(statements, grants.slice(0, 4)));
    const all = cpuTime(() => expect(wantedOf(statements, grants).wanted).toHaveLength(20));
    expect(all / few).toBeLessThan(3);
  });

  test('counts refused calls alone', () => {
    const other = on('arn:aws:s3:::other/a');
    expect(wanted(READ, record(other), refused('s3:GetObject', other))).toMatchObject([
      { calls: 1 },
    ]);
  });

  test('is nothing that a chained role was refused: the entitlement does not govern its sessions', () => {
    const other = on('arn:aws:s3:::other/a');
    const chained = refused('s3:GetObject', { ...other, role: CHAINED });
    expect(wanted(READ, chained)).toEqual([]);
    expect(wanted(READ, chained, refused('s3:GetObject', other))).toMatchObject([{ calls: 1 }]);
  });

  test.each<[boolean, string, Statement]>([
    [false, 'that a condition allows', allow('*', '*', { Condition: { Bool: { x: 'true' } } })],
    [false, 'that a statement denies', allow('s3:*', '*', { Effect: 'Deny' })],
    [
      ...([true, 'that a condition denies'] as const),
      allow('s3:*', '*', { Effect: 'Deny', Condition: { Bool: { x: 'true' } } }),
    ],
    [false, 'that NotAction allows', { Effect: 'Allow', NotAction: ['kms:*'], Resource: ['*'] }],
    [true, 'that NotAction leaves out', { Effect: 'Allow', NotAction: ['s3:*'], Resource: ['*'] }],
    [
      ...([false, 'that NotResource allows'] as const),
      { Effect: 'Allow', Action: ['s3:*'], NotResource: ['arn:aws:s3:::acme/*'] },
    ],
    [
      ...([true, 'that NotResource leaves out'] as const),
      { Effect: 'Allow', Action: ['s3:*'], NotResource: ['arn:aws:s3:::other/*'] },
    ],
  ])('is (%p) a call %s', (isWanted, _, statement) => {
    const calls = wanted([statement], refused('s3:GetObject', on('arn:aws:s3:::other/a')));
    expect(calls.length > 0).toBe(isWanted);
  });

  test('takes the name of a resource as it is', () => {
    const odd = refused('s3:GetObject', on('arn:aws:s3:::acme/*'));
    expect(wanted([allow('s3:GetObject', 'arn:aws:s3:::acme/a')], odd)).toHaveLength(1);
    expect(wanted([allow('s3:GetObject', 'arn:aws:s3:::acme/?')], odd)).toEqual([]);
  });
});

describe('the statement that would allow it', () => {
  const statementOf = (resource: string | null) =>
    wantedStatement({ action: 's3:GetObject', resource, calls: 1, grants: 1 });

  test.each([
    ['arn:aws:s3:::other/a', 'arn:aws:s3:::other/a'],
    [null, '*'],
    ['arn:aws:s3:::other/a*b?c$d', 'arn:aws:s3:::other/a${*}b${?}c${$}d'],
    ['arn:aws:s3:::other/${aws:username}', 'arn:aws:s3:::other/${$}{aws:username}'],
  ])('names %p', (resource, pattern) => {
    expect(statementOf(resource)).toEqual({
      ...{ Effect: 'Allow', Action: ['s3:GetObject'], Resource: [pattern] },
    });
  });

  test.each(
    ['{{prefix}}', '\u0007', '\u202ea', 'a\u2028'].map((key) => `arn:aws:s3:::other/${key}`),
  )('does not exist for %p', (resource) => {
    expect(statementOf(resource)).toBeNull();
  });

  test('makes the call no longer wanted', () => {
    const key = fc.string({
      unit: fc.constantFrom('a', '*', '?', '$', '{', '}', '/'),
      minLength: 1,
    });
    fc.assert(
      fc.property(key, (text) => {
        const call = refused('s3:GetObject', on(`arn:aws:s3:::other/${text}`));
        const [first] = wanted(READ, call);
        const statement = first === undefined ? null : wantedStatement(first);
        fc.pre(statement !== null);
        expect(wanted(statement === null ? READ : [...READ, statement], call)).toEqual([]);
      }),
      { numRuns: draws(200) },
    );
  });
});
