import type { Decision, Question, RequestFacts } from './decision.ts';
import type { Grant, Requester } from './grant.ts';
import { newEventId, type RandomBytes } from './ids.ts';
import type { Instant } from './instant.ts';
import type { SessionPlan } from './session.ts';

/** The workflow and the broker's own repairs act under this name. */
export const BROKER = 'broker';

/** Everything the policy engine saw, enough to ask it again. */
export type DecisionInputs = {
  readonly principal: Question['caller']['principal'];
  readonly facts: RequestFacts;
};

type Common = {
  readonly id: string;
  readonly grantId: string;
  readonly at: Instant;
  readonly actor: Requester | typeof BROKER;
  /** The API Gateway request or the workflow's execution that caused it. */
  readonly requestId: string;
  readonly sourceIp: string | null;
};

/** One line of a grant's audit trail; written in the same transaction as what it tells (I1, I8). */
export type AuditEvent = Common &
  (
    | {
        readonly type: 'requested';
        readonly status: Grant['status'];
        readonly decision: Decision;
        readonly inputs: DecisionInputs;
      }
    | { readonly type: 'vended'; readonly session: VendedSession }
    | { readonly type: 'vend-failed'; readonly session: VendedSession; readonly reason: string }
    | { readonly type: 'expired' }
  );

/** A session as it is recorded: nothing that could be used as a key (I7). */
export type VendedSession = Omit<SessionPlan, 'policy'>;

export type Cause = {
  readonly at: Instant;
  readonly requestId: string;
  readonly sourceIp: string | null;
};

export function requested(
  grant: Grant,
  asked: Question,
  cause: Cause,
  random: RandomBytes,
): AuditEvent {
  return {
    ...common(grant, grant.requester, cause, random),
    type: 'requested',
    status: grant.status,
    decision: grant.decision,
    inputs: { principal: asked.caller.principal, facts: asked.facts },
  };
}

export function vended(
  grant: Grant,
  session: SessionPlan,
  cause: Cause,
  random: RandomBytes,
): AuditEvent {
  return {
    ...common(grant, grant.requester, cause, random),
    type: 'vended',
    session: withoutPolicy(session),
  };
}

export function vendFailed(
  grant: Grant,
  session: SessionPlan,
  reason: string,
  cause: Cause,
  random: RandomBytes,
): AuditEvent {
  return {
    ...common(grant, grant.requester, cause, random),
    type: 'vend-failed',
    session: withoutPolicy(session),
    reason,
  };
}

export function expired(grant: Grant, cause: Cause, random: RandomBytes): AuditEvent {
  return { ...common(grant, BROKER, cause, random), type: 'expired' };
}

function common(grant: Grant, actor: Common['actor'], cause: Cause, random: RandomBytes): Common {
  return { id: newEventId(random), grantId: grant.id, actor, ...cause };
}

function withoutPolicy({ policy: _, ...session }: SessionPlan): VendedSession {
  return session;
}
