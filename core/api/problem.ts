import type { Decision } from '../decision.ts';
import type { Failure } from '../failure.ts';
import type { FieldError } from '../field-error.ts';
import type { Grant } from '../grant.ts';
import { unreachable } from '../result.ts';
import { grantJson, type Json } from './wire.ts';

/** An RFC 9457 problem document with its headers. */
export type Problem = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, Json>>;
};

/** A store, STS or an issuer that failed has a good chance to answer after this time. */
const RETRY_AFTER_SECONDS = 2;

const DEPENDENCY: Readonly<Record<string, string>> = {
  store: 'The broker cannot reach its store.',
  sts: 'AWS STS did not issue a session.',
  policy: 'The broker cannot evaluate its policies; its operators have been notified.',
  workflow: 'The broker cannot reach its kill switch; grants that were ended stay ended.',
  issuer: "The broker cannot reach the issuer's keys to verify the token.",
};

/** The one place where a failure becomes an answer. */
export function problemOf(failure: Failure): Problem {
  switch (failure.code) {
    case 'invalid':
      return invalidRequest(failure.errors);
    case 'not-found':
      return problem(404, 'not-found', 'Not found', failure.detail);
    case 'forbidden':
      return problem(403, 'forbidden', 'Forbidden', failure.detail, grantMembers(failure.grant));
    case 'denied':
      return denied(failure.grant, failure.decision ?? failure.grant.decision);
    case 'token-denied':
      return tokenDenied(failure.grant, failure.decision);
    case 'suspended':
      return problem(
        403,
        'suspended',
        'Suspended',
        'This principal is suspended. Contact the administrators of the broker.',
      );
    case 'wrong-state':
      return problem(
        409,
        'wrong-state',
        'Wrong state',
        failure.detail,
        grantMembers(failure.grant),
      );
    case 'key-reused':
      return problem(
        422,
        'idempotency-key-reused',
        'Idempotency key reused',
        'Another request has already used this Idempotency-Key. Use a new key for a new request.',
      );
    case 'role-frozen':
      return unavailable(
        'The kill switch of the role cannot be written at the moment, so no credentials are vended on it.',
        failure.grantId,
      );
    case 'unavailable':
      return unavailable(
        `${DEPENDENCY[failure.what]} No credentials were issued.`,
        failure.grantId,
      );
    default:
      return unreachable(failure);
  }
}

export function invalidRequest(errors: readonly FieldError[]): Problem {
  const [first] = errors;
  const where = first === undefined || first.pointer === '' ? 'The body' : first.pointer;
  const detail = first === undefined ? 'The request is not valid.' : `${where} ${first.detail}.`;
  return problem(400, 'invalid-request', 'Invalid request', detail, {
    errors: errors.map(({ pointer, detail: text }) => ({ pointer, detail: text })),
  });
}

/** The answer to a token that was not accepted (RFC 6750, section 3). No `detail`: none was sent. */
export function unauthorized(detail: string | null): Problem {
  const text =
    detail ??
    'Send an Authorization header with Bearer and a token from an issuer that the broker trusts.';
  const quoted = text.replaceAll(/["\\]/g, "'");
  const challenge = detail === null ? '' : `, error="invalid_token", error_description="${quoted}"`;
  const { status, headers, body } = problem(401, 'unauthorized', 'Not signed in', text);
  return {
    status,
    headers: { ...headers, 'www-authenticate': `Bearer realm="valetkey"${challenge}` },
    body,
  };
}

export function problem(
  status: number,
  type: string,
  title: string,
  detail: string,
  members: Readonly<Record<string, Json>> = {},
): Problem {
  return {
    status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
    body: { type: `urn:valetkey:problem:${type}`, title, status, detail, ...members },
  };
}

function denied(grant: Grant, decision: Decision): Problem {
  const { policies, advice } = decision;
  const reason =
    policies.length === 0
      ? `No policy permits ${grant.requester.name} to request ${grant.entitlement} like this.`
      : `Denied by ${policies.join(', ')}.`;
  return problem(403, 'denied', 'Denied by policy', [reason, ...advice].join(' '), {
    ...grantMembers(grant),
    decision: { ...decision },
  });
}

/** The grant is the caller's own, but what it is for is not shown to a lesser token. */
function tokenDenied(grant: Grant, decision: Decision): Problem {
  const { policies, advice } = decision;
  const by = policies.length === 0 ? 'no policy permits it' : `denied by ${policies.join(', ')}`;
  const reason = `With this token you could not request ${grant.entitlement} like this (${by}), so you cannot use the grant.`;
  return problem(403, 'denied', 'Denied by policy', [reason, ...advice].join(' '), {
    instance: `/v1/grants/${grant.id}`,
    grantId: grant.id,
    decision: { ...decision },
  });
}

function unavailable(detail: string, grantId?: string): Problem {
  const grant = grantId === undefined ? {} : { grantId, instance: `/v1/grants/${grantId}` };
  const { status, headers, body } = problem(
    503,
    'unavailable',
    'Unavailable',
    `${detail} Try again.`,
    grant,
  );
  return { status, headers: { ...headers, 'retry-after': String(RETRY_AFTER_SECONDS) }, body };
}

function grantMembers(grant: Grant | undefined): Record<string, Json> {
  if (grant === undefined) return {};
  return { instance: `/v1/grants/${grant.id}`, grantId: grant.id, grant: grantJson(grant) };
}
