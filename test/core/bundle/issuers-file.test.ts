import { describe, expect, test } from '@jest/globals';
import { compileBundle } from '../../../core/policy/compile-bundle.ts';
import { compiled, files, ISSUERS, language } from '../../support/bundles.ts';

type Changes = Readonly<Record<string, string>>;
type Mistake = readonly [what: string, changes: Changes, says: RegExp];

const issuers = (from: string, to: string): Changes => ({
  'issuers.yaml': ISSUERS.replace(from, to),
});

const ISSUER_MISTAKES: readonly Mistake[] = [
  ['an empty file', { 'issuers.yaml': '' }, /^issuers.yaml:1: /],
  ['an empty list', { 'issuers.yaml': 'issuers: []\n' }, /^issuers.yaml:1: issuers/],
  [
    'the same id twice',
    issuers('id: github', 'id: people'),
    /^issuers.yaml:3: issuers.1.id: is also the id of issuer 1/,
  ],
  ['a URL without TLS', issuers('https://ci', 'http://ci'), /^issuers.yaml:3: .*https/],
  ['no URL at all', issuers('https://ci.acme.example', 'ci.acme.example'), /^issuers.yaml:3: /],
  ['an id with a colon', issuers('id: github', 'id: "git:hub"'), /^issuers.yaml:3: .*16/],
  ['an id that is too long', issuers('github', 'g'.repeat(17)), /^issuers.yaml:3: .*16/],
  ['no subject', issuers('[owner, repo]', '[]'), /^issuers.yaml:3: issuers.1.subject/],
  [
    'an unknown field',
    issuers('clientId: cli', 'client: cli'),
    /^issuers.yaml:2: .*client: is not a known field/,
  ],
  ['an unknown type', issuers('type: User', 'type: Person'), /^issuers.yaml:2: .*User, Workload/],
  ['a missing audience', issuers('audience: valetkey, s', 's'), /^issuers.yaml:3: .*audience/],
];

describe('the issuers of a bundle', () => {
  test.each(ISSUER_MISTAKES)('are refused for %s, at its line', (_, changes, says) => {
    const bundle = compileBundle(files(changes), language);
    if (bundle.ok) throw new Error('it compiled');
    const mistakes = bundle.error.map(({ file, line, message }) => `${file}:${line}: ${message}`);
    expect(mistakes).toContainEqual(expect.stringMatching(says));
  });

  test('keep what their author writes, and nothing more', () => {
    expect(compiled().issuers).toEqual([
      {
        id: 'people',
        type: 'User',
        url: 'https://login.acme.example',
        audience: 'valetkey',
        clientId: 'cli',
        subject: ['sub'],
        name: 'email',
        groups: 'groups',
        mfa: { amr: ['mfa'] },
      },
      {
        id: 'github',
        type: 'Workload',
        url: 'https://ci.acme.example',
        audience: 'valetkey',
        subject: ['owner', 'repo'],
        name: 'repository',
        tags: ['ref', 'protected'],
      },
    ]);
  });
});
