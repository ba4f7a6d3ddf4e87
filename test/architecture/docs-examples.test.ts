import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { readBundleFiles } from '../../adapters/files/bundle-files.ts';
import { grantRequestBody } from '../../core/api/requests.ts';
import { SIGNAL_KINDS } from '../../core/audit.ts';
import { formatBundleErrors } from '../../core/bundle/bundle.ts';
import { CEDAR_SCHEMA } from '../../core/bundle/cedar-schema.ts';
import { compileBundle } from '../../core/policy/compile-bundle.ts';
import { readCases } from '../../core/policy/read-cases.ts';
import { benchFor, runCases } from '../../core/policy/run-cases.ts';
import { QUIET } from '../../core/request-signals.ts';
import { voterSignals } from '../../core/voter-signals.ts';
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

test('docs/signals.md defines every signal, and every kind of event', () => {
  const page = readFileSync('docs/signals.md', 'utf8');
  const [context = '', events = ''] = page.split('\n## Signals as events\n');
  const firstCells = (text: string) =>
    Array.from(text.matchAll(/^\| `([\w-]+)` \|/gm), ([, name = '']) => name);
  const [defined = '', wrong = ''] = context.split('\n## When a signal is wrong\n');
  const voter = voterSignals([], { grantId: '', requester: '', requestedAt: 0, now: 0 });
  const members = [...Object.keys(QUIET), ...Object.keys(voter)].toSorted();
  expect(firstCells(defined).toSorted()).toEqual(members);
  expect(firstCells(wrong).toSorted()).toEqual(members);
  expect(firstCells(events).toSorted()).toEqual(SIGNAL_KINDS.toSorted());
  const schema = Array.from(
    CEDAR_SCHEMA.matchAll(/signals: \{([^}]*)\}/g),
    ([, text = '']) => text,
  );
  expect(schema).toHaveLength(1);
  const inSchema = Array.from(schema[0]?.matchAll(/(\w+):/g) ?? [], ([, name = '']) => name);
  expect(inSchema.toSorted()).toEqual(members);
});

test('the policies of docs/signals.md, in the order of the signals, and its case', () => {
  const [policies] = blocks('docs/signals.md', 'cedar');
  const [aCase] = blocks('docs/signals.md', 'yaml');
  const added = { 'policies/signals.cedar': policies?.text ?? 'none' };
  expect(mistakesWith({ ...added, 'cases/signals.yaml': aCase?.text ?? 'none' })).toBe('');
  const bundle = compileBundle(
    new Map([...readBundleFiles('policy'), ...Object.entries(added)]),
    language,
  );
  const cases = readCases('cases/signals.yaml', aCase?.text ?? 'none');
  if (!bundle.ok || !cases.ok) throw new Error('the page has mistakes');
  const results = runCases(benchFor(bundle.value, language.engineFor), cases.value);
  expect(results.map(({ result }) => result.status)).toEqual(['passed']);
});

test.each([
  ['three denials in a row', { deniedInARow: 3 }, 'denied-in-a-row-needs-a-person'],
  ['a new network', { newNetwork: true }, 'new-network-needs-fresh-mfa'],
  ['a first use', { firstUse90Days: true }, 'rare-and-risky-needs-a-person'],
  ['an unusual hour', { offHours: true }, 'rare-and-risky-needs-a-person'],
  ['lapses and cancels', { lapsedLately: 3, cancelledLately: 2 }, 'asking-around-needs-a-person'],
  ['a token elsewhere', { tokenTwoNetworks: true }, 'a-token-in-two-places-needs-a-person'],
  ['a use from elsewhere', { otherNetwork: true }, 'keys-where-they-were-requested'],
])('docs/signals.md leaves it to a person after %s', (_, signals, policy) => {
  const [policies] = blocks('docs/signals.md', 'cedar');
  const [aCase] = blocks('docs/signals.md', 'yaml');
  const bundle = compileBundle(
    new Map([...readBundleFiles('policy'), ['policies/signals.cedar', policies?.text ?? 'none']]),
    language,
  );
  const text = (aCase?.text ?? '').replace('{ deniedInARow: 3 }', JSON.stringify(signals));
  const cases = readCases('cases/signals.yaml', text);
  if (!bundle.ok || !cases.ok) throw new Error('the page has mistakes');
  const [answer] = runCases(benchFor(bundle.value, language.engineFor), cases.value);
  expect(answer?.result).toMatchObject({
    decision: { outcome: 'approve', policies: expect.arrayContaining([policy]) },
  });
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
