import { type Day, dayOf, daysBetween } from '../day.ts';
import { addSeconds, type Instant } from '../instant.ts';
import type { OverdueEvents } from '../ledger/find-missed.ts';
import type { GrantStore, ListPlace } from '../ports.ts';
import { err, ok, type Result } from '../result.ts';
import { retryOnConflict } from '../retry-on-conflict.ts';
import { raiseSignals, type SignalPorts } from '../signals/raise-signals.ts';
import type { SignalEvent } from '../signals/signal-store.ts';
import { type CountFailure, type CountPorts, countEvents, type First } from './count-events.ts';
import { countedAs, isLater, recount, UNCOUNTED } from './gauges.ts';
import type { StatsHead } from './stats-ports.ts';
import { EMPTY_TALLY } from './tally.ts';

export type MissedStatsPorts = CountPorts &
  SignalPorts & {
    readonly store: Pick<GrantStore, 'list'>;
    readonly overdue: Pick<OverdueEvents, 'between'>;
    readonly clock: () => Instant;
  };

/** The ordinary way takes seconds. */
const GRACE_SECONDS = 30;
/** Clocks differ, and a call may write seconds after it looked at its clock. */
const OVERLAP_SECONDS = 600;
const DAY_SECONDS = 86_400;
/** The days before the first look that are counted with it. */
const FIRST_DAYS = 100;
/**
 * Older events raise no signal: whoever counts the days of a year anew wants figures. Episodes are known for longer, so
 * that no signal is raised twice.
 */
const SIGNAL_DAYS = 7;

export type Missed = {
  /** Events that no notice had come for. */
  readonly missed: number;
  /** The signals that they are, raised late. */
  readonly raised: readonly SignalEvent[];
  /** Until when every event is counted now. */
  readonly until: Instant;
  /** Whether that is as far as one can look. */
  readonly done: boolean;
};

/**
 * Counts the events that no notice came for, one day after the other, and raises their signals; also counts open grants
 * that were never counted. What one look does not reach in its time, the next one goes on with.
 *
 * @param stopAt No further day is begun then.
 */
export async function countMissed(
  ports: MissedStatsPorts,
  stopAt: Instant,
): Promise<Result<Missed, CountFailure>> {
  const end = addSeconds(ports.clock(), -GRACE_SECONDS);
  const head = await begin(ports, addSeconds(end, -FIRST_DAYS * DAY_SECONDS));
  if (!head.ok) return head;
  let until = head.value.checkedUntil ?? end;
  if (hourOf(until) !== hourOf(end)) {
    const grants = await countOpenGrants(ports);
    if (!grants.ok) return grants;
  }
  let missed = 0;
  const raised: SignalEvent[] = [];
  while (until < end && ports.clock() < stopAt) {
    const next = Math.min(end, addSeconds(until, DAY_SECONDS));
    const counted = await countBetween(ports, addSeconds(until, -OVERLAP_SECONDS), next, raised);
    if (!counted.ok) return counted;
    missed += counted.value;
    const noted = await noteChecked(ports, until, next);
    if (!noted.ok) return noted;
    // Days were begun anew meanwhile: the next look counts them.
    if (!noted.value) return ok({ missed, raised, until, done: false });
    until = next;
  }
  return ok({ missed, raised, until, done: until >= end });
}

/** The head; without one, everything since then is counted anew. */
async function begin(
  ports: MissedStatsPorts,
  since: Instant,
): Promise<Result<StatsHead, CountFailure>> {
  const head = await ports.stats.head();
  if (!head.ok || head.value.checkedUntil !== null) return head;
  const begun = await recountSince(ports, dayOf(since));
  return begun.ok ? ports.stats.head() : begun;
}

function hourOf(at: Instant): string {
  return new Date(at).toISOString().slice(0, 13);
}

async function countBetween(
  ports: MissedStatsPorts,
  from: Instant,
  until: Instant,
  raised: SignalEvent[],
): Promise<Result<number, CountFailure>> {
  let missed = 0;
  for await (const page of ports.overdue.between(from, until)) {
    if (!page.ok) return page;
    const counted = await countEvents(ports, page.value, raisingInto(ports, raised));
    if (!counted.ok) return counted;
    missed += counted.value.counted;
  }
  return ok(missed);
}

/** Before the events are counted: what is counted is not found again. */
function raisingInto(ports: MissedStatsPorts, all: SignalEvent[]): First {
  const since = addSeconds(ports.clock(), -SIGNAL_DAYS * DAY_SECONDS);
  return async (observed) => {
    const raised = await raiseSignals(
      ports,
      observed.filter(({ event }) => event.at >= since),
    );
    if (!raised.ok) return raised;
    all.push(...raised.value);
    return ok(null);
  };
}

/** Grants from before the days that are counted, and any that a lost row made us forget. */
async function countOpenGrants(ports: MissedStatsPorts): Promise<Result<null, CountFailure>> {
  for (const status of ['active', 'pending'] as const) {
    let after: ListPlace | null = null;
    do {
      const page: Awaited<ReturnType<GrantStore['list']>> = await ports.store.list({
        ...{ status, limit: 50 },
        ...(after !== null && { after }),
      });
      if (!page.ok) return page;
      for (const { id } of page.value.grants) {
        const counted = await retryOnConflict(() => countGrant(ports, id));
        if (!counted.ok) return counted;
      }
      after = page.value.next;
    } while (after !== null);
  }
  return ok(null);
}

async function countGrant(
  { stats, store }: MissedStatsPorts,
  id: string,
): Promise<Result<null, CountFailure>> {
  const head = await stats.head();
  if (!head.ok) return head;
  const { version, edition, gauges } = head.value;
  const [grant, grants] = await Promise.all([store.find(id), stats.grants(edition, [id])]);
  if (!grant.ok) return grant;
  if (!grants.ok) return grants;
  const before = grants.value.get(id) ?? UNCOUNTED;
  if (grant.value === null || !isLater(grant.value, before)) return ok(null);
  return stats.write(version, {
    head: { ...head.value, gauges: recount(gauges, grant.value, before) },
    ...{ days: new Map(), events: [] },
    grants: new Map([[id, countedAs(grant.value)]]),
  });
}

/**
 * Begins the tallies of these days anew: the next looks count every event of them again.
 *
 * @param from The first day; all days since are counted again.
 */
export async function recountSince(
  { stats, clock }: Pick<MissedStatsPorts, 'stats' | 'clock'>,
  from: Day,
): Promise<Result<{ readonly days: number }, CountFailure>> {
  const dates = daysBetween(from, dayOf(clock()));
  for (let first = 0; first < dates.length; first += DAYS_AT_ONCE) {
    const some = dates.slice(first, first + DAYS_AT_ONCE);
    const begun = await retryOnConflict(async () => {
      const head = await stats.head();
      if (!head.ok) return head;
      const day = { edition: clock(), tally: EMPTY_TALLY };
      // The day before, so that the next look counts open grants as well.
      const before = Date.parse(from) - 1;
      return stats.write(head.value.version, {
        head: {
          ...head.value,
          checkedUntil: Math.min(head.value.checkedUntil ?? before, before),
        },
        days: new Map(some.map((date) => [date, day])),
        ...{ events: [], grants: new Map() },
      });
    });
    if (!begun.ok) return begun;
  }
  return ok({ days: dates.length });
}

const DAYS_AT_ONCE = 25;

/** @returns false where the head does not say `before` any more. */
async function noteChecked(
  { stats }: Pick<MissedStatsPorts, 'stats'>,
  before: Instant,
  checkedUntil: Instant,
): Promise<Result<boolean, CountFailure>> {
  return retryOnConflict(async () => {
    const head = await stats.head();
    if (!head.ok) return err(head.error);
    if (head.value.checkedUntil !== before) return ok(false);
    const change = { head: { ...head.value, checkedUntil }, days: new Map(), grants: new Map() };
    const written = await stats.write(head.value.version, { ...change, events: [] });
    return written.ok ? ok(true) : written;
  });
}
