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
  readonly noteChecked: (until: Instant) => Promise<Result<null, Unavailable>>;
};

/** The ordinary way takes seconds. */
const GRACE_SECONDS = 180;
/** Clocks differ, and a call may write seconds after it looked at its clock. */
const OVERLAP_SECONDS = 600;

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
): Promise<Result<Recorded & { readonly missed: number }, RecordFailure>> {
  const checked = await ports.overdue.checkedUntil();
  if (!checked.ok) return checked;
  const from = checked.value === null ? 0 : addSeconds(checked.value, -OVERLAP_SECONDS);
  const until = addSeconds(now, -GRACE_SECONDS);
  let missed = 0;
  const unknown: Notice[] = [];
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
  const noted = await ports.overdue.noteChecked(until);
  return noted.ok ? ok({ size: published.value.size, unknown, missed }) : noted;
}
