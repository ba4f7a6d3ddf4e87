import type { Unavailable } from '../failure.ts';
import { addSeconds, type Instant } from '../instant.ts';
import { ok, type Result } from '../result.ts';
import {
  type Notice,
  type Recorded,
  type RecordFailure,
  type RecordPorts,
  recordEvents,
} from './record-events.ts';

/** What should be in the log by now, in the order of time. */
export type OverdueEvents = {
  /** The events from `from` up to, not including, `until`. The index may lag by seconds. */
  readonly between: (
    from: Instant,
    until: Instant,
  ) => AsyncIterable<Result<readonly Notice[], Unavailable>>;
  /** Until when everything has its place; null before the first look. */
  readonly checkedUntil: () => Promise<Result<Instant | null, Unavailable>>;
  /** @param origin The name of the log that has everything until then. */
  readonly noteChecked: (until: Instant, origin: string) => Promise<Result<null, Unavailable>>;
};

/** The ordinary way takes seconds. */
const GRACE_SECONDS = 180;
/** Clocks differ, and a call may write seconds after it looked at its clock. */
export const OVERLAP_SECONDS = 600;
/** Of an outage, so much is noted as done at once. */
const WINDOW_SECONDS = 3600;

export type MissedPorts = RecordPorts & { readonly overdue: OverdueEvents };

/**
 * Finds events that no notice came for, brings them into the log, and publishes what has a place already. An
 * interruption in between changes nothing: the next look begins where everything was in order.
 *
 * @returns as `recordEvents`, and how many events were missed.
 */
export async function recordMissed(
  ports: MissedPorts,
  now: Instant,
): Promise<Result<Missed, RecordFailure>> {
  const checked = await ports.overdue.checkedUntil();
  if (!checked.ok) return checked;
  const end = addSeconds(now, -GRACE_SECONDS);
  let all: Missed = { missed: 0, unknown: [], size: 0 };
  let from = checked.value === null ? 0 : addSeconds(checked.value, -OVERLAP_SECONDS);
  // The first look of a log that begins is one window.
  let until = from === 0 ? end : Math.min(end, addSeconds(from, WINDOW_SECONDS));
  for (;;) {
    const done = await recordBetween(ports, from, until, all);
    if (!done.ok || until >= end) return done;
    all = done.value;
    [from, until] = [until, Math.min(end, addSeconds(until, WINDOW_SECONDS))];
  }
}

type Missed = Recorded & { readonly missed: number };

async function recordBetween(
  ports: MissedPorts,
  from: Instant,
  until: Instant,
  before: Missed,
): Promise<Result<Missed, RecordFailure>> {
  let { missed } = before;
  const unknown = [...before.unknown];
  for await (const page of ports.overdue.between(from, until)) {
    if (!page.ok) return page;
    const placed = await ports.store.placed(page.value.map(({ id }) => id));
    if (!placed.ok) return placed;
    const notices = page.value.filter(({ id }) => !placed.value.has(id));
    if (notices.length === 0) continue;
    const recorded = await recordEvents(ports, notices);
    if (!recorded.ok) return recorded;
    missed += notices.length;
    unknown.push(...recorded.value.unknown);
  }
  const published = await recordEvents(ports, []);
  if (!published.ok) return published;
  const noted = await ports.overdue.noteChecked(until, ports.signer.key.name);
  return noted.ok ? ok({ size: published.value.size, unknown, missed }) : noted;
}
