import { expect, test } from '@jest/globals';
import { callerOfCase } from '../../../core/policy/case-caller.ts';
import { QUIET } from '../../../core/request-signals.ts';
import { compiled } from '../../support/bundles.ts';

const { issuers } = compiled();
const CONTEXT = {
  ...{ mfa: false, mfaAgeSeconds: null, sourceIp: '10.0.0.1', now: 1_795_428_000_000 },
  history: { recentDenials: 0, firstUse: true },
  signals: QUIET,
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

const PERSON = { issuer: 'people', subject: 'ana', groups: ['readers'], claims: {} };

test('a person of a case has groups with the id of the issuer', () => {
  expect(callerOfCase({ principal: PERSON, context: CONTEXT }, issuers)).toMatchObject({
    value: { principal: { id: 'people:ana', groups: ['people:readers'] } },
  });
});

test('each group that has the id already is named, with its place', () => {
  const groups = ['readers', 'people:boss', 'other:x', 'people:all'];
  const mistake = (index: number, name: string) => ({
    path: ['principal', 'groups', index],
    message: `write '${name}', without the issuer's id`,
  });
  const principal = { ...PERSON, groups };
  expect(callerOfCase({ principal, context: CONTEXT }, issuers)).toEqual({
    ok: false,
    error: [mistake(1, 'boss'), mistake(3, 'all')],
  });
});

test('a claim that an issuer without tags does not read', () => {
  const principal = { ...PERSON, claims: { team: 'x' } };
  expect(callerOfCase({ principal, context: CONTEXT }, issuers)).toEqual({
    ok: false,
    error: [
      {
        path: ['principal', 'claims', 'team'],
        message: "is not read by issuer 'people', whose tags are: none",
      },
    ],
  });
});

test.each([
  ['by methods', { amr: ['mfa', 'otp'], acr: [] }],
  ['by levels', { amr: [], acr: ['gold', 'silver'] }],
])('MFA is shown as the issuer shows it: %s', (_, mfa) => {
  const shown = issuers.map((issuer) => (issuer.id === 'people' ? { ...issuer, mfa } : issuer));
  const found = (more: object) =>
    callerOfCase({ principal: PERSON, context: { ...CONTEXT, ...more } }, shown);
  expect(found({ mfa: true })).toMatchObject({
    value: { authentication: { mfa: true, signedInAt: null } },
  });
  expect(found({ mfa: true, mfaAgeSeconds: 60 })).toMatchObject({
    value: { authentication: { mfa: true, signedInAt: CONTEXT.now - 60_000 } },
  });
  expect(found({ mfaAgeSeconds: 60 })).toMatchObject({
    value: { authentication: { mfa: false, signedInAt: null } },
  });
});

test('what a token could not say is a mistake of the subject', () => {
  const principal = { ...JOB, claims: { ref: 1.5 } };
  expect(callerOfCase({ principal, context: CONTEXT }, issuers)).toEqual({
    ok: false,
    error: [
      { path: ['principal', 'subject'], message: expect.stringContaining("'ref' is a fraction") },
    ],
  });
});

test('the claim by which an issuer tells its tokens apart may be in a case', () => {
  const when = { claim: 'env', values: ['prod'] };
  const told = issuers.map((issuer) => (issuer.id === 'github' ? { ...issuer, when } : issuer));
  const principal = { ...JOB, claims: { env: 'prod' } };
  expect(callerOfCase({ principal, context: CONTEXT }, told)).toMatchObject({ ok: true });
  expect(callerOfCase({ principal, context: CONTEXT }, issuers)).toMatchObject({ ok: false });
});
