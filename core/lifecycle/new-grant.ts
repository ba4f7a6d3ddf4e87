import type { Decision } from '../decision.ts';
import type { Parameters, Scope } from '../entitlement.ts';
import {
  chainedRoleArns,
  type Deployment,
  type Entitlement,
  targetRoleArn,
} from '../entitlement.ts';
import type { Approvals, Grant, GrantStatus, MatchCode, RequestedWith, Review } from '../grant.ts';
import { newGrantId, type RandomBytes } from '../ids.ts';
import { addSeconds, floorToSecond, type Instant } from '../instant.ts';
import { jobOf } from '../job.ts';
import { type Principal, principalKey } from '../principal.ts';
import { marksOf } from '../same-person.ts';
import { hashedCode } from './hashed-code.ts';

/** When a grant with that start ends: on a whole second, never later than requested. */
export function expiryOf(start: Instant, durationSeconds: number): Instant {
  return floorToSecond(addSeconds(start, durationSeconds));
}

export type NewGrant = {
  readonly principal: Principal;
  readonly entitlement: Entitlement & { readonly hash: string };
  readonly deployment: Deployment;
  readonly parameters: Parameters;
  readonly scope: Scope | null;
  readonly durationSeconds: number;
  readonly requestedWith: RequestedWith;
  /** Null to start at once. */
  readonly startsAt: Instant | null;
  readonly justification: string;
  readonly ticket: string | null;
  readonly sourceIp: string;
  readonly decision: Decision;
  readonly now: Instant;
  /** For an entitlement whose approvers must hear it from the requester. */
  readonly matchCode: string;
  readonly random: RandomBytes;
};

/** The grant that a request makes: allow → active or scheduled, approve → pending, deny → denied. */
export function newGrant({ random, ...input }: NewGrant): Grant {
  return grantWithId(newGrantId(random, input.now), input);
}

type Requested = Omit<NewGrant, 'random'>;

/** The same under an id that the grant has already. */
export function grantWithId(id: string, input: Requested): Grant {
  const { principal, entitlement, deployment, decision, now } = input;
  const status = firstStatus(input);
  const granted = status === 'active' || status === 'scheduled';
  const start = input.startsAt ?? now;
  return {
    id,
    status,
    version: 1,
    requester: { type: principal.type, id: principal.id, name: principal.name },
    marks: marksOf(principal, entitlement.approval?.samePerson ?? []) ?? [principal.id],
    principalKey: principalKey(principal),
    entitlement: entitlement.id,
    definition: entitlement.hash,
    targetRole: targetRoleArn(entitlement, deployment),
    chainedRoles: chainedRoleArns(entitlement, deployment),
    breakGlass: entitlement.breakGlass,
    parameters: input.parameters,
    scope: input.scope,
    justification: input.justification,
    ticket: input.ticket,
    job: jobOf(principal, entitlement),
    sourceIp: input.sourceIp,
    durationSeconds: input.durationSeconds,
    sessionDurationSeconds: entitlement.sessionDurationSeconds,
    requestedWith: input.requestedWith,
    createdAt: now,
    startsAt: granted ? start : input.startsAt,
    expiresAt: granted ? expiryOf(start, input.durationSeconds) : null,
    endedAt: status === 'denied' ? now : null,
    endReason: status === 'denied' ? 'policy' : null,
    keysValidUntil: null,
    kill: null,
    approvals: approvalsOf(entitlement, status, now, hashedCode(id, input.matchCode)),
    extension: null,
    review: granted ? reviewOwed(entitlement, start) : null,
    decision,
  };
}

function firstStatus({ decision, startsAt, now }: Requested): GrantStatus {
  if (decision.outcome === 'deny') return 'denied';
  if (decision.outcome === 'approve') return 'pending';
  return startsAt !== null && startsAt > now ? 'scheduled' : 'active';
}

function approvalsOf(
  entitlement: Entitlement,
  status: GrantStatus,
  now: Instant,
  matchCode: MatchCode,
): Approvals {
  const terms = status === 'pending' ? entitlement.approval : undefined;
  const after = (seconds: number | undefined): Instant | null =>
    seconds === undefined ? null : addSeconds(now, seconds);
  return {
    required: terms?.required ?? 0,
    refusals: terms?.refusals ?? 0,
    votes: [],
    remindAt: after(terms?.remindAfterSeconds),
    escalateAt: after(terms?.escalateAfterSeconds),
    lapseAt: after(terms?.lapseAfterSeconds),
    escalated: false,
    ...(terms?.matchCode && { matchCode }),
  };
}

/** The review that a break-glass grant owes once it has begun. */
export function reviewOwed(
  { breakGlass, reviewAfterSeconds }: Pick<Entitlement, 'breakGlass' | 'reviewAfterSeconds'>,
  start: Instant,
): Review | null {
  if (!breakGlass) return null;
  const dueAt = addSeconds(start, reviewAfterSeconds);
  return { status: 'due', dueAt, reminded: false, reviewer: null, comment: null, at: null };
}
