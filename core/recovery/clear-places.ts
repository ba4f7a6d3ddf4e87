import type { Unavailable } from '../failure.ts';
import { addSeconds, type Instant } from '../instant.ts';
import type { Checkpoint } from '../ledger/checkpoint.ts';
import { idOfEntry } from '../ledger/entry.ts';
import type { OverdueEvents } from '../ledger/find-missed.ts';
import type { ReadLogFile } from '../ledger/from-tiles.ts';
import type { LedgerStore } from '../ledger/ledger-ports.ts';
import { NOWHERE } from '../ledger/places.ts';
import { TILE_WIDTH } from '../ledger/tiles.ts';
import { ok, type Result } from '../result.ts';
import type { Conflict } from '../retry-on-conflict.ts';
import { readBundle, type TailFault } from './read-tail.ts';

type Ports = {
  readonly store: LedgerStore;
  readonly read: ReadLogFile;
  readonly overdue: Pick<OverdueEvents, 'between'>;
};

/**
 * Takes their places from the events of a time that the log does not have. A restore may have left the place of an
 * event that was never published: once the log has grown beyond it, the place would count, and the event would
 * never come into the log. The look for missed events finds it afterwards.
 *
 * @param log All of it has its places.
 */
export async function clearPlaces(
  { store, read, overdue }: Ports,
  log: Checkpoint,
  from: Instant,
  until: Instant,
): Promise<Result<null, TailFault | Conflict>> {
  const idAt = readerOfIds(read, log);
  for await (const page of overdue.between(from, until)) {
    if (!page.ok) return page;
    const ids = page.value.map(({ id }) => id);
    const placed = await store.placed(ids);
    if (!placed.ok) return placed;
    const nowhere = new Map<string, number>();
    for (const id of ids) {
      const place = placed.value.get(id);
      const found = place === undefined ? ok(null) : await idAt(place);
      if (!found.ok) return found;
      if (found.value !== id) nowhere.set(id, NOWHERE);
    }
    const written = await store.complete(nowhere);
    if (!written.ok) return written;
  }
  return ok(null);
}

/** Events of one time are in a few bundles. */
function readerOfIds(
  read: ReadLogFile,
  log: Checkpoint,
): (place: number) => Promise<Result<string | null, TailFault>> {
  const known = new Map<number, readonly (string | null)[]>();
  return async (place) => {
    const index = Math.floor(place / TILE_WIDTH);
    if (place >= log.size) return ok(null);
    if (!known.has(index)) {
      const page = await readBundle(read, log, index);
      if (!page.ok) return page;
      known.set(index, page.value.entries.map(idOfEntry));
    }
    return ok(known.get(index)?.[place - index * TILE_WIDTH] ?? null);
  };
}

/** No earlier event than one of this time, to the hour; `now` where there is none. */
export async function firstEvent(
  { between }: Pick<OverdueEvents, 'between'>,
  now: Instant,
): Promise<Result<Instant, Unavailable>> {
  let [none, some] = [0, now];
  while (some - none > HOUR) {
    const middle = none + Math.floor((some - none) / 2);
    const found = await hasEvents(between, middle);
    if (!found.ok) return found;
    if (found.value) some = middle;
    else none = middle;
  }
  return ok(none);
}

const HOUR = addSeconds(0, 3600);

async function hasEvents(
  between: OverdueEvents['between'],
  until: Instant,
): Promise<Result<boolean, Unavailable>> {
  for await (const page of between(0, until)) return page.ok ? ok(page.value.length > 0) : page;
  return ok(false);
}
