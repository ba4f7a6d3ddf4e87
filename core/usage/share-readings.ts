import type { Grant } from '../grant.ts';
import { addSeconds } from '../instant.ts';
import type { UsageSource, Window } from './usage-ports.ts';
import type { DueUsage } from './usage-store.ts';
import { type Places, windowOf } from './window-of.ts';

/** A grant whose calls have to be read. */
export type DueGrant = { readonly due: DueUsage; readonly grant: Grant };

/** One look through the logs for the calls of several grants. */
export type Reading = { readonly window: Window; readonly grants: readonly DueGrant[] };

/** Files have about five minutes each: to read what lies between costs less than to list and begin anew. */
const GAP_SECONDS = 3600;
/** What fails as a whole is not too much of everything. */
const LONGEST_SECONDS = 2 * 86_400;
/** Files are read once for all; a query has room for so many ids (`athena-query.ts`). */
const MOST_GRANTS = { files: 200, athena: 50 } as const;
/** From this attempt on a grant is read alone, and after all others: it may be what they failed with. */
const ALONE_FROM = 3;

/**
 * Grants on roles of the same accounts, and about the same time, are found in one reading: the first ones first. Read one
 * by one, each of them would list and read the same files.
 */
export function shareReadings(
  due: readonly DueGrant[],
  places: Pick<Places, 'regions'>,
  source: UsageSource['source'],
): readonly Reading[] {
  const most = MOST_GRANTS[source];
  const alone = due.filter((one) => one.due.attempts >= ALONE_FROM);
  const shared = due.filter((one) => one.due.attempts < ALONE_FROM);
  const byAccounts = Map.groupBy(shared, ({ grant }) =>
    (windowOf(grant, places).accounts ?? []).join(' '),
  );
  const readings = [...byAccounts.values()].flatMap((grants) =>
    grants
      .map((one) => ({ window: windowOf(one.grant, places), grants: [one] }))
      .toSorted((a, b) => a.window.from - b.window.from)
      .reduce<readonly Reading[]>((readings, next) => joinLast(readings, next, most), []),
  );
  const others = alone.map((one) => ({ window: windowOf(one.grant, places), grants: [one] }));
  // One whose logs are more than a pass can read takes what is left of it.
  return [...readings.toSorted(byFirstDue), ...others.toSorted(byFirstDue)];
}

/** Adds a reading to the last one, or after it. */
function joinLast(readings: readonly Reading[], next: Reading, most: number): readonly Reading[] {
  const last = readings.at(-1);
  if (last === undefined) return [next];
  const until = Math.max(last.window.until, next.window.until);
  const near = next.window.from <= addSeconds(last.window.until, GAP_SECONDS);
  const short = until <= addSeconds(last.window.from, LONGEST_SECONDS);
  if (!near || !short || last.grants.length >= most) return [...readings, next];
  const joined = {
    window: { ...last.window, until },
    grants: [...last.grants, ...next.grants],
  };
  return [...readings.slice(0, -1), joined];
}

function byFirstDue(a: Reading, b: Reading): number {
  return firstDue(a) - firstDue(b);
}

function firstDue({ grants }: Reading): number {
  return Math.min(...grants.map(({ due }) => due.dueAt));
}
