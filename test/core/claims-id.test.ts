import { describe, expect, test } from '@jest/globals';
import { callerFromClaims } from '../../core/claims.ts';
import type { Issuer } from '../../core/issuer.ts';
import { principalKey } from '../../core/principal.ts';

const NOW = Date.parse('2026-11-23T10:00:00Z');

const JOBS: Issuer = {
  id: 'github',
  type: 'Workload',
  url: 'https://ci.acme.example',
  audience: ['valetkey'],
  subject: ['owner', 'repo'],
  name: 'repository',
  tags: ['ref'],
};

function idOf(owner: unknown, repo: unknown, issuer = JOBS): string {
  const made = callerFromClaims(issuer, { owner, repo }, NOW);
  return made.ok ? made.value.principal.id : made.error;
}

describe('an id', () => {
  test('of one claim is that claim unchanged; of several, each is encoded', () => {
    const single: Issuer = { ...JOBS, subject: ['owner'] };
    expect(idOf('a/b%2F:é ', 'unused', single)).toBe('github:a/b%2F:é ');
    expect(idOf('a/b', 'c%:é')).toBe('github:a%2Fb/c%25%3A%C3%A9');
  });

  test.each([
    ['missing', undefined],
    ['null', null],
    ['empty', ''],
    ['a list', ['1001']],
    ['too large to be exact', Number.MAX_SAFE_INTEGER + 1],
    ['not finite', Number.NaN],
    ['longer than 512 characters', 'x'.repeat(513)],
    ['with a line break', '10\n01'],
    ['with a delete character', '10\u007f01'],
    ['with a C1 control character', '10\u008501'],
  ])('is refused when any of its claims is %s', (_, value) => {
    expect(idOf(value, '2')).toMatch(/claim 'owner'/);
    expect(idOf('1', value)).toMatch(/claim 'repo'/);
  });

  test('has numbers and booleans as their text', () => {
    expect(idOf(1001, true)).toBe('github:1001/true');
    expect(idOf('x'.repeat(512), -7)).toBe(`github:${'x'.repeat(512)}/-7`);
  });

  test('is refused where it is too long for a key of the table', () => {
    const wide = 'é'.repeat(400);
    const single: Issuer = { ...JOBS, subject: ['owner'] };
    expect(idOf(wide, 'unused', single)).toBe(`github:${wide}`);
    const longest = `github:${'é'.repeat(496)}x`;
    expect(idOf(longest.slice(7), 'unused', single)).toBe(longest);
    expect(idOf(`${longest.slice(7)}x`, 'unused', single)).toMatch(/longer than 1000 bytes/);
    expect(idOf('東'.repeat(400), 'unused', single)).toBe(
      "the principal's id, made of 'owner', is longer than 1000 bytes",
    );
    // Each is encoded, which makes it six times as long.
    expect(idOf(wide, '2')).toBe(
      "the principal's id, made of 'owner' and 'repo', is longer than 1000 bytes",
    );
  });

  test('takes nothing from what every object inherits', () => {
    const issuer: Issuer = { ...JOBS, subject: ['toString'], tags: ['constructor', '__proto__'] };
    expect(callerFromClaims(issuer, {}, NOW).ok).toBe(false);
    const made = callerFromClaims({ ...issuer, subject: ['sub'] }, { sub: 'a' }, NOW);
    expect(made.ok && made.value.principal.tags).toEqual({});
  });
});

describe('the name', () => {
  test('falls back to the id, and is never longer than 256 characters', () => {
    const name = (repository: unknown) => {
      const made = callerFromClaims(JOBS, { owner: 1, repo: 2, repository }, NOW);
      return made.ok ? made.value.principal.name : made.error;
    };
    expect(name(undefined)).toBe('github:1/2');
    expect(name(null)).toBe('github:1/2');
    expect(name(7)).toBe('7');
    expect(name({})).toMatch("the claim 'repository' is an object");
    expect(name('x'.repeat(300))).toBe('x'.repeat(256));
    expect(name('\u200b\u3164 ')).toBe('github:1/2');
    expect(name(`${'x'.repeat(255)}😀y`)).toBe(`${'x'.repeat(255)}😀`);
    expect(name('a\ud800b')).toBe('ab');
    expect(name('shop\u2028\u2029\u202e\u2066\u0000\u001b[31m')).toBe('shop[31m');
  });

  test('changes neither id nor key hash, so that a rename gives nobody anything', () => {
    const made = (repository: string) => {
      const caller = callerFromClaims(JOBS, { owner: 1, repo: 2, repository }, NOW);
      if (!caller.ok) throw new Error(caller.error);
      return caller.value.principal;
    };
    expect(made('acme/shop').id).toBe(made('evil/shop').id);
    expect(principalKey(made('a')).slice(-16)).toBe(principalKey(made('b')).slice(-16));
  });
});
