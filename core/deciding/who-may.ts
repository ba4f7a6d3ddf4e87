import type { AuditEvent, DecisionInputs } from '../audit.ts';
import { type Bundle, findEntitlement } from '../bundle/bundle.ts';
import type { Call, CallSource } from '../call.ts';
import { question } from '../decision.ts';
import { type Deployment, targetAccount } from '../entitlement.ts';
import type { Failure, Unavailable } from '../failure.ts';
import type { Grant } from '../grant.ts';
import type { Instant } from '../instant.ts';
import type { GrantStore, PolicyEngine, VoteQuestion } from '../ports.ts';
import { err, ok, type Result } from '../result.ts';
import { type Marks, marksOf } from '../same-person.ts';
import { unknownPerson } from './fixed-rules.ts';

/** What a caller may do with a grant. Over other principals' grants the policy engine alone decides. */
export type AuthorityPorts = {
  readonly bundle: Bundle;
  readonly deployment: Deployment;
  readonly engine: PolicyEngine;
  readonly store: Pick<GrantStore, 'events'>;
  readonly clock: () => Instant;
};

export const NO_SUCH_GRANT: Failure = {
  code: 'not-found',
  detail: 'There is no such grant, or you may not see it.',
};

export function isOwn(grant: Grant, { caller }: Pick<Call, 'caller'>): boolean {
  return grant.requester.id === caller.principal.id;
}

/** Principals see their own grants, and those they may vote on, revoke, review or audit. */
export async function maySee(
  ports: AuthorityPorts,
  call: CallSource,
  grant: Grant,
): Promise<Result<boolean, Unavailable>> {
  if (isOwn(grant, call)) return ok(true);
  const { principal } = call.caller;
  const permitted = anyPermits([
    () => ports.engine.mayOnBroker('audit', principal),
    () => ports.engine.mayOnBroker('administer', principal),
    () => onEntitlement(ports, 'revoke', call, grant),
    () => onEntitlement(ports, 'review', call, grant),
  ]);
  return !permitted.ok || permitted.value ? permitted : mayVote(ports, call, grant);
}

/** Whether policy lets the caller vote. `core/lifecycle/vote.ts` refuses votes on one's own request. */
export async function mayVote(
  ports: AuthorityPorts,
  call: CallSource,
  grant: Grant,
): Promise<Result<boolean, Unavailable>> {
  const asked = await voteQuestion(ports, call, grant);
  if (!asked.ok || asked.value === null) return asked.ok ? ok(false) : asked;
  const answer = ports.engine.mayVote(asked.value);
  return answer.ok ? ok(answer.value.permitted) : answer;
}

/** The requester and administrators, who policy lets revoke, and approvers: they could have refused it. */
export async function mayRevoke(
  ports: AuthorityPorts,
  call: CallSource,
  grant: Grant,
): Promise<Result<boolean, Unavailable>> {
  if (isOwn(grant, call)) return ok(true);
  const permitted = anyPermits([
    () => ports.engine.mayOnBroker('administer', call.caller.principal),
    () => onEntitlement(ports, 'revoke', call, grant),
  ]);
  return !permitted.ok || permitted.value ? permitted : mayVote(ports, call, grant);
}

export function mayReview(
  ports: AuthorityPorts,
  call: CallSource,
  grant: Grant,
): Result<boolean, Unavailable> {
  return onEntitlement(ports, 'review', call, grant);
}

/**
 * The marks that identify the caller as a person, by the claims that the entitlement names.
 *
 * @returns a refusal where the token lacks a claim: the caller could otherwise vote twice, or for
 *   themselves (I9).
 */
export function personOf(
  { bundle }: Pick<AuthorityPorts, 'bundle'>,
  { caller }: Pick<Call, 'caller'>,
  grant: Grant,
): Result<Marks, Failure> {
  const claims = findEntitlement(bundle, grant.entitlement)?.approval?.samePerson ?? [];
  const marks = marksOf(caller.principal, claims);
  return marks === null
    ? err({ code: 'forbidden', grant, detail: unknownPerson(claims) })
    : ok(marks);
}

/** What the engine saw when the grant was requested; null where no record of it is found. */
export async function recordedInputs(
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

/** The facts of the request, with the time, network and sign-in of the voter. */
async function voteQuestion(
  ports: AuthorityPorts,
  { caller, sourceIp }: CallSource,
  grant: Grant,
): Promise<Result<VoteQuestion | null, Unavailable>> {
  const entitlement = findEntitlement(ports.bundle, grant.entitlement);
  if (entitlement === null) return ok(null);
  const inputs = await recordedInputs(ports.store, grant.id);
  if (!inputs.ok || inputs.value === null) return inputs.ok ? ok(null) : inputs;
  const { facts, principal } = inputs.value;
  const asked = question(caller, entitlement, ports.deployment, {
    ...facts,
    now: ports.clock(),
    sourceIp,
    scope: grant.scope,
  });
  return ok({ ...asked, requester: principal, escalated: grant.approvals.escalated });
}

function onEntitlement(
  { bundle, deployment, engine }: AuthorityPorts,
  action: 'revoke' | 'review',
  { caller }: CallSource,
  grant: Grant,
): Result<boolean, Unavailable> {
  const entitlement = findEntitlement(bundle, grant.entitlement);
  if (entitlement === null) return ok(false);
  const account = targetAccount(entitlement, deployment);
  return engine.mayOnEntitlement(action, caller.principal, entitlement, account);
}

/** One permit is enough. Without one, a question that could not be answered is no "no" (I6). */
function anyPermits(
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
