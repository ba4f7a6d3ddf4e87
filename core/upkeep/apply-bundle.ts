import { brokerItself } from '../audit.ts';
import type { Judge } from '../deciding/judge.ts';
import { reevaluate } from '../deciding/reevaluate.ts';
import type { Failure } from '../failure.ts';
import type { Grant, GrantStatus } from '../grant.ts';
import { endByOrder } from '../grants/end-by-order.ts';
import type { RandomBytes } from '../ids.ts';
import { addSeconds, type Instant } from '../instant.ts';
import type { GrantStore, ListPlace } from '../ports.ts';
import { ok, type Result } from '../result.ts';

/** Which bundle the open grants were last checked against, and how often. */
export type Applied = { readonly hash: string; readonly passes: number; readonly at: Instant };

export type AppliedStore = {
  /** Null before the first deployment was applied. */
  readonly read: () => Promise<Result<Applied | null, Failure>>;
  readonly write: (applied: Applied) => Promise<Result<null, Failure>>;
};

export type ApplyPorts = Judge & {
  readonly store: GrantStore;
  readonly applied: AppliedStore;
  readonly random: RandomBytes;
};

/** Lambdas of the previous deployment can go on answering for a while; the second pass catches that. */
const PASSES = 2;
const BETWEEN_SECONDS = 600;
const PAGE = 100;
const CHECKED: readonly GrantStatus[] = ['pending', 'scheduled', 'active'];

/**
 * Checks every open grant against today's policies after a deployment, and ends those that policy no
 * longer allows, with the name of the policy as the reason.
 *
 * @returns the grants that were ended; null where this bundle has been applied already.
 */
export async function applyBundle(
  ports: ApplyPorts,
  requestId: string,
): Promise<Result<readonly Grant[] | null, Failure>> {
  const applied = await ports.applied.read();
  if (!applied.ok) return applied;
  const now = ports.clock();
  const { hash } = ports.bundle;
  const passes = applied.value?.hash === hash ? applied.value.passes : 0;
  const tooSoon = passes > 0 && now < addSeconds(applied.value?.at ?? 0, BETWEEN_SECONDS);
  if (passes >= PASSES || tooSoon) return ok(null);
  const ended: Grant[] = [];
  for (const status of CHECKED) {
    const done = await checkAll(ports, status, requestId, ended);
    if (!done.ok) return done;
  }
  const written = await ports.applied.write({ hash, passes: passes + 1, at: now });
  return written.ok ? ok(ended) : written;
}

async function checkAll(
  ports: ApplyPorts,
  status: GrantStatus,
  requestId: string,
  ended: Grant[],
): Promise<Result<null, Failure>> {
  for (let after: ListPlace | null | undefined; after !== null; ) {
    const page = await ports.store.list({ status, limit: PAGE, ...(after && { after }) });
    if (!page.ok) return page;
    for (const grant of page.value.grants) {
      const done = await endIfNotAllowed(ports, grant, requestId);
      if (!done.ok) return done;
      if (done.value !== null) ended.push(done.value);
    }
    after = page.value.next;
  }
  return ok(null);
}

async function endIfNotAllowed(
  ports: ApplyPorts,
  grant: Grant,
  requestId: string,
): Promise<Result<Grant | null, Failure>> {
  if (grant.decision.bundle === ports.bundle.hash) return ok(null);
  const reason = await whyNotAllowed(ports, grant);
  if (!reason.ok || reason.value === null) return reason.ok ? ok(null) : reason;
  return endByOrder(ports, grant.id, reason.value, brokerItself(requestId));
}

/** @returns the reason in words; null where the grant may go on. */
async function whyNotAllowed(
  ports: ApplyPorts,
  grant: Grant,
): Promise<Result<string | null, Failure>> {
  const again = await reevaluate(ports, grant);
  if (!again.ok) return again;
  const { outcome, policies, advice } = again.value;
  const approved = grant.approvals.required > 0;
  if (outcome === 'allow' || (outcome === 'approve' && approved)) return ok(null);
  if (outcome === 'approve') return ok('policy now requires an approval that it never had');
  const named = policies.join(', ') || advice.join(' ') || 'no policy permits it';
  return ok(`policy no longer allows it: ${named}`);
}
