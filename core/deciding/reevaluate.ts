import type { DecisionInputs } from '../audit.ts';
import { findEntitlement } from '../bundle/bundle.ts';
import type { Decision } from '../decision.ts';
import { targetAccount } from '../entitlement.ts';
import type { Failure } from '../failure.ts';
import type { Grant, PendingExtension } from '../grant.ts';
import type { GrantStore } from '../ports.ts';
import { ok, type Result } from '../result.ts';
import { decide, type Judge } from './judge.ts';
import { whyBeyondLimits, whyRedefined } from './limits-now.ts';
import { historyAt, recordedInputs } from './past.ts';
import { asRequested, signalsAt } from './signals-seen.ts';

/**
 * Asks today's policies about a request as it was made: the same principal, the same facts. Time, network
 * and sign-in stay those of the request, because the policies that read them judged them then.
 */
export async function reevaluate(
  ports: Judge & { readonly store: Pick<GrantStore, 'requestedEvent' | 'history' | 'signalPast'> },
  grant: Grant,
): Promise<Result<Decision, Failure>> {
  const inputs = await recordedInputs(ports.store, grant.id);
  return inputs.ok ? askAgain(ports, grant, inputs.value) : inputs;
}

/** The same about an extension, as it was requested. */
export function reevaluateExtension(
  ports: Judge & { readonly store: Pick<GrantStore, 'history' | 'signalPast'> },
  grant: Grant,
  extension: PendingExtension,
): Promise<Result<Decision, Failure>> {
  const { inputs, durationSeconds, approvals } = extension;
  const asked = { ...asRequested(grant, extension), durationSeconds, approvals };
  return askAgain(ports, asked, inputs);
}

async function askAgain(
  ports: Judge & { readonly store: Pick<GrantStore, 'history' | 'signalPast'> },
  grant: Grant,
  inputs: DecisionInputs | null,
): Promise<Result<Decision, Failure>> {
  const { bundle } = ports;
  const refused = (advice: string) =>
    ok<Decision>({ outcome: 'deny', policies: [], advice: [advice], bundle: bundle.hash });
  const entitlement = findEntitlement(bundle, grant.entitlement);
  if (entitlement === null) return refused(`${grant.entitlement} was removed`);
  const changed = whyRedefined(grant, entitlement) ?? whyBeyondLimits(grant, entitlement);
  if (changed !== null) return refused(changed);
  if (inputs === null) return refused('the record of its request is missing');
  const { principal, facts } = inputs;
  if (!bundle.issuers.some(({ id }) => id === principal.issuer)) {
    return refused(`the issuer ${principal.issuer} is no longer trusted`);
  }
  const history = await historyAt(ports.store, grant, entitlement);
  if (!history.ok) return history;
  const signals = await signalsAt(ports.store, grant, entitlement);
  if (!signals.ok) return signals;
  const account = targetAccount(entitlement, ports.deployment);
  const asked = {
    caller: { principal },
    entitlement,
    account,
    facts: {
      ...facts,
      history: history.value,
      ...(signals.value !== undefined && { signals: signals.value }),
    },
  };
  return decide(ports, asked, entitlement);
}

/** Why a grant ends that policy no longer allows: the policies, or the reason for which none was asked. */
export function whyNoLonger({ policies, advice }: Decision): string {
  if (policies.length > 0) return `policy no longer allows it: ${policies.join(', ')}`;
  return advice.join(' ') || 'policy no longer allows it: no policy permits it';
}
