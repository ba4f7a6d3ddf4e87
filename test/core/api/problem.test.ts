import { describe, expect, test } from '@jest/globals';
import { invalidRequest, problemOf, unauthorized } from '../../../core/api/problem.ts';
import { grantJson } from '../../../core/api/wire.ts';
import type { Dependency, Failure } from '../../../core/failure.ts';
import { ANA } from '../../support/memory-ports.ts';
import { grantOf } from '../../support/sample-grants.ts';

const GRANT = grantOf(ANA.principal);
const MEMBERS = {
  instance: `/v1/grants/${GRANT.id}`,
  grantId: GRANT.id,
  grant: grantJson(GRANT),
};
const HEADERS = { 'content-type': 'application/problem+json', 'cache-control': 'no-store' };
const problem = (status: number, type: string, title: string, detail: string, members = {}) => ({
  status,
  headers: HEADERS,
  body: { type: `urn:valetkey:problem:${type}`, title, status, detail, ...members },
});

describe('a failure becomes a problem document:', () => {
  test.each<[Failure, ReturnType<typeof problem>]>([
    [
      { code: 'not-found', detail: 'There is no such grant.' },
      problem(404, 'not-found', 'Not found', 'There is no such grant.'),
    ],
    [
      { code: 'forbidden', detail: 'No.', grant: GRANT },
      problem(403, 'forbidden', 'Forbidden', 'No.', MEMBERS),
    ],
    [{ code: 'forbidden', detail: 'No.' }, problem(403, 'forbidden', 'Forbidden', 'No.')],
    [
      { code: 'wrong-state', detail: 'Too late.', grant: GRANT },
      problem(409, 'wrong-state', 'Wrong state', 'Too late.', MEMBERS),
    ],
    [
      { code: 'suspended' },
      problem(
        403,
        'suspended',
        'Suspended',
        'This principal is suspended. Contact the administrators of the broker.',
      ),
    ],
    [
      { code: 'key-reused' },
      problem(
        422,
        'idempotency-key-reused',
        'Idempotency key reused',
        'Another request has already used this Idempotency-Key. Use a new key for a new request.',
      ),
    ],
    [
      {
        code: 'invalid',
        errors: [
          { pointer: '/ticket', detail: 'is missing' },
          { pointer: '', detail: 'is odd' },
        ],
      },
      problem(400, 'invalid-request', 'Invalid request', '/ticket is missing.', {
        errors: [
          { pointer: '/ticket', detail: 'is missing' },
          { pointer: '', detail: 'is odd' },
        ],
      }),
    ],
  ])('%j', (failure, expected) => {
    expect(problemOf(failure)).toEqual(expected);
  });

  test.each<[Dependency, string]>([
    ['store', 'The broker could not read or write its records.'],
    ['sts', 'AWS STS returned no session, so this call has no credentials to return.'],
    ['policy', 'The broker could not evaluate its policies.'],
    ['ledger', 'The broker could not read its ledger.'],
    ['cloudtrail', 'The broker could not read the settings of CloudTrail.'],
    ['issuer', "The broker could not get the issuer's keys to verify the token."],
  ])('no answer of %s, with the time to try again', (what, said) => {
    const detail = `${said} Try again; if that does not help, tell the platform team.`;
    const expected = problem(503, 'unavailable', 'Unavailable', detail);
    const headers = { ...HEADERS, 'retry-after': '2' };
    expect(problemOf({ code: 'unavailable', what })).toEqual({ ...expected, headers });
    const { id: grantId } = GRANT;
    expect(problemOf({ code: 'unavailable', what, grantId })).toEqual({
      ...problem(503, 'unavailable', 'Unavailable', detail, {
        ...{ grantId, instance: `/v1/grants/${grantId}` },
      }),
      headers,
    });
  });

  test('only a failed vend speaks of credentials: a listing or a vote never has any', () => {
    const others = ['store', 'policy', 'ledger', 'issuer'] as const;
    for (const what of others) {
      expect(problemOf({ code: 'unavailable', what }).body['detail']).not.toMatch(/credentials/);
    }
  });

  test('a frozen role, with the grant that it concerns', () => {
    const { id: grantId } = GRANT;
    expect(problemOf({ code: 'role-frozen', grantId })).toEqual({
      ...problem(
        503,
        'unavailable',
        'Unavailable',
        'The role vends nothing at the moment, because its kill switch cannot be written, or denies for some seconds every session that begins. Try again; if that does not help, tell the platform team.',
        { grantId, instance: `/v1/grants/${grantId}` },
      ),
      headers: { ...HEADERS, 'retry-after': '2' },
    });
  });

  test('a role that AWS refuses, without a time to try again', () => {
    const role = 'arn:aws:iam::111122223333:role/valetkey/read';
    const detail = `AWS refused to assume ${role}: the role does not exist, does not trust the broker, or allows no session like this one. No credentials were issued, and trying again will not help. The platform team finds the cause with: valetkey accounts check`;
    expect(problemOf({ code: 'role-refused', role, grantId: GRANT.id })).toEqual(
      problem(500, 'role-refused', 'Role refused', detail, {
        ...{ grantId: GRANT.id, instance: MEMBERS.instance },
      }),
    );
  });

  test('a session policy that AWS refuses, with what the caller can change', () => {
    const role = 'arn:aws:iam::111122223333:role/valetkey/read';
    const detail = `AWS does not accept the session policy of this grant for ${role}. No credentials were issued, and trying again will not help. Request less: shorter parameters or a smaller scope. If that does not help, tell the authors of the policy bundle.`;
    expect(problemOf({ code: 'policy-refused', role, grantId: GRANT.id })).toEqual(
      problem(500, 'policy-refused', 'Session policy refused', detail, {
        ...{ grantId: GRANT.id, instance: MEMBERS.instance },
      }),
    );
  });

  test('a failure that nobody thought of is an error of the build, and of the call', () => {
    expect(() => problemOf({ code: 'new' } as never)).toThrow('unhandled case: {"code":"new"}');
  });
});

describe('a denial', () => {
  const denied = (policies: readonly string[], advice: readonly string[]) => {
    const decision = { outcome: 'deny', policies, advice, bundle: 'sha256:b' } as const;
    return { decision, answer: problemOf({ code: 'denied', grant: GRANT, decision }) };
  };

  test('names the policies that decided, and what would help', () => {
    const { decision, answer } = denied(['a', 'b'], ['Sign in again.', 'Ask later.']);
    const detail = 'Denied by a, b. Sign in again. Ask later.';
    expect(answer).toEqual(problem(403, 'denied', 'Denied', detail, { ...MEMBERS, decision }));
  });

  test('says that no policy permits it where none decided', () => {
    const detail = 'No policy permits ana@acme.example to request read like this.';
    expect(denied([], []).answer.body).toMatchObject({ detail });
  });

  test('of a token shows the decision, but not the grant that is for another token', () => {
    const decision = {
      outcome: 'deny',
      policies: ['a'],
      advice: ['Sign in again.'],
      bundle: 'b',
    } as const;
    const { body } = problemOf({ code: 'token-denied', grant: GRANT, decision });
    const type = 'urn:valetkey:problem:denied';
    expect(body).toMatchObject({ type, title: 'Denied', grantId: GRANT.id, decision });
    expect(body).toMatchObject({ instance: MEMBERS.instance });
    expect(body['detail']).toBe(
      'With this token you could not request read like this (denied by a), so you cannot use the grant. Sign in again.',
    );
    expect(body).not.toHaveProperty('grant');
    const deniedBy = (policies: readonly string[]) =>
      problemOf({ code: 'token-denied', grant: GRANT, decision: { ...decision, policies } });
    expect(deniedBy(['a', 'b']).body['detail']).toContain(' (denied by a, b), ');
    expect(deniedBy([]).body['detail']).toContain(' (no policy permits it), ');
    const unapproved = { ...decision, outcome: 'approve' } as const;
    const waits = problemOf({ code: 'token-denied', grant: GRANT, decision: unapproved });
    expect(waits.body['detail']).toContain('needs an approval, which the grant never had');
    expect(waits.body['detail']).not.toContain('denied by');
  });

  const WAITING = { outcome: 'approve', policies: ['may-ask'], advice: [], bundle: 'b' } as const;

  test.each([
    ['denied by bo@acme.example: use the replica', 'Denied by bo@acme.example: use the replica.'],
    ['denied by bo@acme.example: no!', 'Denied by bo@acme.example: no!'],
    ['denied by bo@acme.example', 'Denied by bo@acme.example.'],
    ['policy no longer allows it: p', 'Policy no longer allows it: p.'],
    [null, 'Denied.'],
  ])('by people says who and why, and keeps the decision: %s', (endReason, detail) => {
    const grant = { ...GRANT, status: 'denied', decision: WAITING, endReason } as const;
    const { body } = problemOf({ code: 'denied', grant });
    expect(body).toMatchObject({ title: 'Denied', detail, decision: { ...WAITING } });
  });

  test('of an extension that needs people names no permit as the reason', () => {
    const decision = { ...WAITING, advice: ['Ask for less: it would be allowed at once.'] };
    const { body } = problemOf({ code: 'denied', grant: GRANT, decision });
    expect(body).toMatchObject({
      detail:
        'Policy requires an approval for this. Request a new grant. Ask for less: it would be allowed at once.',
    });
  });

  test('shows the decision of the grant, unless another one was made since', () => {
    const answer = problemOf({ code: 'denied', grant: GRANT });
    expect(answer.body).toMatchObject({ decision: { ...GRANT.decision } });
  });
});

describe('an invalid request', () => {
  test.each([
    [[], 'The request is not valid.'],
    [[{ pointer: '', detail: 'must be of type object' }], 'The body must be of type object.'],
    [[{ pointer: '/a', detail: 'is missing' }], '/a is missing.'],
  ])('is explained by its first error', (errors, detail) => {
    expect(invalidRequest(errors)).toMatchObject({ status: 400, body: { detail, errors } });
  });
});

describe('a caller who is not signed in', () => {
  test('without a token is asked for one', () => {
    const detail =
      'Send an Authorization header with Bearer and a token from an issuer that the broker trusts.';
    expect(unauthorized(null)).toEqual({
      ...problem(401, 'unauthorized', 'Not signed in', detail),
      headers: { ...HEADERS, 'www-authenticate': 'Bearer realm="valetkey"' },
    });
  });

  test('with a bad token learns why, in a header that stays well-formed', () => {
    const detail = 'The token "x\\y" has expired.';
    expect(unauthorized(detail)).toEqual({
      ...problem(401, 'unauthorized', 'Not signed in', detail),
      headers: {
        ...HEADERS,
        'www-authenticate': `Bearer realm="valetkey", error="invalid_token", error_description="The token 'x'y' has expired."`,
      },
    });
  });
});
