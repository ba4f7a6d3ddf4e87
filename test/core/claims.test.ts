import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { callerFromClaims } from '../../core/claims.ts';
import type { Issuer } from '../../core/issuer.ts';
import { err } from '../../core/result.ts';

const NOW = Date.parse('2026-11-23T10:00:00Z');

const PEOPLE: Issuer = {
  id: 'people',
  type: 'User',
  url: 'https://login.acme.example',
  audience: ['valetkey'],
  subject: ['sub'],
  name: 'email',
  groups: ['groups'],
  mfa: { amr: ['mfa', 'hwk'], acr: [] },
};

const JOBS: Issuer = {
  ...PEOPLE,
  id: 'github',
  type: 'Workload',
  subject: ['owner', 'repo'],
  tags: ['ref', 'protected', 'missing'],
};

function caller(issuer: Issuer, claims: Record<string, unknown>) {
  const made = callerFromClaims(issuer, claims, NOW);
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
    const made = callerFromClaims(PEOPLE, claims, NOW);
    expect(made.ok ? '' : made.error).toContain("'sub'");
  });

  test('give groups only as a list of texts, qualified by the issuer', () => {
    const groups = (value: unknown) => callerFromClaims(PEOPLE, { sub: 'ana', groups: value }, NOW);
    expect(groups(['a', 'b', 'a'])).toMatchObject({
      value: { principal: { groups: ['people:a', 'people:b'] } },
    });
    expect(groups('a')).toMatchObject({ value: { principal: { groups: ['people:a'] } } });
    expect(groups(undefined)).toMatchObject({ value: { principal: { groups: [] } } });
    expect(groups(null)).toMatchObject({ value: { principal: { groups: [] } } });
    const refused = err("the claim 'groups' must be a list of texts, or one text");
    expect(groups(['a', ['b']])).toEqual(refused);
    expect(groups(7)).toEqual(refused);
    expect(groups(['a', 7])).toEqual(refused);
    expect(groups({ a: 1 })).toEqual(refused);
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
    const signedInAt = (auth_time: unknown) =>
      caller(PEOPLE, { sub: 'ana', auth_time }).authentication.signedInAt;
    expect(signedInAt(undefined)).toBeNull();
  });

  test.each<[string, number, number | null]>([
    ['a minute ahead, because clocks differ', 60, 0],
    ['just now', 0, 0],
    ['an hour ago', -3600, -3600],
    ['more than a minute ahead', 61, null],
    ['a year ahead', 31_536_000, null],
  ])('with a sign-in %s', (_, seconds, expected) => {
    const auth_time = NOW / 1000 + seconds;
    const { authentication } = caller(PEOPLE, { sub: 'ana', amr: ['mfa'], auth_time });
    expect(authentication).toEqual({
      mfa: true,
      signedInAt: expected === null ? null : NOW + expected * 1000,
    });
  });

  test.each<[string, Issuer, Record<string, unknown>]>([
    ["'groups'", PEOPLE, { sub: 'ana', groups: ['ok', 'a\ud800'] }],
    ["'ref'", JOBS, { owner: 1, repo: 2, ref: '\udc00main' }],
  ])('with half a character are refused, naming the claim %s', (claim, issuer, claims) => {
    const made = callerFromClaims(issuer, claims, NOW);
    expect(made.ok ? '' : made.error).toBe(
      `the claim ${claim} has a broken character (half of a surrogate pair)`,
    );
  });

  test('that the token does not have are not shown', () => {
    const { claims } = caller(PEOPLE, { sub: 'ana', iss: 'x' });
    expect(claims).toStrictEqual({ iss: 'x', sub: 'ana' });
  });

  test('are shown only where they made the principal', () => {
    const used = {
      iss: 'i',
      aud: 'valetkey',
      sub: 'ana',
      email: 'ana@acme.example',
      groups: ['a'],
      amr: ['pwd'],
      auth_time: 10,
    };
    expect(caller(PEOPLE, { ...used, phone: '1' }).claims).toEqual(used);
    const { groups: _, mfa: __, ...plain } = PEOPLE;
    const { iss, aud, sub, email } = used;
    expect(caller(plain, used).claims).toEqual({ iss, aud, sub, email });
    const tagged = { owner: 1, repo: 2, ref: 'main' };
    expect(caller(JOBS, { ...tagged, actor: 'eve' }).claims).toEqual(tagged);
  });

  test('cannot forge lines or direction by way of the name', () => {
    const { principal } = caller(PEOPLE, { sub: 'ana', email: 'ana\nINFO\u202e' });
    expect(principal.name).toBe('anaINFO');
  });
});

describe('what tells tokens apart', () => {
  const ISSUED = { iss: 'https://login.acme.example', sub: 'ana', iat: 1000, exp: 4600 };
  const tokenOf = (claims: Record<string, unknown>) => caller(PEOPLE, claims).token;

  test('is the same for one token, and is not the token nor a claim of it', () => {
    const token = tokenOf({ ...ISSUED, jti: 'one' });
    expect(token).toBe(tokenOf({ ...ISSUED, jti: 'one' }));
    expect(token).toMatch(/^[0-9a-z]{16,40}$/);
    expect(token).not.toContain('one');
  });

  test.each([
    ['its id', { jti: 'one' }, { jti: 'two' }],
    ['when it was issued, where it has no id', {}, { iat: 1001 }],
    ['when it was issued, where its id is empty', { jti: '' }, { jti: '', iat: 1001 }],
    ['when it ends', {}, { exp: 4601 }],
    ['when the person signed in', { auth_time: 900 }, { auth_time: 901 }],
    ['its subject', { jti: 'one' }, { jti: 'one', sub: 'bo' }],
    ['its issuer', { jti: 'one' }, { jti: 'one', iss: 'https://other.example' }],
  ])('is %s', (_, one, other) => {
    expect(tokenOf({ ...ISSUED, ...one })).not.toBe(tokenOf({ ...ISSUED, ...other }));
  });

  test('is nothing where the token says neither its id nor when it was issued', () => {
    expect(caller(PEOPLE, { sub: 'ana' })).not.toHaveProperty('token');
  });
});
