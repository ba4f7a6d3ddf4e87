import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Issuer } from '../../core/issuer.ts';
import { claimsNamed, readClaim, readList, readTag, readText } from '../../core/read-claim.ts';
import { err, ok } from '../../core/result.ts';
import { draws } from '../support/draws.ts';

const ISSUER: Issuer = {
  ...{ id: 'corp', type: 'User', url: 'https://x.example', audience: ['a'], subject: ['sub'] },
  name: 'email',
  claims: { uid: ['k8s', 'pod', 'uid'], pod: ['k8s', 'pod', 'name'], flat: ['a.b'] },
};

describe('a nested claim', () => {
  test.each<[Record<string, unknown>, unknown]>([
    [{ k8s: { pod: { uid: 7 } } }, 7],
    [{ k8s: { pod: { uid: null } } }, null],
    [{ k8s: { pod: null } }, null],
    [{ k8s: null }, null],
    [{ k8s: {} }, null],
    [{}, null],
  ])('of %j is %j', (claims, value) => {
    expect(readClaim(ISSUER, claims, 'uid')).toEqual(ok(value));
  });

  test.each([
    [{ k8s: 'x' }, "'k8s'"],
    [{ k8s: { pod: [1] } }, "'k8s' → 'pod'"],
  ])('of %j cannot be read, and the part that is no object is named', (claims, where) => {
    const says = `the claim 'uid' cannot be read: ${where} is not an object`;
    expect(readClaim(ISSUER, claims, 'uid')).toEqual(err(says));
  });

  test('is read back under the name that it was given', () => {
    const value = fc.oneof(fc.string(), fc.integer());
    const named = fc.dictionary(fc.constantFrom('uid', 'pod', 'flat', 'team'), value);
    fc.assert(
      fc.property(named, (claims) => {
        const token = claimsNamed(ISSUER, claims);
        for (const [name, given] of Object.entries(claims)) {
          expect(readClaim(ISSUER, token, name)).toEqual(ok(given));
        }
      }),
      { numRuns: draws(100) },
    );
  });

  test('stands where the token has it, beside others', () => {
    expect(claimsNamed(ISSUER, { uid: 1, pod: 'p', flat: 2, team: 't' })).toEqual({
      ...{ k8s: { pod: { uid: 1, name: 'p' } }, 'a.b': 2, team: 't' },
    });
  });
});

test.each([
  ['groups', '_claim_names', { _claim_names: { groups: 's' } }],
  ['groups', 'hasgroups', { hasgroups: true }],
])('where the token only points to %s, the pointer %s is named', (claim, pointer, claims) => {
  const says = `the token does not hold the claim '${claim}', but points to it ('${pointer}'); let the issuer put fewer values into it`;
  expect(readClaim(ISSUER, claims, claim)).toEqual(err(says));
});

test('a token that points to nothing has its claims', () => {
  expect(readClaim(ISSUER, { _claim_names: null, team: 'a' }, 'team')).toEqual(ok('a'));
});

test.each([
  ['', undefined, ['']],
  ['a,b', undefined, ['a,b']],
  [',a,,b,', ',', ['a', 'b']],
])('the text %j, separated by %j, is the list %j', (groups, separator, list) => {
  expect(readList(ISSUER, { groups }, 'groups', separator)).toEqual(ok(list));
});

describe('as a tag', () => {
  test('no text can be taken for a list', () => {
    const says = "the claim 'team' begins with '|', as only lists do in tags";
    expect(readTag(ISSUER, { team: '|a' }, 'team')).toEqual(err(says));
    expect(readTag(ISSUER, { team: 'a|' }, 'team')).toEqual(ok('a|'));
    expect(readTag(ISSUER, { team: ['a', 1] }, 'team')).toEqual(ok('|a|1|'));
  });

  test.each<[unknown, string]>([
    [null, 'null'],
    [[], 'a list'],
    [{}, 'an object'],
    [2 ** 53, 'too large a number'],
    [0.5, 'a fraction'],
  ])('no list holds %j: it is %s', (value, kind) => {
    const says = `the claim 'team' lists ${kind}, and may list only texts, whole numbers and booleans`;
    expect(readTag(ISSUER, { team: ['a', value] }, 'team')).toEqual(err(says));
  });

  test('a claim that cannot be read is none', () => {
    const token = { k8s: 1 };
    expect(readTag(ISSUER, token, 'uid')).toEqual(readText(ISSUER, token, 'uid'));
    expect(readTag(ISSUER, token, 'uid').ok).toBe(false);
  });
});
