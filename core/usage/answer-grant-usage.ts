import { findEntitlement } from '../bundle/bundle.ts';
import type { CallSource } from '../call.ts';
import type { Failure } from '../failure.ts';
import { type Grant, isOpen } from '../grant.ts';
import { findVisibleGrant } from '../grants/find-grant.ts';
import type { ReadPorts } from '../grants/read-grants.ts';
import type { Instant } from '../instant.ts';
import { ok, type Result } from '../result.ts';
import type { Judged } from '../usage.ts';
import type { UsageJudge } from './usage-seams.ts';
import type { FoundUsage, KeptUsage, UsageStore } from './usage-store.ts';
import { isInLogs, type Places, usageDueAt } from './window-of.ts';

/** What the deployment reads, and how long it keeps that after the end of a grant; null where it reads nothing. */
export type UsageSetting = (Pick<Places, 'accounts'> & { readonly keepDays: number }) | null;

export type UsagePorts = ReadPorts & {
  readonly usages: Pick<UsageStore, 'find' | 'ofEntitlement' | 'begunAt'>;
  readonly usageJudge: UsageJudge;
  readonly usageSetting: UsageSetting;
};

/**
 * `read`: the logs were read. `waiting`: they will be. `idle`: no keys were vended, so that nothing could be called. `off`:
 * the deployment reads no logs, or none of the accounts of this grant. `not-kept`: what was called is not known any more, or
 * never was, because the grant ended before the deployment read logs.
 */
type UsageState = 'read' | 'waiting' | 'idle' | 'off' | 'not-kept';

export type GrantUsageAnswer = {
  readonly grant: Grant;
  readonly state: UsageState;
  /** When the logs will be read; null while the grant goes on, and where they are not to be read. */
  readonly readAfter: Instant | null;
  readonly kept: KeptUsage | null;
  /** By the entitlement as it is now; null where there is none any more, or nothing was read. */
  readonly judged: Judged | null;
  /** Whether the entitlement grants something else than it did to this grant. */
  readonly changed: boolean;
};

/** What was called under a grant, for whoever may see the grant. */
export async function answerGrantUsage(
  ports: UsagePorts,
  call: CallSource,
  id: string,
): Promise<Result<GrantUsageAnswer, Failure>> {
  const grant = await findVisibleGrant(ports, call, id);
  if (!grant.ok) return grant;
  const found = await ports.usages.find(grant.value);
  if (!found.ok) return found;
  const state = stateOf(ports, grant.value, found.value);
  const kept = state !== 'idle' && found.value?.state === 'kept' ? found.value.kept : null;
  const entitlement = findEntitlement(ports.bundle, grant.value.entitlement);
  const readAfter = state === 'waiting' && !isOpen(grant.value) ? usageDueAt(grant.value) : null;
  const changed = entitlement?.hash !== grant.value.definition;
  const facts = { grant: grant.value, state, readAfter, kept, changed };
  if (kept === null || entitlement === null) return ok({ ...facts, judged: null });
  const { of, usage, logs } = kept;
  const asked = { entitlement, logs, grant: grant.value };
  return ok({ ...facts, judged: ports.usageJudge.grant(asked, { ...of, usage }) });
}

function stateOf(
  { usageSetting, clock }: UsagePorts,
  grant: Grant,
  found: FoundUsage | null,
): UsageState {
  if (grant.keysValidUntil === null && !isOpen(grant)) return 'idle';
  if (found?.state === 'kept') return 'read';
  if (usageSetting === null || !isInLogs(grant, usageSetting)) return 'off';
  if (found !== null || isOpen(grant)) return 'waiting';
  // The notice of its end is on its way.
  return clock() < usageDueAt(grant) ? 'waiting' : 'not-kept';
}
