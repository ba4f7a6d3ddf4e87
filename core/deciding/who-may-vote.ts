import { findEntitlement } from '../bundle/bundle.ts';
import type { CallSource } from '../call.ts';
import { type Answer, mfaAge } from '../decision.ts';
import { targetAccount } from '../entitlement.ts';
import type { Unavailable } from '../failure.ts';
import type { Grant, Vote, VoterFacts } from '../grant.ts';
import type { Instant } from '../instant.ts';
import { votedOn } from '../lifecycle/vote.ts';
import { err, ok, type Result } from '../result.ts';
import type { AuthorityPorts } from './authority.ts';
import { recordedInputs } from './past.ts';
import { asRequested, signalsAt, voterSignalsAt } from './signals-seen.ts';

/** Whether policy lets the caller vote on what the grant waits for: its request, or an extension. `core/lifecycle/vote.ts` refuses votes on one's own request. */
export async function mayVote(
  ports: AuthorityPorts,
  call: CallSource,
  grant: Grant,
): Promise<Result<boolean, Unavailable>> {
  const answer = await askVote(ports, grant, voterFactsOf(call, ports.clock()), ports.clock());
  return answer.ok ? ok(answer.value?.permitted === true) : answer;
}

/** Whether policy lets the caller vote on the request of the grant, or on its extension. */
export async function isApprover(
  ports: AuthorityPorts,
  call: CallSource,
  grant: Grant,
): Promise<Result<boolean, Unavailable>> {
  const onRequest = await mayVote(ports, call, { ...grant, extension: null });
  if (!onRequest.ok || onRequest.value || grant.extension === null) return onRequest;
  return mayVote(ports, call, grant);
}

/** Whether policy still lets the voter of a vote that was cast vote as they did then. */
export async function mayStillVote(
  ports: AuthorityPorts,
  grant: Grant,
  { facts, at }: Vote,
): Promise<Result<boolean, Unavailable>> {
  if (facts === null) return ok(false);
  const answer = await askVote(ports, grant, facts, at);
  return answer.ok ? ok(answer.value?.permitted === true) : answer;
}

/** What the caller's token and network say of a vote. */
export function voterFactsOf({ caller, sourceIp }: CallSource, now: Instant): VoterFacts {
  const { principal, authentication } = caller;
  return { principal, sourceIp, mfa: authentication.mfa, mfaAgeSeconds: mfaAge(caller, now) };
}

/** Asks about the facts of what was requested, with the time, network and sign-in of the voter. */
async function askVote(
  ports: AuthorityPorts,
  grant: Grant,
  voter: VoterFacts,
  now: Instant,
): Promise<Result<Answer | null, Unavailable>> {
  const entitlement = findEntitlement(ports.bundle, grant.entitlement);
  if (entitlement === null) return ok(null);
  const { extension } = grant;
  const inputs =
    extension === null ? await recordedInputs(ports.store, grant.id) : ok(extension.inputs);
  if (!inputs.ok) return inputs;
  // The record is written with the grant, so one without it is damaged, and whom policy lets vote is unknown.
  if (inputs.value === null) return err({ code: 'unavailable', what: 'store', grantId: grant.id });
  const { principal, ...seen } = voter;
  const [signals, voting] = await Promise.all([
    signalsAt(ports.store, extension === null ? grant : asRequested(grant, extension), entitlement),
    voterSignalsAt(ports.store, principal.id, grant, now, entitlement),
  ]);
  if (!signals.ok) return signals;
  if (!voting.ok) return voting;
  return ports.engine.mayVote({
    caller: { principal },
    entitlement,
    account: targetAccount(entitlement, ports.deployment),
    facts: {
      ...inputs.value.facts,
      ...seen,
      scoped: grant.scope !== null,
      now,
      ...(signals.value !== undefined && { signals: signals.value }),
    },
    requester: inputs.value.principal,
    escalated: votedOn(grant).escalated,
    ...(voting.value !== undefined && { voting: voting.value }),
  });
}
