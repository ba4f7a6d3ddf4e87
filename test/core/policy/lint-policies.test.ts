import { describe, expect, test } from '@jest/globals';
import { READ } from '../../support/bundles.ts';
import { warningsOf } from './lint-bench.ts';

/** What is said of policies that can never apply, and of permits without a limit, to the letter. */

type Changes = Parameters<typeof warningsOf>[0];
const said = (changes: Changes) =>
  warningsOf(changes).map(({ rule, file, line, message }) => `${file}:${line} ${rule} ${message}`);
const permit = (
  principal: string,
  clauses: string,
  action = 'action == ValetKey::Action::"request"',
) => ({
  'policies/more.cedar': `@id("more") permit (${principal}, ${action}, resource) ${clauses};`,
});
const SHORT = 'context.durationSeconds < 9';

describe('the reason why a policy can never apply', () => {
  test.each([
    [
      'its clause is false',
      'principal',
      'false',
      'its head and its clauses are never true together',
    ],
    [
      'its head and its clause need different types',
      'principal is ValetKey::User',
      'principal is ValetKey::Workload',
      'its head and its clauses are never true together',
    ],
    [
      'no entitlement has the risk that it needs',
      'principal',
      'resource.risk == "critical"',
      'no action on any entitlement of the bundle fits its head and its clauses',
    ],
    [
      'the issuer makes no principals of its type',
      'principal == ValetKey::User::"github:x/y"',
      'true',
      "issuer 'github' makes principals of type Workload, not User",
    ],
    [
      'no issuer has both its type and its id',
      'principal is ValetKey::Workload',
      'principal.issuer == "people"',
      'no principal of any issuer fits its head and its clauses',
    ],
  ])('%s', (_, principal, clause, why) => {
    expect(said(permit(principal, `when { ${SHORT} && ${clause} }`))).toEqual([
      `policies/more.cedar:1 never-applies policy 'more' can never apply: ${why}`,
    ]);
  });
});

describe('a text that can look like another one', () => {
  const named = (text: string, annotation = ''): readonly string[] => {
    const { 'policies/more.cedar': policy } = permit(
      'principal',
      `when { ${SHORT} && context.justification != "${text}" }`,
    );
    return said({ 'policies/more.cedar': `${annotation}${policy}` });
  };

  test('because it has letters of several scripts', () => {
    expect(named('\u0430cme')).toEqual([
      `policies/more.cedar:1 look-alike policy 'more' has letters of several scripts in "\u0430cme", which can look like another text; write it with letters of one, or add @acknowledged("look-alike: <why>")`,
    ]);
  });

  test('because it is shown in another order than it has; the warning shows what is there', () => {
    expect(named('ac\u202eme')).toEqual([
      `policies/more.cedar:1 look-alike policy 'more' has characters in "ac\\u{202e}me" that change the order in which text is shown; leave them out, or add @acknowledged("look-alike: <why>")`,
    ]);
  });

  test('is accepted by its author', () => {
    expect(named('\u0430cme', '@acknowledged("look-alike: so they write themselves")\n')).toEqual(
      [],
    );
  });
});

describe('a permit without a limit on the duration', () => {
  const OTHER = {
    'entitlements/other.yaml': `${READ.replace('id: read', 'id: other')}approval: { approvers: ['people:boss'] }\n`,
  };

  test.each(['request', 'autoApprove'])(
    'is told of, with its entitlements, for %s alone',
    (action) => {
      const more = permit('principal', '', `action == ValetKey::Action::"${action}"`);
      expect(said({ ...OTHER, ...more })).toContainEqual(
        "policies/more.cedar:1 no-duration-limit policy 'more' permits other, read without a limit on the duration; add context.durationSeconds <= … to its when clause",
      );
    },
  );

  test('names each entitlement once', () => {
    const actions = 'action in [ValetKey::Action::"request", ValetKey::Action::"autoApprove"]';
    expect(said(permit('principal', '', actions))).toContainEqual(
      expect.stringContaining("'more' permits read without a limit"),
    );
  });
});
