import { describe, expect, test } from '@jest/globals';
import { formatBundleErrors } from '../../../core/bundle/bundle.ts';
import { compileBundle } from '../../../core/policy/compile-bundle.ts';
import { compiled, files, ISSUERS, language, PERMIT_READ, READ } from '../../support/bundles.ts';

/** Every mistake as `file:line: message`. */
function mistakesIn(changes: Readonly<Record<string, string | null>>): readonly string[] {
  const bundle = compileBundle(files(changes), language);
  if (bundle.ok) throw new Error('it compiled');
  return bundle.error.map(({ file, line, message }) => `${file}:${line}: ${message}`);
}

const issuers = (from: string, to: string) => ({ 'issuers.yaml': ISSUERS.replace(from, to) });
const policies = (text: string) => ({ 'policies/more.cedar': text });

const REQUEST = 'action == ValetKey::Action::"request"';
const permit = (id: string, when = 'true', head = `principal, ${REQUEST}, resource`) =>
  `@id("${id}")\npermit (${head})\nwhen { ${when} };\n`;
const of = (principal: string) => permit('x', 'true', `${principal}, ${REQUEST}, resource`);

type Case = readonly [what: string, changes: Readonly<Record<string, string | null>>, says: RegExp];

const ISSUER_MISTAKES: readonly Case[] = [
  ['an empty file', { 'issuers.yaml': '' }, /^issuers.yaml:1: /],
  ['an empty list', { 'issuers.yaml': 'issuers: []\n' }, /^issuers.yaml:1: issuers/],
  ['the same id twice', issuers('id: github', 'id: people'), /^issuers.yaml:3: .*issuer 1/],
  ['a URL without TLS', issuers('https://ci', 'http://ci'), /^issuers.yaml:3: .*https/],
  ['no URL at all', issuers('https://ci.acme.example', 'ci.acme.example'), /^issuers.yaml:3: /],
  ['an id with a colon', issuers('id: github', 'id: "git:hub"'), /^issuers.yaml:3: .*16/],
  ['an id that is too long', issuers('github', 'g'.repeat(17)), /^issuers.yaml:3: .*16/],
  ['no subject', issuers('[owner, repo]', '[]'), /^issuers.yaml:3: issuers.1.subject/],
  [
    'an unknown field',
    issuers('clientId: cli', 'client: cli'),
    /^issuers.yaml:2: .*client: .*fiel/,
  ],
  ['an unknown type', issuers('type: User', 'type: Person'), /^issuers.yaml:2: .*User, Workload/],
  ['a missing audience', issuers('audience: valetkey, s', 's'), /^issuers.yaml:3: .*audience/],
];

const POLICY_MISTAKES: readonly Case[] = [
  ['an id in capitals', policies(permit('No Spaces')), /^policies\/more.cedar:1: @id\("No Spaces"/],
  [
    'an advice without words',
    policies(`${permit('a')}\n@id("f") @advice("")\nforbid (principal, ${REQUEST}, resource);`),
    /^policies\/more.cedar:5: .*'f' has no advice/,
  ],
  ['one id twice in a file', policies(permit('a') + permit('a', '1 > 0')), /more.cedar:4: .*taken/],
  [
    'the same policy twice',
    policies(permit('a') + permit('b') + permit('a')),
    /more.cedar:7: .*"a".*taken/,
  ],
  [
    'a syntax error far below',
    policies(`${permit('a')}\n\nperm (x);`),
    /^policies\/more.cedar:6: /,
  ],
  ['an unknown action', policies(permit('x').replace('"request"', '"ask"')), /more.cedar:2: .*ask/],
  [
    'a type error in the second policy',
    policies(permit('a') + permit('b', 'context.durationSeconds == "1h"')),
    /^policies\/more.cedar:6: policy 'b'/,
  ],
  ['an unknown attribute', policies(permit('x', 'resource.owner == "a"')), /more.cedar:3: .*owner/],
  ['a tag without a check', policies(permit('x', 'principal.getTag("ref") == "a"')), /:3: .*tag/i],
  ['a principal of an unknown type', policies(of('principal is ValetKey::Robot')), /:2: .*Robot/],
  ['a user without issuer', policies(of('principal == ValetKey::User::"ana"')), /:1: .*'ana'/],
  [
    'a workload of a lost issuer',
    policies(of('principal == ValetKey::Workload::"ci:1"')),
    /'ci:1'/,
  ],
  [
    'a group of an unknown issuer in a condition',
    policies(permit('x', 'principal in ValetKey::Group::"peopel:a"')),
    /^policies\/more.cedar:1: policy 'x': 'peopel:a'.*people, github/,
  ],
  [
    'an unknown entitlement in a condition',
    policies(permit('x', 'resource == ValetKey::Entitlement::"raed"')),
    /^policies\/more.cedar:1: policy 'x': there is no entitlement 'raed'/,
  ],
  [
    'a template for resources',
    policies(of('principal').replace('resource)', 'resource == ?resource)')),
    /templates/,
  ],
];

describe('the issuers', () => {
  test.each(ISSUER_MISTAKES)('with %s are refused at the line', (_, changes, says) => {
    const mistakes = mistakesIn(changes);
    expect(mistakes.find((it) => says.test(it)) ?? mistakes).toEqual(expect.any(String));
  });
});

describe('the policies', () => {
  test.each(POLICY_MISTAKES)('with %s are refused at the line', (_, changes, says) => {
    const mistakes = mistakesIn(changes);
    expect(mistakes.find((it) => says.test(it)) ?? mistakes).toEqual(expect.any(String));
  });

  test('keep their text, effect and advice, by id', () => {
    const forbid = `@id("f") @advice("Not now.") forbid (principal, ${REQUEST}, resource);`;
    const bundle = compiled(files(policies(`${forbid}\n${permit('a')}`)));
    expect(Object.keys(bundle.policies)).toEqual(['a', 'f', 'read-is-fine']);
    expect(bundle.policies['f']).toMatchObject({
      effect: 'forbid',
      advice: 'Not now.',
      text: forbid,
    });
    expect(bundle.policies['a']?.advice).toBeNull();
  });
});

describe('the hash', () => {
  test('follows what stands in the files, not the order in which they were read', () => {
    const all = { ...policies(permit('a')), 'entitlements/b.yaml': READ.replace('read', 'b') };
    const { hash } = compiled(files(all));
    expect(hash).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(compiled(new Map([...files(all)].reverse())).hash).toBe(hash);
    const swapped = { 'policies/read.cedar': permit('a'), 'policies/more.cedar': PERMIT_READ };
    expect(compiled(files({ ...all, ...swapped })).hash).not.toBe(hash);
    expect(compiled(files({ ...all, ...policies(permit('a', '1 > 0')) })).hash).not.toBe(hash);
  });

  test('of an entitlement follows its definition only', () => {
    const hashOf = (text: string) =>
      compiled(files({ 'entitlements/read.yaml': text })).entitlements['read']?.hash;
    expect(hashOf(`# a remark\n${READ}`)).toBe(hashOf(READ));
    expect(hashOf(READ.replace('maxDuration: 8h', 'maxDuration: 480m'))).toBe(hashOf(READ));
    for (const changed of ['s3:GetObject', '{1,20}', 'Read', 'low'].map((it) =>
      READ.replace(it, it === 'low' ? 'high' : it.replace(/.$/, 'x')),
    )) {
      const bundle = compileBundle(files({ 'entitlements/read.yaml': changed }), language);
      if (bundle.ok) expect(bundle.value.entitlements['read']?.hash).not.toBe(hashOf(READ));
    }
  });
});

test('mistakes are shown one to a line, with the place first', () => {
  const one = { file: 'a.yaml', line: 3, message: 'is wrong' };
  expect(formatBundleErrors([one])).toBe('The policy bundle has 1 mistake:\n  a.yaml:3: is wrong');
  expect(formatBundleErrors([one, one])).toContain('has 2 mistakes:\n');
});
