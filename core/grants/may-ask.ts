import type { Bundle } from '../bundle/bundle.ts';
import type { CallSource } from '../call.ts';
import type { Decision } from '../decision.ts';
import type { Failure } from '../failure.ts';
import type { Instant } from '../instant.ts';
import { beyondAsking } from '../limits.ts';
import type { GrantStore } from '../ports.ts';
import { err, ok, type Result } from '../result.ts';

export type MayAskPorts = {
  readonly bundle: Bundle;
  readonly store: Pick<GrantStore, 'asked'>;
};

/** Whether the caller may ask people once more. What policy decides alone bothers nobody, and costs no read. */
export async function mayAsk(
  { bundle, store }: MayAskPorts,
  { caller: { principal } }: CallSource,
  entitlement: string,
  { decision: { outcome }, now }: { readonly decision: Decision; readonly now: Instant },
): Promise<Result<null, Failure>> {
  if (outcome !== 'approve') return ok(null);
  const asked = await store.asked(principal.id, entitlement, now);
  if (!asked.ok) return asked;
  const asking = { type: principal.type, entitlement, now };
  const beyond = beyondAsking(bundle.limits, asked.value, asking);
  return beyond === null ? ok(null) : err(beyond);
}
