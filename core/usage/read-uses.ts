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

const MOST_PAGES = 5;

/** Grants that go on: nobody has read what is called under them. There are few, or there are too many to count. */
export async function activeOf(
  { store }: UsagePorts,
  entitlement: string,
  since: Instant,
): Promise<Result<readonly Grant[], Unavailable>> {
  const active: Grant[] = [];
  let after: ListPlace | null = null;
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const query = { entitlement, status: 'active', limit: PAGE } as const;
    const page = await store.list({ ...query, ...(after && { after }) });
    if (!page.ok) return page;
    active.push(...page.value.grants.filter(({ createdAt }) => createdAt >= since));
    after = page.value.next;
    if (after === null || after.createdAt < since) break;
  }
  return ok(active);
}
