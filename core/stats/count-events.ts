import { type Day, dayOf } from '../day.ts';
import type { Unavailable } from '../failure.ts';
import type { Notice } from '../ledger/record-events.ts';
import { type Observed, type ObservePorts, readObserved } from '../observing/read-observed.ts';
import { ok, type Result } from '../result.ts';
import { type Conflict, retryOnConflict } from '../retry-on-conflict.ts';
import { countEvent } from './count-event.ts';
import { type CountedAs, countedAs, type Gauges, recount } from './gauges.ts';
import type { CountedEvent, StatsDay, StatsHead, StatsStore } from './stats-ports.ts';
import { addTallies, EMPTY_TALLY } from './tally.ts';

export type CountPorts = ObservePorts & { readonly stats: StatsStore };

export type CountFailure = Unavailable | Conflict;

/** Fewer than a transaction has room for, with their grants and days. */
const AT_ONCE = 40;

/**
 * Counts events, each exactly once, however often and in whatever order notices come. Gauges follow the grants as they
 * are, so that the order does not matter to them either.
 *
 * @returns how many events were counted that had not been before, and the notices that the trail does not know.
 */
export async function countEvents(
  ports: CountPorts,
  notices: readonly Notice[],
): Promise<Result<Counted, CountFailure>> {
  let counted = 0;
  const unknown: Notice[] = [];
  for (let from = 0; from < notices.length; from += AT_ONCE) {
    const some = notices.slice(from, from + AT_ONCE);
    const done = await retryOnConflict(() => countSome(ports, some));
    if (!done.ok) return done;
    counted += done.value.counted;
    unknown.push(...done.value.unknown);
  }
  return ok({ counted, unknown });
}

type Counted = { readonly counted: number; readonly unknown: readonly Notice[] };

async function countSome(
  ports: CountPorts,
  notices: readonly Notice[],
): Promise<Result<Counted, CountFailure>> {
  const { stats } = ports;
  // First: what is read afterwards is at least as new as the version that the write demands.
  const head = await stats.head();
  if (!head.ok) return head;
  const days = await stats.days([...new Set(notices.map(({ at }) => dayOf(at)))]);
  if (!days.ok) return days;
  const markOf = markIn(days.value);
  const marked = await stats.counted(notices.map(markOf));
  if (!marked.ok) return marked;
  const fresh = notices.filter(({ id }) => !marked.value.has(id));
  const observed = await readObserved(ports, fresh);
  if (!observed.ok) return observed;
  const known = new Set(observed.value.map(({ event }) => event.id));
  const unknown = fresh.filter(({ id }) => !known.has(id));
  if (known.size === 0) return ok({ counted: 0, unknown });
  const grants = await stats.grants(head.value.edition, grantIdsOf(observed.value));
  if (!grants.ok) return grants;
  const change = tallyUp(head.value, days.value, grants.value, observed.value);
  const events = observed.value.map(({ event }) => markOf(event));
  const written = await stats.write(head.value.version, { ...change, events });
  return written.ok ? ok({ counted: known.size, unknown }) : written;
}

function markIn(days: ReadonlyMap<Day, StatsDay>) {
  return ({ id, at }: Pick<Notice, 'id' | 'at'>): CountedEvent => {
    const date = dayOf(at);
    return { date, edition: days.get(date)?.edition ?? 0, id };
  };
}

function grantIdsOf(observed: readonly Observed[]): readonly string[] {
  return [...new Set(observed.flatMap(({ grant }) => (grant === null ? [] : [grant.id])))];
}

function tallyUp(
  head: StatsHead,
  daysBefore: ReadonlyMap<Day, StatsDay>,
  grantsBefore: ReadonlyMap<string, CountedAs>,
  observed: readonly Observed[],
) {
  let gauges: Gauges = head.gauges;
  const days = new Map<Day, StatsDay>();
  const grants = new Map<string, CountedAs>();
  for (const one of observed) {
    const { event, grant } = one;
    const date = dayOf(event.at);
    const { edition, tally } = days.get(date) ??
      daysBefore.get(date) ?? { edition: 0, tally: EMPTY_TALLY };
    days.set(date, { edition, tally: addTallies([tally, countEvent(one)]) });
    if (grant === null) continue;
    const before = grants.get(grant.id) ?? grantsBefore.get(grant.id) ?? 'other';
    gauges = recount(gauges, grant, before);
    grants.set(grant.id, countedAs(grant));
  }
  const countedAt = Math.max(head.countedAt ?? 0, ...observed.map(({ event }) => event.at));
  return { head: { ...head, gauges, countedAt }, days, grants };
}
