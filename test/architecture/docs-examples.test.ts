import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { readBundleFiles } from '../../adapters/files/bundle-files.ts';
import { grantRequestBody } from '../../core/api/requests.ts';
import { formatBundleErrors } from '../../core/bundle/bundle.ts';
import { CEDAR_SCHEMA } from '../../core/bundle/cedar-schema.ts';
import { compileBundle } from '../../core/policy/compile-bundle.ts';
import { language, READ } from '../support/bundles.ts';
import { blocksOf } from '../support/documentation.ts';

/** What pages show of a bundle's files compiles, so that readers can copy it. */

const mistakesWith = (changes: Readonly<Record<string, string>>): string => {
  const compiled = compileBundle(
    new Map([...readBundleFiles('policy'), ...Object.entries(changes)]),
    language,
  );
  return compiled.ok ? '' : formatBundleErrors(compiled.error);
};
const blocks = (page: string, ...languages: readonly string[]) =>
  blocksOf(page).filter((block) => languages.includes(block.language));
const permit = (id: string) =>
  `@id("${id}") permit (principal, action == ValetKey::Action::"request", resource == ValetKey::Entitlement::"${id}");`;

test('the first rule of docs/policy.md', () => {
  const [entitlement, ...others] = blocks('docs/policy.md', 'yaml');
  const aCase = others.find(({ text }) => text.includes('- name:'));
  const [rule] = blocks('docs/policy.md', 'cedar');
  expect(
    mistakesWith({
      'entitlements/reports-read.yaml': entitlement?.text ?? 'none',
      'policies/reports.cedar': rule?.text ?? 'none',
      'cases/more.yaml': aCase?.text ?? 'none',
    }),
  ).toBe('');
});

describe('the common conditions of docs/policy.md', () => {
  const page = readFileSync('docs/policy.md', 'utf8');
  const [, table = ''] = /\n## Common conditions\n([\s\S]*?)\n## /.exec(page) ?? [];
  const rows = Array.from(
    table.matchAll(/^\| (.*?) \| `(.*)` \|$/gm),
    ([, use = '', text = '']) => [use, text.replaceAll('\\|', '|')] as const,
  ).filter(([use]) => use !== 'for');

  test('are a table of several', () => {
    expect(rows.length).toBeGreaterThan(5);
  });

  test.each(rows)('%s', (_, text) => {
    const clause = text.slice(text.indexOf('when {'));
    const policy = `permit (principal, action == ValetKey::Action::"request", resource) ${clause};`;
    expect(language.validate(CEDAR_SCHEMA, { p: policy })).toEqual([]);
    expect(language.parse(policy).ok).toBe(true);
  });
});

test('the approval of docs/lifecycle.md', () => {
  const block = blocks('docs/lifecycle.md', 'yaml').find(({ text }) =>
    text.startsWith('approval:'),
  );
  const entitlement = `${READ}${block?.text ?? 'none'}`;
  expect(
    mistakesWith({ 'entitlements/read.yaml': entitlement, 'policies/read.cedar': permit('read') }),
  ).toBe('');
});

test('the statements of docs/cdk-deploy.md', () => {
  const block = blocks('docs/cdk-deploy.md', 'yaml').find(({ text }) =>
    text.startsWith('statements:'),
  );
  const entitlement = READ.replace(/parameters:[\s\S]*/, block?.text ?? 'none');
  expect(
    mistakesWith({ 'entitlements/read.yaml': entitlement, 'policies/read.cedar': permit('read') }),
  ).toBe('');
});

test('the request with a scope in docs/policy.md', () => {
  const [block] = blocks('docs/policy.md', 'json');
  const body: unknown = JSON.parse(block?.text ?? 'null');
  expect(grantRequestBody.safeParse(body).error).toBeUndefined();
});

test('the steps of docs/ci.md use inputs of the action, and variables of the template', () => {
  const [github, , gitlab] = blocks('docs/ci.md', 'yaml').map(({ text }) => parse(text));
  const { with: inputs } = github.steps.find(({ uses = '' }: { uses?: string }) =>
    uses.includes('valetkey'),
  );
  const action = parse(readFileSync('ci/github/action.yml', 'utf8'));
  expect(Object.keys(inputs).filter((name) => !Object.hasOwn(action.inputs, name))).toEqual([]);
  const template = readFileSync('ci/gitlab.yml', 'utf8');
  const { extends: base, variables } = gitlab.deploy;
  expect(parse(template)).toHaveProperty([base]);
  expect(
    Object.keys(variables).filter(
      (name) => !template.includes(`$${name}`) && !template.includes(name),
    ),
  ).toEqual([]);
});
