import { type Day, dayOf } from '../day.ts';
import type { Unavailable } from '../failure.ts';
import type { Notice } from '../ledger/record-events.ts';
import { type Observed, type ObservePorts, readObserved } from '../observing/read-observed.ts';
import { ok, type Result } from '../result.ts';
import { type Conflict, retryOnConflict } from '../retry-on-conflict.ts';
import { countEvent } from './count-event.ts';
import { type CountedAs, countedAs, type Gauges, isLater, recount, UNCOUNTED } from './gauges.ts';
import type { CountedEvent, StatsDay, StatsHead, StatsStore } from './stats-ports.ts';
import { addTallies, EMPTY_TALLY } from './tally.ts';

export type CountPorts = ObservePorts & { readonly stats: StatsStore };

export type CountFailure = Unavailable | Conflict;

/** Fewer than a transaction has room for, with their grants and days. */
const AT_ONCE = 40;

/** What is done with events before they are counted; where it fails, they stay uncounted, and come again. */
export type First = (observed: readonly Observed[]) => Promise<Result<null, Unavailable>>;

/**
 * Counts events, each exactly once, however often and in whatever order notices come.
 *
 * @param first Done with those that are not counted yet, at least once.
 * @returns how many events were counted that had not been before, and the notices that the trail does not know.
 */
export async function countEvents(
  ports: CountPorts,
  notices: readonly Notice[],
  first: First = async () => ok(null),
): Promise<Result<Counted, CountFailure>> {
  const days = await ports.stats.days(daysOf(notices));
  if (!days.ok) return days;
  const marked = await ports.stats.counted(notices.map(markIn(days.value)));
  if (!marked.ok) return marked;
  const fresh = notices.filter(({ id }) => !marked.value.has(id));
  const observed = await readObserved(ports, fresh);
  if (!observed.ok) return observed;
  const done = await first(observed.value);
  if (!done.ok) return done;
  const counted = await countObserved(ports, observed.value);
  if (!counted.ok) return counted;
  const known = new Set(observed.value.map(({ event }) => event.id));
  return ok({ counted: counted.value, unknown: fresh.filter(({ id }) => !known.has(id)) });
}

type Counted = { readonly counted: number; readonly unknown: readonly Notice[] };

/** The same for events that were read. @returns how many had not been counted before. */
export async function countObserved(
  ports: CountPorts,
  observed: readonly Observed[],
): Promise<Result<number, CountFailure>> {
  let counted = 0;
  for (let from = 0; from < observed.length; from += AT_ONCE) {
    const some = observed.slice(from, from + AT_ONCE);
    const done = await retryOnConflict(() => countSome(ports, some));
    if (!done.ok) return done;
    counted += done.value;
  }
  return ok(counted);
}

/** Another writer makes it begin again, so it reads no more than what is counted. */
async function countSome(
  { stats }: CountPorts,
  observed: readonly Observed[],
): Promise<Result<number, CountFailure>> {
  const events = observed.map(({ event }) => event);
  // First: what is read afterwards is at least as new as the version that the write demands.
  const head = await stats.head();
  if (!head.ok) return head;
  const days = await stats.days(daysOf(events));
  if (!days.ok) return days;
  const markOf = markIn(days.value);
  const [marked, grants] = await Promise.all([
    stats.counted(events.map(markOf)),
    stats.grants(head.value.edition, grantIdsOf(observed)),
  ]);
  if (!marked.ok) return marked;
  if (!grants.ok) return grants;
  const fresh = observed.filter(({ event }) => !marked.value.has(event.id));
  if (fresh.length === 0) return ok(0);
  const change = tallyUp(head.value, days.value, grants.value, fresh);
  const marks = fresh.map(({ event }) => markOf(event));
  const written = await stats.write(head.value.version, { ...change, events: marks });
  return written.ok ? ok(fresh.length) : written;
}

function daysOf(events: readonly Pick<Notice, 'at'>[]): readonly Day[] {
  return [...new Set(events.map(({ at }) => dayOf(at)))];
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
    const before = grants.get(grant.id) ?? grantsBefore.get(grant.id) ?? UNCOUNTED;
    if (!isLater(grant, before)) continue;
    gauges = recount(gauges, grant, before);
    grants.set(grant.id, countedAs(grant));
  }
  const countedAt = Math.max(head.countedAt ?? 0, ...observed.map(({ event }) => event.at));
  return { head: { ...head, gauges, countedAt }, days, grants };
}
