import { type Bundle, findEntitlement } from '../bundle/bundle.ts';
import type { Call, CallSource } from '../call.ts';
import { type Deployment, targetAccount } from '../entitlement.ts';
import type { Failure, Unavailable } from '../failure.ts';
import type { Grant } from '../grant.ts';
import type { Instant } from '../instant.ts';
import type { GrantStore, PolicyEngine } from '../ports.ts';
import { err, ok, type Result } from '../result.ts';
import { type Marks, marksOf } from '../same-person.ts';
import { unknownPerson } from './fixed-rules.ts';

/** What a caller may do with a grant. Over other principals' grants the policy engine alone decides. */
export type AuthorityPorts = {
  readonly bundle: Bundle;
  readonly deployment: Deployment;
  readonly engine: PolicyEngine;
  readonly store: Pick<GrantStore, 'requestedEvent' | 'history' | 'signalPast' | 'votesOf'>;
  readonly clock: () => Instant;
};

export const NO_SUCH_GRANT: Failure = {
  code: 'not-found',
  detail: 'There is no such grant, or you may not see it.',
};

export function isOwn(grant: Grant, { caller }: Pick<Call, 'caller'>): boolean {
  return grant.requester.id === caller.principal.id;
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

export function onEntitlement(
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
export function anyPermits(
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
