import type { Decision, Question, RequestFacts } from './decision.ts';
import type { Grant, Requester, Vote } from './grant.ts';
import { newEventId, type RandomBytes } from './ids.ts';
import type { Instant } from './instant.ts';
import type { SessionPlan } from './session.ts';

/** The workflow and the broker's own repairs act under this name. */
export const BROKER = 'broker';

export type Actor = Requester | typeof BROKER;

/** Everything the policy engine saw, enough to ask it again. */
export type DecisionInputs = {
  readonly principal: Question['caller']['principal'];
  readonly facts: RequestFacts;
};

type Common = {
  readonly id: string;
  readonly grantId: string;
  readonly entitlement: string;
  /** The grant's status from here on. */
  readonly status: Grant['status'];
  readonly at: Instant;
  readonly actor: Actor;
  /** The API Gateway request or the workflow's execution that caused it. */
  readonly requestId: string;
  readonly sourceIp: string | null;
};

/** A session as it is recorded: nothing that could be used as a key (I7). */
export type VendedSession = Omit<SessionPlan, 'policy'>;

type Decided = { readonly decision: Decision; readonly inputs: DecisionInputs };

/** What happened, and what belongs to it. */
export type Happening =
  | ({ readonly type: 'requested'; readonly breakGlass: boolean } & Decided)
  | { readonly type: 'vended'; readonly session: VendedSession }
  | { readonly type: 'vend-failed'; readonly session: VendedSession; readonly reason: string }
  | { readonly type: 'voted'; readonly vote: Vote['vote']; readonly comment: string | null }
  | { readonly type: 'vote-withdrawn'; readonly comment: string | null }
  | { readonly type: 'approved'; readonly decision: Decision }
  | { readonly type: 'denied'; readonly reason: string }
  | { readonly type: 'reminded' | 'escalated' | 'lapsed' | 'started' | 'expired' }
  | ({
      readonly type: 'extended';
      readonly expiresAt: Instant;
      readonly justification: string;
    } & Decided)
  | ({ readonly type: 'extension-denied' } & Decided)
  | { readonly type: 'cancelled' | 'revoking' | 'killing'; readonly reason: string }
  | { readonly type: 'revoked'; readonly reason: string; readonly killSeconds: number | null }
  | { readonly type: 'outlived'; readonly reason: string }
  | { readonly type: 'kill-failed'; readonly role: string; readonly reason: string }
  | { readonly type: 'reviewed'; readonly comment: string | null }
  | { readonly type: 'review-reminded'; readonly dueAt: Instant };

export const EVENT_TYPES = [
  ...(['requested', 'vended', 'vend-failed', 'voted', 'vote-withdrawn', 'approved'] as const),
  ...(['denied', 'reminded', 'escalated', 'lapsed', 'started', 'expired', 'extended'] as const),
  ...(['extension-denied', 'cancelled', 'revoking', 'killing', 'revoked', 'outlived'] as const),
  ...(['kill-failed', 'reviewed', 'review-reminded'] as const),
] as const satisfies readonly Happening['type'][];

/** One line of a grant's audit trail; written in the same transaction as what it tells (I1, I8). */
export type AuditEvent = Common & Happening;

export type Cause = {
  readonly at: Instant;
  readonly requestId: string;
  readonly sourceIp: string | null;
};

/** The event that goes with a grant as it is from here on. */
export function eventOf(
  grant: Grant,
  actor: Actor,
  happening: Happening,
  cause: Cause,
  random: RandomBytes,
): AuditEvent {
  const { id: grantId, entitlement, status } = grant;
  return { id: newEventId(random), grantId, entitlement, status, actor, ...cause, ...happening };
}

export function requested(
  grant: Grant,
  asked: Question,
  cause: Cause,
  random: RandomBytes,
): AuditEvent {
  const { decision, breakGlass } = grant;
  const inputs = { principal: asked.caller.principal, facts: asked.facts };
  const happening = { type: 'requested', breakGlass, decision, inputs } as const;
  return eventOf(grant, grant.requester, happening, cause, random);
}

export function vended(
  grant: Grant,
  session: SessionPlan,
  cause: Cause,
  random: RandomBytes,
): AuditEvent {
  const happening = { type: 'vended', session: withoutPolicy(session) } as const;
  return eventOf(grant, grant.requester, happening, cause, random);
}

export function vendFailed(
  grant: Grant,
  session: SessionPlan,
  reason: string,
  cause: Cause,
  random: RandomBytes,
): AuditEvent {
  const happening = { type: 'vend-failed', session: withoutPolicy(session), reason } as const;
  return eventOf(grant, grant.requester, happening, cause, random);
}

function withoutPolicy({ policy: _, ...session }: SessionPlan): VendedSession {
  return session;
}
