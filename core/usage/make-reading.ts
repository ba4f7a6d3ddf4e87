import { type Bundle, findEntitlement } from '../bundle/bundle.ts';
import type { Unavailable } from '../failure.ts';
import type { Grant } from '../grant.ts';
import { newEventId, type RandomBytes } from '../ids.ts';
import { addSeconds } from '../instant.ts';
import type { GrantStore } from '../ports.ts';
import { ok, type Result } from '../result.ts';
import { usageSignalOf } from '../signals/usage-signal.ts';
import type { GrantUsage } from '../usage.ts';
import { grantToRead } from './fold-grant.ts';
import { UsageFold } from './fold-usage.ts';
import { MEANING } from './meaning-of-records.ts';
import { usageReadEvent } from './usage-event.ts';
import type { UsageJudge, UsageReading } from './usage-seams.ts';
import { usageSignals } from './usage-signals.ts';
import type { UsageStore } from './usage-store.ts';

export type MadeFrom = {
  readonly bundle: Bundle;
  readonly store: Pick<GrantStore, 'events'>;
  readonly usages: Pick<UsageStore, 'ofEntitlement'>;
  readonly judge: UsageJudge;
  readonly random: RandomBytes;
};

/** What is made of the records that a pass reads: usage, the event of each grant, and signals. */
export function makeReading({
  bundle,
  store,
  usages,
  judge,
  random,
}: MadeFrom): Pick<UsageReading, 'beginFold' | 'event' | 'signals'> {
  return {
    beginFold: async (grants, { source, window: { from, until } }) => {
      const wanted = [];
      for (const grant of grants) {
        const addresses = await vendedTo(store, grant);
        if (!addresses.ok) return addresses;
        wanted.push(grantToRead(grant, addresses.value));
      }
      const fold = new UsageFold(MEANING, wanted, { source, from, until });
      return ok({ add: (part) => fold.add(part), usageOf: ({ id }) => fold.usageOf(id) });
    },
    event: (grant, { of, usage, logs }, by) => {
      const entitlement = findEntitlement(bundle, grant.entitlement);
      if (entitlement === null) return null;
      const { summary } = judge.grant({ entitlement, logs, grant }, { ...of, usage });
      return usageReadEvent(grant, usage, summary, { ...by, id: newEventId(random) });
    },
    signals: async (grant, usage, by) => {
      const addresses = await vendedTo(store, grant);
      if (!addresses.ok) return addresses;
      const earlier = await earlierOf(usages, grant);
      if (!earlier.ok) return earlier;
      const of = { ...grantToRead(grant, addresses.value), requester: grant.requester };
      const found = usageSignals(usage, of, earlier.value);
      return ok(found.map((one) => usageSignalOf(grant, one, { ...by, id: newEventId(random) })));
    },
  };
}

/** The addresses that keys of the grant were vended to. */
async function vendedTo(
  store: MadeFrom['store'],
  { id }: Grant,
): Promise<Result<readonly string[], Unavailable>> {
  const found = new Set<string>();
  for (let after: string | null = null; ; ) {
    const page = await store.events(id, { limit: PAGE, after });
    if (!page.ok) return page;
    for (const { type, sourceIp } of page.value.events) {
      if (type === 'vended' && sourceIp !== null) found.add(sourceIp);
    }
    after = page.value.next;
    if (after === null) return ok([...found]);
  }
}

const PAGE = 100;
/** A habit is what somebody did of late. */
const HABIT_SECONDS = 90 * 86_400;
const MOST_EARLIER = 200;

/** What was called under earlier grants of the same principal and entitlement. */
async function earlierOf(
  usages: MadeFrom['usages'],
  { id, entitlement, createdAt, requester }: Grant,
): Promise<Result<readonly GrantUsage[], Unavailable>> {
  const since = addSeconds(createdAt, -HABIT_SECONDS);
  const page = await usages.ofEntitlement(entitlement, { since, limit: MOST_EARLIER, after: null });
  if (!page.ok) return page;
  return ok(
    page.value.found.flatMap((one) => {
      if (one.state !== 'kept' || !one.kept.vended) return [];
      const { of, usage } = one.kept;
      const isEarlier = of.from < createdAt && of.id !== id;
      return isEarlier && of.principal === requester.id ? [usage] : [];
    }),
  );
}
