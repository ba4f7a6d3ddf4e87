import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { callerFromClaims } from '../../core/claims.ts';
import type { Issuer } from '../../core/issuer.ts';
import { principalKey } from '../../core/principal.ts';
import { sourceIdentity } from '../../core/session.ts';

const PEOPLE: Issuer = {
  id: 'people',
  type: 'User',
  url: 'https://login.acme.example',
  audience: 'valetkey',
  subject: ['sub'],
  name: 'email',
  groups: 'groups',
  mfa: { amr: ['mfa', 'hwk'] },
};

const JOBS: Issuer = {
  ...PEOPLE,
  id: 'github',
  type: 'Workload',
  subject: ['owner', 'repo'],
  tags: ['ref', 'protected', 'missing'],
};

function caller(issuer: Issuer, claims: Record<string, unknown>) {
  const made = callerFromClaims(issuer, claims);
  if (!made.ok) throw new Error(made.error);
  return made.value;
}

describe('claims', () => {
  test('make an id of issuer and subject, and a name that is only for display', () => {
    const { principal } = caller(PEOPLE, { sub: 'ana', email: 'ana@acme.example' });
    expect(principal).toMatchObject({ type: 'User', id: 'people:ana', name: 'ana@acme.example' });
  });

  test('of several subjects never make the same id for two principals', () => {
    const id = (owner: unknown, repo: unknown) => caller(JOBS, { owner, repo }).principal.id;
    expect(id('1001', '2002')).toBe('github:1001/2002');
    expect(id('a/b', 'c')).not.toBe(id('a', 'b/c'));
    expect(id('a%2Fb', 'c')).not.toBe(id('a/b', 'c'));
    fc.assert(
      fc.property(fc.tuple(text, text), fc.tuple(text, text), (a, b) => {
        fc.pre(a[0] !== b[0] || a[1] !== b[1]);
        expect(id(a[0], a[1])).not.toBe(id(b[0], b[1]));
      }),
    );
  });
  const text = fc.string({
    minLength: 1,
    maxLength: 8,
    unit: fc.constantFrom('a', '/', '%', '2', 'F', ':'),
  });

  test.each([
    ['missing', {}],
    ['empty', { sub: '' }],
    ['null', { sub: null }],
    ['a list', { sub: ['ana'] }],
    ['an object', { sub: { id: 'ana' } }],
    ['half a number', { sub: 1.5 }],
    ['a control character', { sub: 'ana\u0000' }],
    ['a lone surrogate', { sub: 'ana\ud800' }],
    ['endless', { sub: 'a'.repeat(513) }],
  ])('make no principal when the subject is %s', (_, claims) => {
    const made = callerFromClaims(PEOPLE, claims);
    expect(made.ok ? '' : made.error).toContain("'sub'");
  });

  test('give groups only as a list of texts, qualified by the issuer', () => {
    const groups = (value: unknown) => callerFromClaims(PEOPLE, { sub: 'ana', groups: value });
    expect(groups(['a', 'b', 'a'])).toMatchObject({
      value: { principal: { groups: ['people:a', 'people:b'] } },
    });
    expect(groups('a')).toMatchObject({ value: { principal: { groups: ['people:a'] } } });
    expect(groups(undefined)).toMatchObject({ value: { principal: { groups: [] } } });
    expect(groups(['a', 7]).ok).toBe(false);
    expect(groups({ a: 1 }).ok).toBe(false);
  });

  test('become tags only where the issuer lists them, and only as text', () => {
    const { principal } = caller(JOBS, {
      owner: 1,
      repo: 2,
      ref: 'main',
      protected: true,
      actor: 'eve',
    });
    expect(principal.tags).toEqual({ ref: 'main', protected: 'true' });
  });

  test('show a second factor only by the methods that the issuer lists', () => {
    const mfa = (amr: unknown) => caller(PEOPLE, { sub: 'ana', amr }).authentication.mfa;
    expect(mfa(['pwd', 'hwk'])).toBe(true);
    expect(mfa('mfa')).toBe(true);
    expect(mfa(['pwd'])).toBe(false);
    expect(mfa(undefined)).toBe(false);
    expect(caller(JOBS, { owner: 1, repo: 2, auth_time: 10 }).authentication.signedInAt).toBe(
      10_000,
    );
    expect(caller(PEOPLE, { sub: 'ana', auth_time: 'now' }).authentication.signedInAt).toBeNull();
  });

  test('that were not used are not shown', () => {
    expect(caller(PEOPLE, { sub: 'ana', iss: 'i', phone: '1' }).claims).toEqual({
      sub: 'ana',
      iss: 'i',
    });
  });

  test('cannot forge lines or direction by way of the name', () => {
    const { principal } = caller(PEOPLE, { sub: 'ana', email: 'ana\nINFO\u202e' });
    expect(principal.name).toBe('anaINFO');
  });
});

describe('a principal key', () => {
  test('is readable, has no dot, and fits a SourceIdentity with any grant id', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), fc.string(), (name, id) => {
        const key = principalKey({ name, id });
        expect(key).toMatch(/^[a-z0-9][a-z0-9-]{0,39}$/);
        expect(sourceIdentity(key, `gr_${'0'.repeat(20)}`).length).toBeLessThanOrEqual(64);
      }),
    );
    expect(principalKey({ name: 'Ana.Lima@acme.example', id: 'people:ana' })).toMatch(
      /^ana-lima-[0-9a-z]{16}$/,
    );
  });

  test('differs for different ids of one name, and its hash stays when the name changes', () => {
    const key = (name: string, id: string) => principalKey({ name, id });
    expect(key('ana', 'people:1')).not.toBe(key('ana', 'people:2'));
    expect(key('ana', 'people:1').slice(-16)).toBe(key('bea', 'people:1').slice(-16));
  });
});
