import { type CompiledEntitlement, findEntitlement } from '../bundle/bundle.ts';
import type { CallSource } from '../call.ts';
import type { Decision, RequestFacts } from '../decision.ts';
import { targetAccount } from '../entitlement.ts';
import type { Unavailable } from '../failure.ts';
import { type Grant, isOpen } from '../grant.ts';
import type { GrantStore } from '../ports.ts';
import { signalsAtUse, type Used } from '../request-signals.ts';
import { ok, type Result } from '../result.ts';
import { knownCaller } from './fixed-rules.ts';
import { decide, type Judge } from './judge.ts';
import { historyAt } from './past.ts';
import { signalsAt } from './signals-seen.ts';

export type UsePorts = Judge & { readonly store: Pick<GrantStore, 'history' | 'signalPast'> };

export type Use =
  | { readonly kind: 'allowed' }
  /** A human would have to approve the grant, and none did: it gives no credentials. */
  | { readonly kind: 'unapproved'; readonly decision: Decision }
  /** The token that is presented could not request the grant. */
  | { readonly kind: 'refused'; readonly decision: Decision }
  /** What the entitlement grants has changed, or it is gone: the grant gives no credentials and will end. */
  | { readonly kind: 'redefined' };

/**
 * Judges the use of a grant by the token that is presented now. Groups, tags and MFA are those of the
 * token; time, duration, parameters, ticket, network, MFA age and signals stay those of the request,
 * but for whether the network is another one now, and the token the same. A grant that
 * has ended gives nothing any more, so every token of its principal may use it, which is to read it.
 */
export async function judgeUse(
  ports: UsePorts,
  { caller, sourceIp }: CallSource,
  grant: Grant,
): Promise<Result<Use, Unavailable>> {
  if (!isOpen(grant)) return ok({ kind: 'allowed' });
  const entitlement = findEntitlement(ports.bundle, grant.entitlement);
  if (entitlement === null) return ok({ kind: 'redefined' });
  const [history, signals] = await Promise.all([
    historyAt(ports.store, grant, entitlement),
    signalsAt(ports.store, grant, entitlement),
  ]);
  if (!history.ok) return history;
  if (!signals.ok) return signals;
  const { principal, authentication } = caller;
  const { mfaAgeSeconds } = grant.requestedWith;
  const facts: RequestFacts = {
    ...requestFacts(grant),
    mfa: authentication.mfa,
    mfaAgeSeconds: authentication.mfa ? mfaAgeSeconds : null,
    history: history.value,
    ...(signals.value !== undefined && {
      signals: signalsAtUse(signals.value, requestOf(grant), {
        sourceIp,
        token: caller.token,
      }),
    }),
  };
  const decided = decide(ports, askedAgain(principal, entitlement, facts, ports), entitlement);
  if (!decided.ok) return decided;
  const decision = knownCaller(decided.value, principal, entitlement);
  if (decision.outcome === 'deny') return ok({ kind: 'refused', decision });
  if (entitlement.hash !== grant.definition) return ok({ kind: 'redefined' });
  return ok(mayGoOn(decision, grant) ? { kind: 'allowed' } : { kind: 'unapproved', decision });
}

/** From where, and with which token, the grant was requested. */
export function requestOf({ sourceIp, requestedWith: { token } }: Grant): Used {
  return { sourceIp, token };
}

/** Whether a grant may go on with that decision: where policy requires an approval, it must have had one. */
export function mayGoOn({ outcome }: Decision, { approvals }: Grant): boolean {
  return outcome === 'allow' || (outcome === 'approve' && approvals.required > 0);
}

/** The facts of the request that the grant itself keeps. */
function requestFacts(grant: Grant): Omit<RequestFacts, 'mfa' | 'mfaAgeSeconds' | 'history'> {
  return {
    now: grant.createdAt,
    durationSeconds: grant.durationSeconds,
    startsInSeconds: grant.requestedWith.startsInSeconds,
    sourceIp: grant.sourceIp,
    ticket: grant.ticket,
    justification: grant.justification,
    scoped: grant.scope !== null,
    parameters: grant.parameters,
  };
}

function askedAgain(
  principal: CallSource['caller']['principal'],
  entitlement: CompiledEntitlement,
  facts: RequestFacts,
  { deployment }: Judge,
) {
  return {
    caller: { principal },
    entitlement,
    account: targetAccount(entitlement, deployment),
    facts,
  };
}
