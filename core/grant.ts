import type { Decision, Outcome } from './decision.ts';
import type { Entitlement } from './entitlement.ts';
import { newGrantId, type RandomBytes } from './ids.ts';
import { addSeconds, floorToSecond, formatInstant, type Instant } from './instant.ts';
import type { Parameters } from './parameters.ts';
import { type Principal, type PrincipalType, principalKey } from './principal.ts';
import { err, ok, type Result } from './result.ts';
import type { Scope } from './scope.ts';
import { latestKeyEnd } from './session.ts';

/** Every status that the contract knows; approval and revocation lead to those that none has yet. */
export const GRANT_STATUSES = [
  'pending',
  'scheduled',
  'active',
  'denied',
  'cancelled',
  'lapsed',
  'expired',
  'revoking',
  'revoked',
] as const;
export type GrantStatus = (typeof GRANT_STATUSES)[number];

export type Requester = {
  readonly type: PrincipalType;
  readonly id: string;
  readonly name: string;
};

/** One principal's use of one entitlement; a request is a grant that is not active yet. */
export type Grant = {
  readonly id: string;
  readonly status: GrantStatus;
  readonly version: number;
  readonly requester: Requester;
  readonly principalKey: string;
  readonly entitlement: string;
  /** The hash of the entitlement's definition that was judged; another definition is another grant. */
  readonly definition: string;
  readonly parameters: Parameters;
  readonly scope: Scope | null;
  readonly justification: string;
  readonly ticket: string | null;
  /** Where the request came from; the network that a bound session works from. */
  readonly sourceIp: string;
  readonly durationSeconds: number;
  readonly createdAt: Instant;
  readonly startsAt: Instant | null;
  readonly expiresAt: Instant | null;
  readonly endedAt: Instant | null;
  readonly endReason: string | null;
  /** Until when keys that were vended under it may work; null while none were. */
  readonly keysValidUntil: Instant | null;
  readonly approvalsRequired: number;
  readonly decision: Decision;
};

/** A grant under which keys may be vended. */
export type ActiveGrant = Grant & { readonly status: 'active'; readonly expiresAt: Instant };

export type WrongState = { readonly code: 'wrong-state'; readonly detail: string };

const FIRST_STATUS: Readonly<Record<Outcome, GrantStatus>> = {
  allow: 'active',
  approve: 'pending',
  deny: 'denied',
};

/** When a grant that starts now ends: on a whole second, never later than asked. */
export function expiryOf(now: Instant, durationSeconds: number): Instant {
  return floorToSecond(addSeconds(now, durationSeconds));
}

/** The arrows from `request`: allow → active, approve → pending, deny → denied. */
export function requestGrant(input: {
  readonly principal: Principal;
  readonly entitlement: Entitlement & { readonly hash: string };
  readonly parameters: Parameters;
  readonly scope: Scope | null;
  readonly durationSeconds: number;
  readonly justification: string;
  readonly ticket: string | null;
  readonly sourceIp: string;
  readonly decision: Decision;
  readonly now: Instant;
  readonly random: RandomBytes;
}): Grant {
  const { principal, entitlement, decision, now } = input;
  const status = FIRST_STATUS[decision.outcome];
  const active = status === 'active';
  return {
    id: newGrantId(input.random),
    status,
    version: 1,
    requester: { type: principal.type, id: principal.id, name: principal.name },
    principalKey: principalKey(principal),
    entitlement: entitlement.id,
    definition: entitlement.hash,
    parameters: input.parameters,
    scope: input.scope,
    justification: input.justification,
    ticket: input.ticket,
    sourceIp: input.sourceIp,
    durationSeconds: input.durationSeconds,
    createdAt: now,
    startsAt: active ? now : null,
    expiresAt: active ? expiryOf(now, input.durationSeconds) : null,
    endedAt: status === 'denied' ? now : null,
    endReason: status === 'denied' ? 'policy' : null,
    keysValidUntil: null,
    approvalsRequired: status === 'pending' ? (entitlement.approval?.required ?? 1) : 0,
    decision,
  };
}

/** The grant as it must be written before keys are vended under it (I1), or why none may be. */
export function vendUnder(grant: Grant, now: Instant): Result<ActiveGrant, WrongState> {
  if (grant.expiresAt !== null && now >= grant.expiresAt) {
    const end = formatInstant(grant.expiresAt);
    return err({ code: 'wrong-state', detail: `The grant ended at ${end}. Ask again.` });
  }
  if (grant.status !== 'active' || grant.expiresAt === null) {
    return err({ code: 'wrong-state', detail: `The grant is ${grant.status}, not active.` });
  }
  const end = latestKeyEnd(now, grant.expiresAt);
  return ok({
    ...grant,
    status: 'active',
    expiresAt: grant.expiresAt,
    keysValidUntil: Math.max(end, grant.keysValidUntil ?? 0),
  });
}

export type Expiry =
  | { readonly kind: 'expired'; readonly grant: Grant }
  | { readonly kind: 'already-ended' }
  | { readonly kind: 'not-due' };

/** active → expired, once its time is up; expiring twice changes nothing. */
export function expire(grant: Grant, now: Instant): Expiry {
  if (grant.status !== 'active' || grant.expiresAt === null) return { kind: 'already-ended' };
  if (now < grant.expiresAt) return { kind: 'not-due' };
  return {
    kind: 'expired',
    grant: {
      ...grant,
      status: 'expired',
      version: grant.version + 1,
      endedAt: grant.expiresAt,
      endReason: 'time is up',
    },
  };
}
