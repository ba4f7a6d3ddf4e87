import type { Decision } from '../decision.ts';
import { inWords } from '../duration.ts';
import type { Dependency, Failure } from '../failure.ts';
import type { FieldError } from '../field-error.ts';
import type { Grant } from '../grant.ts';
import { formatInstant } from '../instant.ts';
import type { Limited, LimitName } from '../limits.ts';
import type { InForce } from '../quarantine.ts';
import { unreachable } from '../result.ts';
import { quarantineJson } from './quarantine-wire.ts';
import { grantJson, type Json } from './wire.ts';

/** An RFC 9457 problem document with its headers. */
export type Problem = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, Json>>;
};

/** A store, STS or an issuer that failed has a good chance to answer after this time. */
const RETRY_AFTER_SECONDS = 2;

/**
 * True of every call that can fail like this: a record may be damaged instead of out of reach, and a call that only
 * reads would have no credentials to return either.
 */
const DEPENDENCY: Readonly<Record<Dependency, string>> = {
  store: 'The broker could not read or write its records.',
  sts: 'AWS STS returned no session, so this call has no credentials to return.',
  policy: 'The broker could not evaluate its policies.',
  ledger: 'The broker could not read its ledger.',
  cloudtrail: 'The broker could not read the settings of CloudTrail.',
  issuer: "The broker could not get the issuer's keys to verify the token.",
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
      return denied(failure.grant, failure.decision ?? null);
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
    case 'review-state':
    case 'quarantine-state':
      return problem(409, 'wrong-state', 'Wrong state', failure.detail);
    case 'quarantined':
      return quarantined(failure.quarantine);
    case 'not-published':
      return notPublished(failure.retryAfterSeconds);
    case 'limited':
      return tooMuch(failure);
    case 'key-reused':
      return problem(
        422,
        'idempotency-key-reused',
        'Idempotency key reused',
        'Another request has already used this Idempotency-Key. Use a new key for a new request.',
      );
    case 'role-frozen':
      return unavailable(
        'The role vends nothing at the moment, because its kill switch cannot be written, or denies for some seconds every session that begins.',
        failure.grantId,
      );
    case 'role-refused':
      return refusedByAws(
        failure,
        'Role refused',
        `AWS refused to assume ${failure.role}: the role does not exist, does not trust the broker, or allows no session like this one. No credentials were issued, and trying again will not help. The platform team finds the cause with: valetkey accounts check`,
      );
    case 'policy-refused':
      return refusedByAws(
        failure,
        'Session policy refused',
        `AWS does not accept the session policy of this grant for ${failure.role}. No credentials were issued, and trying again will not help. Request less: shorter parameters or a smaller scope. If that does not help, tell the authors of the policy bundle.`,
      );
    case 'unavailable':
      return unavailable(DEPENDENCY[failure.what], failure.grantId);
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

/** @param made The decision that was made since the request, such as that on an extension. */
function denied(grant: Grant, made: Decision | null): Problem {
  const decision = made ?? grant.decision;
  const said = decision.outcome === 'deny' ? byPolicy(grant, decision) : byPeople(grant, made);
  return problem(403, 'denied', 'Denied', said, {
    ...grantMembers(grant),
    decision: { ...decision },
  });
}

/** The grant is the caller's own, but what it is for is not shown to a lesser token. */
function tokenDenied(grant: Grant, decision: Decision): Problem {
  const { outcome, policies, advice } = decision;
  const by = policies.length === 0 ? 'no policy permits it' : `denied by ${policies.join(', ')}`;
  const reason =
    outcome === 'approve'
      ? `With this token ${grant.entitlement} needs an approval, which the grant never had, so it gives no credentials.`
      : `With this token you could not request ${grant.entitlement} like this (${by}), so you cannot use the grant.`;
  return problem(403, 'denied', 'Denied', [reason, ...advice].join(' '), {
    instance: `/v1/grants/${grant.id}`,
    grantId: grant.id,
    decision: { ...decision },
  });
}

function byPolicy({ requester, entitlement }: Grant, { policies, advice }: Decision): string {
  const reason =
    policies.length === 0
      ? `No policy permits ${requester.name} to request ${entitlement} like this.`
      : `Denied by ${policies.join(', ')}.`;
  return [reason, ...advice].join(' ');
}

/** Policy left it to people: they denied it and said why, or there is nobody to ask. */
function byPeople({ endReason }: Grant, made: Decision | null): string {
  if (made !== null) {
    return ['Policy requires an approval for this. Request a new grant.', ...made.advice].join(' ');
  }
  const reason = endReason ?? 'denied';
  const sentence = reason.charAt(0).toUpperCase() + reason.slice(1);
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}

function unavailable(detail: string, grantId?: string): Problem {
  const grant = grantId === undefined ? {} : { grantId, instance: `/v1/grants/${grantId}` };
  const { status, headers, body } = problem(
    503,
    'unavailable',
    'Unavailable',
    `${detail} Try again; if that does not help, tell the platform team.`,
    grant,
  );
  return { status, headers: { ...headers, 'retry-after': String(RETRY_AFTER_SECONDS) }, body };
}

/** People end a quarantine, so nobody needs to ask often. */
const QUARANTINE_SECONDS = 60;

function quarantined(quarantine: InForce): Problem {
  const since = quarantine.at === null ? '' : ` since ${formatInstant(quarantine.at)}`;
  const detail = `The broker is in quarantine${since} and gives no access: ${quarantine.reason}. What was vended before works until it expires. You can still read, release, cancel, revoke and suspend. Two administrators end the quarantine.`;
  const { status, headers, body } = problem(503, 'quarantine', 'In quarantine', detail, {
    quarantine: quarantineJson(quarantine),
  });
  return { status, headers: { ...headers, 'retry-after': String(QUARANTINE_SECONDS) }, body };
}

function notPublished(seconds: number): Problem {
  const { status, headers, body } = problem(
    409,
    'not-published',
    'Not published yet',
    'The log has no signed checkpoint with this event yet. Try again in some seconds.',
  );
  return { status, headers: { ...headers, 'retry-after': String(seconds) }, body };
}

const TOO_MUCH: Readonly<Record<LimitName, (most: number) => string>> = {
  requestsPerMinute: (most) => `You made ${most} requests in this minute, which is the limit.`,
  vendsPerMinute: (most) =>
    `Credentials were vended ${most} times under this grant in this minute, which is the limit. Keep credentials until they expire, as "valetkey exec" and profiles do.`,
  killSwitchPercent: (most) =>
    `Grants of yours on this role that ended need ${most} % or more of what its kill switch can deny, which is the limit. Release fewer grants, or use one grant for longer.`,
  openRequests: (most) =>
    `${counted(most, 'request')} of yours ${most === 1 ? 'waits' : 'wait'} for votes, which is the limit. Cancel what you no longer need.`,
  openRequestsPerEntitlement: (most) =>
    `${counted(most, 'request')} of yours for this entitlement ${most === 1 ? 'waits' : 'wait'} for votes, which is the limit. Cancel what you no longer need, or remind the approvers.`,
  coolDown: (most) =>
    `Approvers denied requests of yours for this entitlement at least ${most === 1 ? 'once' : `${most} times`} within a day. Read why before you ask again.`,
};

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function tooMuch({ limit, most, retryAfterSeconds: seconds }: Limited): Problem {
  const detail = `${TOO_MUCH[limit](most)} Try again in ${inWords(seconds)}.`;
  const { status, headers, body } = problem(429, 'limited', 'Too much', detail, { limit, most });
  return { status, headers: { ...headers, 'retry-after': String(seconds) }, body };
}

/** Trying again does not help: no 503, which clients repeat, and no `Retry-After`. */
function refusedByAws(
  { code, grantId }: Extract<Failure, { code: 'role-refused' | 'policy-refused' }>,
  title: string,
  detail: string,
): Problem {
  return problem(500, code, title, detail, { grantId, instance: `/v1/grants/${grantId}` });
}

function grantMembers(grant: Grant | undefined): Record<string, Json> {
  if (grant === undefined) return {};
  return { instance: `/v1/grants/${grant.id}`, grantId: grant.id, grant: grantJson(grant) };
}
