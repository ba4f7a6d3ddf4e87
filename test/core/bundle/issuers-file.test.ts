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
  [
    'a scope that is none',
    issuers('clientId: cli', 'clientId: cli, scope: "api://a  b"'),
    /^issuers.yaml:2: .*scope: is not an OAuth scope/,
  ],
  [
    'a scope without a client',
    issuers('clientId: cli', 'scope: api://valetkey/use'),
    /^issuers.yaml:2: .*scope: is for signing in, and needs a clientId/,
  ],
  ['an unknown type', issuers('type: User', 'type: Person'), /^issuers.yaml:2: .*User, Workload/],
  [
    'two claims that tell entries apart',
    issuers('subject: [sub]', 'when: { a: b, c: d }, subject: [sub]'),
    /^issuers.yaml:2: .*exactly one claim/,
  ],
  [
    'no way to show MFA',
    issuers('mfa: { amr: [mfa] }', 'mfa: {}'),
    /^issuers.yaml:2: .*amr or acr/,
  ],
  [
    'another name for what is verified',
    issuers('subject: [sub]', 'claims: { aud: [x, aud] }, subject: [sub]'),
    /^issuers.yaml:2: .*aud.* is verified with the token/,
  ],
  [
    'a path without keys',
    issuers('subject: [sub]', 'claims: { uid: [] }, subject: [uid]'),
    /^issuers.yaml:2: .*claims.uid/,
  ],
  ['a missing audience', issuers('audience: valetkey, s', 's'), /^issuers.yaml:3: .*audience/],
];

describe('the issuers of a bundle', () => {
  test.each(ISSUER_MISTAKES)('are refused for %s, at its line', (_, changes, says) => {
    const bundle = compileBundle(files(changes), language);
    if (bundle.ok) throw new Error('it compiled');
    const mistakes = bundle.error.map(({ file, line, message }) => `${file}:${line}: ${message}`);
    expect(mistakes).toContainEqual(expect.stringMatching(says));
  });

  test('may have several audiences, group claims, nested claims and proofs of a second factor', () => {
    const fields = `claims: { roles: [realm_access, roles] }, when: { typ: [user, admin] }, groupSeparator: ' ', subject: [sub]`;
    const text = ISSUERS.replace('subject: [sub]', fields)
      .replace('audience: valetkey', 'audience: [valetkey, api]')
      .replace('groups: groups', 'groups: [groups, roles]')
      .replace('{ amr: [mfa] }', '{ acr: [gold] }');
    expect(compiled(files({ 'issuers.yaml': text })).issuers[0]).toMatchObject({
      audience: ['valetkey', 'api'],
      claims: { roles: ['realm_access', 'roles'] },
      when: { claim: 'typ', values: ['user', 'admin'] },
      groups: ['groups', 'roles'],
      groupSeparator: ' ',
      mfa: { amr: [], acr: ['gold'] },
    });
  });

  test('may ask for scopes when people sign in', () => {
    const text = ISSUERS.replace('clientId: cli', 'clientId: cli, scope: api://valetkey/use email');
    expect(compiled(files({ 'issuers.yaml': text })).issuers[0]).toMatchObject({
      clientId: 'cli',
      scope: 'api://valetkey/use email',
    });
  });

  test('keep what their author writes, and nothing more', () => {
    expect(compiled().issuers).toEqual([
      {
        id: 'people',
        type: 'User',
        url: 'https://login.acme.example',
        audience: ['valetkey'],
        clientId: 'cli',
        subject: ['sub'],
        name: 'email',
        groups: ['groups'],
        mfa: { amr: ['mfa'], acr: [] },
      },
      {
        id: 'github',
        type: 'Workload',
        url: 'https://ci.acme.example',
        audience: ['valetkey'],
        subject: ['owner', 'repo'],
        name: 'repository',
        tags: ['ref', 'protected'],
      },
    ]);
  });
});
