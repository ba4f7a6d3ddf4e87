import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { callerFromClaims, missingClaims } from '../../core/claims.ts';
import type { Issuer } from '../../core/issuer.ts';

const NOW = Date.parse('2026-11-23T10:00:00Z');

/** Uses every kind of claim, nested ones included. */
const ISSUER: Issuer = {
  id: 'corp',
  type: 'User',
  url: 'https://login.acme.example',
  audience: ['valetkey'],
  claims: {
    roles: ['realm_access', 'roles'],
    uid: ['kubernetes.io', 'serviceaccount', 'uid'],
    owner: ['https://acme.example/owner'],
  },
  subject: ['sub'],
  name: 'email',
  groups: ['groups', 'roles'],
  tags: ['team', 'uid', 'owner'],
  mfa: { amr: ['mfa'], acr: ['gold'] },
};

const read = (claims: Record<string, unknown>, issuer = ISSUER) =>
  callerFromClaims(issuer, { sub: 'ana', ...claims }, NOW);

function caller(claims: Record<string, unknown>, issuer = ISSUER) {
  const made = read(claims, issuer);
  if (!made.ok) throw new Error(made.error);
  return made.value;
}

function refusal(claims: Record<string, unknown>): string {
  const made = read(claims);
  return made.ok ? 'taken' : made.error;
}

test.each([
  [{ amr: { mfa: true } }, "the claim 'amr' must be a list of texts, or one text"],
  [{ groups: '["admin"]' }, "the claim 'groups' is a list written as a text"],
  [{ groups: ' [admin, dev] ' }, "the claim 'groups' is a list written as a text"],
  [{ groups: '{"a":true}' }, "the claim 'groups' is a list written as a text"],
  [{ amr: '["mfa"]' }, "the claim 'amr' is a list written as a text"],
  [{ _claim_names: 'groups' }, "the claim '_claim_names' of the token is not an object"],
  [{ _claim_names: ['groups'] }, "the claim '_claim_names' of the token is not an object"],
])('%j is refused', (claims, says) => {
  expect(refusal(claims)).toContain(says);
});

describe('a claim that the token only points to', () => {
  test.each([
    ['groups', { _claim_names: { groups: 'src1' }, _claim_sources: { src1: { endpoint: 'x' } } }],
    ['groups', { hasgroups: true }],
    ['groups', { hasgroups: 'true' }],
    ['groups', { groups: ['a'], _claim_names: { groups: 'src1' } }],
    ['team', { _claim_names: { team: 'src1' } }],
    ['roles', { _claim_names: { realm_access: 'src1' } }],
    ['email', { _claim_names: { email: 'src1' } }],
    ['amr', { _claim_names: { amr: 'src1' } }],
    ['auth_time', { _claim_names: { auth_time: 'src1' } }],
  ])('%s: is not one that the token lacks', (claim, claims) => {
    expect(refusal(claims)).toMatch(`does not hold the claim '${claim}', but points to it`);
  });

  test('is nobody’s business where the issuer’s entry does not use it', () => {
    expect(refusal({ _claim_names: { phone: 'src1' }, hasgroups: false })).toBe('taken');
    expect(refusal({ hasgroups: 'false' })).toBe('taken');
    const { groups: _, ...without } = ISSUER;
    expect(read({ hasgroups: true }, without).ok).toBe(true);
  });
});

describe('a claim that cannot be taken whole', () => {
  const unusable = [{ a: 1 }, 1.5, 2 ** 53, [{ a: 1 }], [['a']], [null], 'a\ud800', ['a\ud800']];
  const used = ['sub', 'email', 'groups', 'team', 'amr', 'acr'];
  const cases = used
    .flatMap((claim) => unusable.map((value) => [claim, value] as const))
    .filter(([claim, value]) => claim !== 'email' || value !== 'a\ud800');

  test.each(cases)('%s: %j is refused by name', (claim, value) => {
    expect(refusal({ [claim]: value })).toContain(`'${claim}'`);
  });

  test.each([
    ['roles', { realm_access: ['admin'] }],
    ['roles', { realm_access: 'admin' }],
    ['uid', { 'kubernetes.io': { serviceaccount: 'x' } }],
  ])('%s: is so if what should contain it is no object', (claim, claims) => {
    expect(refusal(claims)).toMatch(`the claim '${claim}' cannot be read`);
  });

  test.each(['now', 1.5, [1], { a: 1 }, true])(
    'a time of sign-in that is %j is refused',
    (value) => {
      expect(refusal({ auth_time: value })).toContain("'auth_time'");
    },
  );

  test('whatever it is, no value makes a claim count as absent', () => {
    fc.assert(
      fc.property(fc.constantFrom(...used, 'auth_time'), fc.jsonValue(), (claim, value) => {
        fc.pre(value !== null);
        const made = read({ [claim]: value });
        if (made.ok) expect(missingClaims(ISSUER, made.value)).not.toContain(claim);
      }),
    );
  });
});

describe('nested claims', () => {
  const claims = {
    realm_access: { roles: ['admin', 'reader'] },
    groups: ['reader', 'writer'],
    'kubernetes.io': { serviceaccount: { uid: 'u-1' } },
    'https://acme.example/owner': 7,
  };

  test('have names by which groups and tags use them', () => {
    const { principal, claims: used } = caller(claims);
    expect(principal.groups).toEqual(['corp:reader', 'corp:writer', 'corp:admin']);
    expect(principal.tags).toEqual({ uid: 'u-1', owner: '7' });
    expect(used).toEqual({
      sub: 'ana',
      roles: ['admin', 'reader'],
      groups: ['reader', 'writer'],
      uid: 'u-1',
      owner: 7,
    });
  });

  test('may make the id', () => {
    expect(caller(claims, { ...ISSUER, subject: ['uid'] }).principal.id).toBe('corp:u-1');
  });

  test('with a dot in their name are not looked for inside', () => {
    const flat = { ...ISSUER, tags: ['kubernetes.io'], claims: {} };
    expect(read(claims, flat).ok).toBe(false);
    expect(caller({ 'kubernetes.io': 'x' }, flat).principal.tags).toEqual({ 'kubernetes.io': 'x' });
  });

  test('are never found in what every object inherits', () => {
    const odd = {
      ...ISSUER,
      tags: ['toString', 'made'],
      claims: { made: ['constructor', 'name'] },
    };
    expect(caller({}, odd).principal.tags).toEqual({});
  });

  test('are missing by their names, those alone that the entry uses', () => {
    const least: Issuer = {
      ...{ id: 'corp', type: 'User', url: ISSUER.url, audience: ISSUER.audience },
      ...{ subject: ['uid'], name: 'email' },
    };
    const missing = (issuer: Issuer) => missingClaims(issuer, { claims: {} });
    expect(missing(least)).toEqual(['uid', 'email']);
    const when = { claim: 'idtyp', values: ['app'] };
    expect(missing({ ...least, when })).toEqual(['uid', 'email', 'idtyp']);
    const factors = (amr: readonly string[], acr: readonly string[]) =>
      missing({ ...least, mfa: { amr, acr } }).slice(2);
    expect(factors(['mfa'], [])).toEqual(['amr', 'auth_time']);
    expect(factors([], ['gold'])).toEqual(['acr', 'auth_time']);
    expect(factors([], [])).toEqual(['auth_time']);
  });

  test('are missing by their names', () => {
    expect(missingClaims(ISSUER, caller({ team: 'x', amr: ['pwd'] }))).toEqual([
      ...['email', 'groups', 'roles', 'uid', 'owner', 'acr', 'auth_time'],
    ]);
    expect(missingClaims({ ...ISSUER, mfa: { amr: ['mfa'], acr: [] } }, caller({}))).not.toContain(
      'acr',
    );
  });
});

describe('lists', () => {
  test('become tags in which every value stands between bars', () => {
    const tag = (team: unknown) => caller({ team }).principal.tags['team'];
    expect(tag(['a', 'b c', 7, true])).toBe('|a|b c|7|true|');
    expect(tag(['a'])).toBe('|a|');
    expect(tag([])).toBe('|');
    expect(tag('a')).toBe('a');
    expect(refusal({ team: ['a|b'] })).toMatch("'team' lists a value with '|'");
    expect(refusal({ team: '|a|' })).toMatch("'team' begins with '|', as only lists do");
  });

  test('a policy that looks for |value| finds exactly the members', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', '"', ' ', '*'), maxLength: 3 });
    fc.assert(
      fc.property(fc.array(word), word, (list, one) => {
        const tag = caller({ team: list }).principal.tags['team'] ?? '';
        expect(tag.includes(`|${one}|`)).toBe(list.includes(one));
      }),
    );
  });

  test('of groups in one text are split where the issuer’s entry says so', () => {
    const groups = (value: unknown, groupSeparator?: string) =>
      caller({ groups: value }, { ...ISSUER, ...(groupSeparator && { groupSeparator }) }).principal
        .groups;
    expect(groups('read write', ' ')).toEqual(['corp:read', 'corp:write']);
    expect(groups(' read  write ', ' ')).toEqual(['corp:read', 'corp:write']);
    expect(groups('read write')).toEqual(['corp:read write']);
    expect(groups(['read write'], ' ')).toEqual(['corp:read write']);
  });
});

test('a second factor shows in amr or acr', () => {
  const mfa = (claims: Record<string, unknown>) => caller(claims).authentication.mfa;
  expect(mfa({ acr: 'gold' })).toBe(true);
  expect(mfa({ amr: ['pwd'], acr: 'gold' })).toBe(true);
  expect(mfa({ amr: ['mfa'], acr: 'silver' })).toBe(true);
  expect(mfa({ amr: ['gold'], acr: 'mfa' })).toBe(false);
  expect(mfa({})).toBe(false);
});

test('a claim that proves no second factor here is nobody’s business', () => {
  const byAcr: Issuer = { ...ISSUER, mfa: { amr: [], acr: ['gold'] } };
  expect(caller({ amr: 5, acr: 'gold' }, byAcr).authentication.mfa).toBe(true);
  const byAmr: Issuer = { ...ISSUER, mfa: { amr: ['mfa'], acr: [] } };
  expect(caller({ acr: [1.5], amr: 'mfa' }, byAmr).authentication.mfa).toBe(true);
});

test('a token of an issuer that says nothing of second factors proves none', () => {
  const { mfa: _, ...silent } = ISSUER;
  const { authentication } = caller({ amr: ['mfa'], acr: 'gold' }, silent);
  expect(authentication.mfa).toBe(false);
});
