import { describe, expect, test } from '@jest/globals';
import type { ConditionBlock, Parameters, Statement } from '../../../core/entitlement.ts';
import { type Atom, atomsOf } from '../../../core/policy/atoms.ts';
import { compareStatements, isTooMuch } from '../../../core/policy/compare-statements.ts';

const B = 'arn:aws:s3:::b/*';
const TLS: ConditionBlock = { Bool: { 'aws:SecureTransport': 'true' } };

function allow(action: string, resource: string = B, Condition?: ConditionBlock): Statement {
  const plain = { Effect: 'Allow' as const, Action: [action], Resource: [resource] };
  return Condition === undefined ? plain : { ...plain, Condition };
}
const allBut = (...NotAction: readonly string[]): Statement => ({
  ...{ Effect: 'Allow', NotAction, Resource: [B] },
});
const notOn = (...NotResource: readonly string[]): Statement => ({
  ...{ Effect: 'Allow', Action: ['s3:A'], NotResource },
});

function lost(before: readonly Statement[], after: readonly Statement[], samples: Parameters = {}) {
  return compareStatements(before, after, samples).lost;
}

describe('what one list has and the other lacks', () => {
  test('is whole where nothing of it is there', () => {
    const [atom] = atomsOf([allow('s3:A')]);
    const whole = { atom, relation: 'whole', sure: true, others: [] };
    expect(compareStatements([allow('s3:A')], [allow('s3:B')], {}).lost).toEqual([whole]);
    expect(compareStatements([allow('s3:B')], [allow('s3:A')], {}).gained).toEqual([whole]);
  });

  test('is a matter of conditions where all of it is there under others', () => {
    const [atom] = atomsOf([allow('s3:A')]);
    const now = [allow('s3:*', B, TLS), allow('s3:C')];
    const others = atomsOf(now.slice(0, 1));
    expect(lost([allow('s3:A')], now)).toEqual([
      { atom, relation: 'condition', sure: true, others },
    ]);
  });

  test('is in part there with what touches it', () => {
    const [atom] = atomsOf([allow('s3:Get*')]);
    const others = atomsOf([allow('s3:GetObject')]);
    expect(lost([allow('s3:Get*')], [allow('s3:GetObject'), allow('s3:Put')])).toEqual([
      { atom, relation: 'part', sure: true, others },
    ]);
  });

  test('is told once, by the widest, or by the first of equals', () => {
    const actions = (...before: readonly string[]) =>
      lost(
        before.map((action) => allow(action)),
        [],
      ).map(({ atom }) => atom.action);
    expect(actions('s3:Get', 's3:*', 's3:Get*')).toEqual([{ in: 's3:*' }]);
    expect(actions('s3:GET', 's3:Get', 's3:get')).toEqual([{ in: 's3:GET' }]);
    expect(actions('s3:A', 's3:B')).toEqual([{ in: 's3:A' }, { in: 's3:B' }]);
  });

  test('is not covered by what does the opposite', () => {
    const deny: Statement = { ...allow('s3:*'), Effect: 'Deny' };
    expect(lost([allow('s3:A'), deny], [])).toHaveLength(2);
    expect(lost([allow('s3:A')], [deny])).toMatchObject([{ relation: 'whole' }]);
  });
});

describe('a difference is sure', () => {
  const [P, Q] = ['arn:aws:s3:::b/{{path}}', 'arn:aws:s3:::b/{{other}}'];

  test.each<readonly [string, Statement, Statement, Parameters?]>([
    ['if a text for its * is left', allow('s3:Get*'), allow('s3:GetObject')],
    ['if only no text for its * is left', allow('s3:Get*'), allow('s3:Get?*')],
    ['if a text for its second * is left', allow('s3:*Get*'), allow('s3:*Get')],
    ['if a letter for its ? is left', allow('s3:Get?'), allow('s3:Geta')],
    ['if a letter for its second ? is left', allow('s3:G?t?'), allow('s3:G?ta')],
    ['if it is of all actions but some', allBut('iam:*'), allow('s3:*')],
    ['if what is left out now was there', allow('s3:*'), allBut('s3:Get*')],
    ['if it is of all resources but some', notOn('arn:aws:s3:::c'), allow('s3:A')],
    ['if a resource that is left out now was there', allow('s3:A', '*'), notOn(B)],
    [
      'if a parameter that is left out now was there',
      allow('s3:A', '*'),
      notOn(P),
      { path: 'one' },
    ],
    [
      'if two parameters accept other values',
      allow('s3:A', P),
      allow('s3:A', Q),
      { path: 'x', other: 'y' },
    ],
    [
      'if a parameter is left out that was not',
      notOn('arn:aws:s3:::b/x'),
      notOn(P),
      { path: 'one' },
    ],
  ])('%s', (_, before, after, samples = {}) => {
    expect(lost([before], [after], samples)).toMatchObject([{ relation: 'part', sure: true }]);
  });

  test.each<readonly [string, readonly Statement[], readonly Statement[], Parameters?]>([
    ['if others may have all of it together', [allow('s3:A*')], [allow('s3:A'), allow('s3:A?*')]],
    ['if a value is not known', [allow('s3:A', P)], [allow('s3:A', Q)], { other: 'two' }],
    [
      'if both values are the same',
      [allow('s3:A', P)],
      [allow('s3:A', Q)],
      { path: 'x', other: 'x' },
    ],
    [
      'if a value is known of a parameter of another name only',
      [allow('s3:A', 'arn:aws:s3:::b/{{constructor}}')],
      [allow('s3:A', P)],
    ],
  ])('but not %s', (_, before, after, samples = {}) => {
    expect(lost(before, after, samples)).toMatchObject([{ relation: 'part', sure: false }]);
  });
});

describe('lists are too long to be compared in time', () => {
  const atoms = (count: number, name: string): readonly Atom[] =>
    atomsOf(Array.from({ length: count }, (_, index) => allow(`s3:${name}${index}`)));

  test('above 200,000 pairs of one that changed and one of the other list', () => {
    expect(isTooMuch(atoms(250, 'A'), atoms(400, 'B'))).toBe(false);
    expect(isTooMuch(atoms(250, 'A'), atoms(401, 'B'))).toBe(true);
  });

  test('where those of the same words count only as the other list', () => {
    const same = atoms(400, 'A');
    expect(isTooMuch(same, same)).toBe(false);
    expect(isTooMuch(same, [...same, ...atoms(500, 'B')])).toBe(false);
    expect(isTooMuch(same, [...same, ...atoms(501, 'B')])).toBe(true);
    expect(isTooMuch([...same, ...atoms(501, 'B')], same)).toBe(true);
  });
});
