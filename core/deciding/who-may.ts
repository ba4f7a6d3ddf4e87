import type { AuditEvent, DecisionInputs } from '../audit.ts';
import type { Bundle } from '../bundle/bundle.ts';
import { findEntitlement } from '../bundle/bundle.ts';
import { type Question, question } from '../decision.ts';
import { type Deployment, targetAccount } from '../entitlement.ts';
import type { Failure, Unavailable } from '../failure.ts';
import type { Grant } from '../grant.ts';
import type { Instant } from '../instant.ts';
import type { GrantStore, PolicyEngine, VoteQuestion } from '../ports.ts';
import type { Caller } from '../principal.ts';
import { ok, type Result } from '../result.ts';

/** What somebody may do with a grant, own or another's. The engine alone judges others'. */
export type AuthorityPorts = {
  readonly bundle: Bundle;
  readonly deployment: Deployment;
  readonly engine: PolicyEngine;
  readonly store: Pick<GrantStore, 'events'>;
  readonly clock: () => Instant;
};

/** The call that somebody acts in. */
export type Acting = { readonly caller: Caller; readonly sourceIp: string };

export function isOwn(grant: Grant, { caller }: Acting): boolean {
  return grant.requester.id === caller.principal.id;
}

/** People see their own grants, and those that they may approve, end, review or audit. */
export async function maySee(
  ports: AuthorityPorts,
  acting: Acting,
  grant: Grant,
): Promise<Result<boolean, Unavailable>> {
  if (isOwn(grant, acting)) return ok(true);
  const { principal } = acting.caller;
  const all = firstYes([
    () => ports.engine.mayOnBroker('audit', principal),
    () => ports.engine.mayOnBroker('administer', principal),
    () => onEntitlement(ports, 'revoke', acting, grant),
    () => onEntitlement(ports, 'review', acting, grant),
  ]);
  return !all.ok || all.value ? all : mayVote(ports, acting, grant);
}

/** Whether policy lets the caller vote; that nobody votes on their own is `core/lifecycle/vote.ts`. */
export async function mayVote(
  ports: AuthorityPorts,
  acting: Acting,
  grant: Grant,
): Promise<Result<boolean, Unavailable>> {
  const asked = await voteQuestion(ports, acting, grant);
  if (!asked.ok || asked.value === null) return asked.ok ? ok(false) : asked;
  const answer = ports.engine.mayVote(asked.value);
  return answer.ok ? ok(answer.value.permitted) : answer;
}

/** Approvers may also end what they could have refused. */
export async function mayRevoke(
  ports: AuthorityPorts,
  acting: Acting,
  grant: Grant,
): Promise<Result<boolean, Unavailable>> {
  if (isOwn(grant, acting)) return ok(true);
  const direct = firstYes([
    () => ports.engine.mayOnBroker('administer', acting.caller.principal),
    () => onEntitlement(ports, 'revoke', acting, grant),
  ]);
  return !direct.ok || direct.value ? direct : mayVote(ports, acting, grant);
}

export function mayReview(
  ports: AuthorityPorts,
  acting: Acting,
  grant: Grant,
): Result<boolean, Unavailable> {
  return onEntitlement(ports, 'review', acting, grant);
}

/** What the engine saw when the grant was asked for; null where no record of it is found. */
export async function inputsOf(
  store: Pick<GrantStore, 'events'>,
  grantId: string,
): Promise<Result<DecisionInputs | null, Unavailable>> {
  const trail = await store.events(grantId);
  if (!trail.ok) return trail;
  const first = trail.value.find(isRequested);
  return ok(first?.inputs ?? null);
}

function isRequested(event: AuditEvent): event is Extract<AuditEvent, { type: 'requested' }> {
  return event.type === 'requested';
}

async function voteQuestion(
  ports: AuthorityPorts,
  { caller, sourceIp }: Acting,
  grant: Grant,
): Promise<Result<VoteQuestion | null, Unavailable>> {
  const entitlement = findEntitlement(ports.bundle, grant.entitlement);
  if (entitlement === null) return ok(null);
  const inputs = await inputsOf(ports.store, grant.id);
  if (!inputs.ok || inputs.value === null) return inputs.ok ? ok(null) : inputs;
  const { facts, principal } = inputs.value;
  const voters: Question = question(caller, entitlement, ports.deployment, {
    ...facts,
    now: ports.clock(),
    sourceIp,
    scope: grant.scope,
  });
  return ok({ ...voters, requester: principal, escalated: grant.approvals.escalated });
}

function onEntitlement(
  { bundle, deployment, engine }: AuthorityPorts,
  action: 'revoke' | 'review',
  { caller }: Acting,
  grant: Grant,
): Result<boolean, Unavailable> {
  const entitlement = findEntitlement(bundle, grant.entitlement);
  if (entitlement === null) return ok(false);
  const account = targetAccount(entitlement, deployment);
  return engine.mayOnEntitlement(action, caller.principal, entitlement, account);
}

/** One that says yes settles it; otherwise an engine that failed somewhere is no "no" (I6). */
function firstYes(
  questions: readonly (() => Result<boolean, Unavailable>)[],
): Result<boolean, Unavailable> {
  let failed: Result<boolean, Unavailable> | null = null;
  for (const ask of questions) {
    const answer = ask();
    if (answer.ok && answer.value) return answer;
    if (!answer.ok) failed = answer;
  }
  return failed ?? ok(false);
}

export const NO_SUCH_GRANT: Failure = {
  code: 'not-found',
  detail: 'There is no such grant, or you may not see it.',
};
