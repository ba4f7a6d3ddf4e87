import type { Unavailable } from '../failure.ts';
import type { Grant } from '../grant.ts';
import type { Instant } from '../instant.ts';
import type { ListPlace } from '../ports.ts';
import { ok, type Result } from '../result.ts';
import type { UsagePorts } from './answer-grant-usage.ts';
import type { FoundUsage, KeptUsage } from './usage-store.ts';

const PAGE = 200;
/** Items have some kilobytes each, and the answer has to be there within seconds: a page has 1 MB at most. */
const MOST_GRANTS = 2000;
const MOST_READS = 40;

type Waiting = Extract<FoundUsage, { readonly state: 'waiting' }>;

/** The use of the grants of an entitlement, as far as an answer has room for it. */
export type UsesOfEntitlement = {
  readonly kept: readonly KeptUsage[];
  readonly waiting: readonly Waiting[];
  /** The request of the last one that was read, where there are more. */
  readonly oldest: Instant | null;
};

export async function readUses(
  { usages }: UsagePorts,
  id: string,
  since: Instant,
): Promise<Result<UsesOfEntitlement, Unavailable>> {
  const kept: KeptUsage[] = [];
  const waiting: Waiting[] = [];
  let after: ListPlace | null = null;
  let reads = 0;
  do {
    reads += 1;
    const page = await usages.ofEntitlement(id, { since, limit: PAGE, after });
    if (!page.ok) return page;
    for (const one of page.value.found) {
      if (one.state === 'kept') kept.push(one.kept);
      else waiting.push(one);
    }
    after = page.value.next;
  } while (after !== null && reads < MOST_READS && kept.length + waiting.length < MOST_GRANTS);
  return ok({ kept, waiting, oldest: after?.createdAt ?? null });
}

const MOST_PAGES = 20;

/** Grants that go on, or that keys were vended under, whether or not usage knows of them. */
export type Requested = {
  readonly vended: readonly Grant[];
  /** The request of the last one that was read, where there are more. */
  readonly oldest: Instant | null;
};

/** From the list of all grants: what usage was never told of, or does not keep any more, is not in its own. */
export async function vendedOf(
  { store }: UsagePorts,
  entitlement: string,
  since: Instant,
): Promise<Result<Requested, Unavailable>> {
  const vended: Grant[] = [];
  let after: ListPlace | null = null;
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const page = await store.list({ entitlement, limit: PAGE, ...(after && { after }) });
    if (!page.ok) return page;
    for (const grant of page.value.grants) {
      const isOurs =
        grant.createdAt >= since && (grant.keysValidUntil !== null || grant.status === 'active');
      if (isOurs) vended.push(grant);
    }
    after = page.value.next;
    if (after === null || after.createdAt < since) return ok({ vended, oldest: null });
  }
  return ok({ vended, oldest: after?.createdAt ?? null });
}
