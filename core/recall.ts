import { findEntitlement } from './assess.ts';
import type { Bundle } from './bundle/bundle.ts';
import type { History } from './decision.ts';
import type { Unavailable } from './failure.ts';
import { addSeconds, type Instant } from './instant.ts';
import type { GrantStore, PastUse } from './ports.ts';
import type { Caller } from './principal.ts';
import { ok, type Result } from './result.ts';

/** How long a denial counts as recent. */
const RECENT_SECONDS = 86_400;

export type RecallPorts = {
  readonly bundle: Bundle;
  readonly store: Pick<GrantStore, 'history'>;
  readonly clock: () => Instant;
};

/** The caller's history: one read, and none at all where no policy could ask for it. */
export async function recall(
  ports: RecallPorts,
  caller: Caller,
  entitlement: string,
): Promise<Result<History | null, Unavailable>> {
  const asksFor = findEntitlement(ports.bundle, entitlement)?.readsHistory === true;
  const past = asksFor ? await read(ports, caller) : ok(null);
  return past.ok ? ok(historyFor(past.value, entitlement)) : past;
}

/** The same for all entitlements at once. */
export async function recallUse(
  ports: RecallPorts,
  caller: Caller,
): Promise<Result<PastUse | null, Unavailable>> {
  const asked = Object.values(ports.bundle.entitlements).some(({ readsHistory }) => readsHistory);
  return asked ? read(ports, caller) : ok(null);
}

function read(ports: RecallPorts, caller: Caller): Promise<Result<PastUse, Unavailable>> {
  return ports.store.history(caller.principal.id, addSeconds(ports.clock(), -RECENT_SECONDS));
}

export function historyFor(past: PastUse | null, entitlement: string): History | null {
  if (past === null) return null;
  return { recentDenials: past.denials, firstUse: !past.entitlements.includes(entitlement) };
}
