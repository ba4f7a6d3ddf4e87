import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import {
  ACKNOWLEDGEABLE,
  ACKNOWLEDGEABLE_IN_ISSUERS,
  ACKNOWLEDGEABLE_IN_POLICIES,
} from '../../../core/bundle/acknowledgement.ts';
import { LINT_RULES } from '../../../core/policy/lint-warning.ts';

const page = readFileSync('docs/policy.md', 'utf8');
const [, section = ''] = page.split('\n## Warnings\n');
const rows = Array.from(
  section.matchAll(/^\| ((?:`[a-z-]+`(?:, )?)+) \| .* \| ?([a-z]*) ?\|$/gm),
  ([, rules = '', where = '']) => rules.split(', ').map((rule) => [rule.slice(1, -1), where]),
).flat();

const acceptedIn = (rule: string): string => {
  const within = (rules: readonly string[]) => rules.includes(rule);
  if (within(ACKNOWLEDGEABLE)) return 'entitlement';
  if (within(ACKNOWLEDGEABLE_IN_POLICIES)) return 'policy';
  return within(ACKNOWLEDGEABLE_IN_ISSUERS) ? 'issuer' : '';
};

test('docs/policy.md lists every warning once, and where it can be accepted', () => {
  const expected = LINT_RULES.map((rule) => [rule, acceptedIn(rule)]);
  expect(rows.toSorted()).toEqual(expected.toSorted());
});
