import { expect, test } from '@jest/globals';
import { callerOfCase } from '../../../core/policy/case-caller.ts';
import { compiled } from '../../support/bundles.ts';

const { issuers } = compiled();
const CONTEXT = {
  ...{ mfa: false, mfaAgeSeconds: null, sourceIp: '10.0.0.1', now: 1_795_428_000_000 },
  history: { recentDenials: 0, firstUse: true },
};
const JOB = { issuer: 'github', subject: 'acme/app', groups: [], claims: {} };

test('the caller of a case is that of a token with its claims', () => {
  const claims = { ref: 'refs/heads/main', protected: true, owner: 'acme' };
  expect(callerOfCase({ principal: { ...JOB, claims }, context: CONTEXT }, issuers)).toMatchObject({
    value: {
      principal: { type: 'Workload', id: 'github:acme/app', tags: { protected: 'true' } },
    },
  });
});

test('every mistake of a caller is named, with its place', () => {
  const principal = { ...JOB, groups: ['x'], claims: { actor: 'ana', owner: 'other' } };
  const context = { ...CONTEXT, mfa: true };
  expect(callerOfCase({ principal, context }, issuers)).toEqual({
    ok: false,
    error: [
      {
        path: ['principal', 'claims', 'actor'],
        message: "is not read by issuer 'github', whose tags are: ref, protected",
      },
      {
        path: ['principal', 'claims', 'owner'],
        message: "contradicts the subject, which has 'acme'; remove it",
      },
      {
        path: ['principal', 'groups'],
        message: "issuer 'github' has no groups; remove them",
      },
      {
        path: ['context', 'mfa'],
        message: "tokens of issuer 'github' cannot show MFA; write mfa: false",
      },
    ],
  });
});

test.each([
  [
    { issuer: 'guthib' },
    'issuer',
    /^'guthib' is not an issuer of the bundle, which has: people, github/,
  ],
  [{ subject: 'acme' }, 'subject', /^is not a subject of issuer 'github'; write <owner>\/<repo>$/],
])('%j is no caller', (changes, field, says) => {
  expect(callerOfCase({ principal: { ...JOB, ...changes }, context: CONTEXT }, issuers)).toEqual({
    ok: false,
    error: [{ path: ['principal', field], message: expect.stringMatching(says) }],
  });
});
