import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parse } from 'yaml';
import { showWanted } from '../../../cli/usage/show-judged.ts';
import type { Statement } from '../../../core/entitlement.ts';
import { wantedOf } from '../../../core/usage/wanted.ts';
import type { Judged } from '../../../core/usage.ts';
import { grantRead, refused } from '../../core/usage/usage-world.ts';
import { compiled, files, READ } from '../../support/bundles.ts';
import { draws } from '../../support/draws.ts';
import { screen } from './fakes.ts';

/** The statements that `usage` prints for refused calls. Whoever called chose the names of the resources. */

const arnOf = (key: string) => `arn:aws:s3:::other/${key}`;
const callOf = (key: string) =>
  refused('s3:GetObject', { resources: [{ arn: arnOf(key), type: null }] });

function wantedFrom(statements: readonly Statement[], key: string) {
  return wantedOf(statements, [grantRead([callOf(key)])]);
}

/** What is printed below the heading. */
function printed(found: Pick<Judged, 'wanted' | 'wantedLeftOut'>): readonly string[] {
  const { out, text } = screen();
  showWanted(found as Judged, out);
  return text().split('\n').slice(1);
}

/** The statement on the line that is printed for a key; null where there is none. */
function statementFor(key: string): Statement | null {
  const [line = '', second] = printed(wantedFrom([], key));
  expect(second).toBeUndefined();
  const list: readonly { Effect: 'Allow'; Action: string; Resource: string }[] | null = parse(line);
  const statement = list?.[0];
  if (statement === undefined) return null;
  return { ...statement, Action: [statement.Action], Resource: [statement.Resource] };
}

/**
 * As IAM reads it: `*` and `?` are wildcards, and `${*}`, `${?}`, `${$}` the characters themselves.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
function allows(statement: Statement | null, key: string): boolean {
  const [pattern = ''] = statement?.Resource ?? [];
  const source = pattern.replace(/\$\{([*?$])\}|[\s\S]/g, (token, literal?: string) => {
    if (literal === undefined && token === '*') return '.*';
    if (literal === undefined && token === '?') return '.';
    return (literal ?? token).replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');
  });
  return new RegExp(`^${source}$`, 's').test(arnOf(key));
}

const keys = fc.string({
  unit: fc.constantFrom(...['a', 'b', '*', '?', '$', '{', '}', '/', "'", '"', '#', ': ', ' ', 'é']),
  minLength: 1,
});

describe('a statement for a refused call', () => {
  test('allows that call and no other, whatever its resource is called', () => {
    fc.assert(
      fc.property(keys, keys, (key, other) => {
        const statement = statementFor(key);
        fc.pre(statement !== null && key !== other);
        expect([key, other].map((one) => allows(statement, one))).toEqual([true, false]);
      }),
      { numRuns: draws(300) },
    );
  });

  test.each(['*', 'a*', 'a?', '$a', "it's"])('for %s can be put into an entitlement', (key) => {
    const [line] = printed(wantedFrom([], key));
    const bundle = compiled(files({ 'entitlements/read.yaml': `${READ}${line}\n` }));
    const statement = bundle.entitlements['read']?.statements.at(-1) ?? null;
    expect([key, 'b', `${key}b`].map((one) => allows(statement, one))).toEqual([
      true,
      false,
      false,
    ]);
    expect(wantedFrom(statement === null ? [] : [statement], key).wanted).toEqual([]);
  });

  test.each(['{{prefix}}', 'a\u0007', 'a\u202eb', 'a\u2028b'])(
    'does not exist for %j, and that is said',
    (key) => {
      expect(statementFor(key)).toBeNull();
      expect(printed(wantedFrom([], key))).toEqual([
        expect.stringMatching(
          /^ {2}# s3:GetObject on arn:aws:s3:::other\/.*: no pattern stands for this name alone {2}# 1 call in 1 grant$/,
        ),
      ]);
    },
  );

  test('whose resource the logs do not tell is for every one, and says so', () => {
    const call = { action: 's3:ListAllMyBuckets', resource: null, calls: 2, grants: 1 };
    expect(printed({ wanted: [call], wantedLeftOut: 0 })).toEqual([
      "  - { Effect: Allow, Action: 's3:ListAllMyBuckets', Resource: '*' }  # 2 calls in 1 grant; the logs do not tell on what",
    ]);
  });
});
