import type { Unavailable } from '../failure.ts';
import { addSeconds, type Instant } from '../instant.ts';
import type { Checkpoint } from '../ledger/checkpoint.ts';
import { idOfEntry } from '../ledger/entry.ts';
import type { ReadLogFile } from '../ledger/from-tiles.ts';
import type { LedgerStore } from '../ledger/ledger-ports.ts';
import { TILE_WIDTH } from '../ledger/tiles.ts';
import { err, ok, type Result } from '../result.ts';
import type { Conflict } from '../retry-on-conflict.ts';
import { MARGIN_SECONDS, readBundle, type TailFault, timeOf } from './read-tail.ts';

/**
 * Where the walk from the end of the log to its beginning is: what is at `below` and after it is in order. A walk that is
 * whole for {@link ENOUGH} bundles in a row is over.
 */
export type Walk = {
  readonly below: number;
  readonly inOrder: number;
  /** How many places it has written. */
  readonly placed: number;
};

export const NOT_WALKED = (size: number): Walk => ({ below: size, inOrder: 0, placed: 0 });

/** As many entries as are published at once. */
const ENOUGH = 4;

export function isWalked({ below, inOrder }: Walk): boolean {
  return below === 0 || inOrder >= ENOUGH;
}

/**
 * Gives the entries of one bundle of the signed log the places that they have there: where the table lacks one, the
 * event would get a second place.
 *
 * The walk does not begin where the table's places end. A backup may hold an item and not one that was written just
 * before it ("DynamoDB backups do not guarantee causal consistency across items; however, the skew between updates in a
 * backup is usually much less than a second", DynamoDB Developer Guide, "Backing up and restoring DynamoDB tables: How
 * it works"), so there may be holes before the last place. It ends where the last look for missed events had found
 * everything in order, less the margin for late events, and where all places of several bundles are there.
 *
 * @param checked Of the restored table; null has the whole log walked.
 */
export async function completeBundle(
  { store, read }: { readonly store: LedgerStore; readonly read: ReadLogFile },
  signed: Checkpoint,
  checked: Instant | null,
  walk: Walk,
): Promise<Result<Walk, TailFault | Conflict>> {
  const page = await readBundle(read, signed, Math.ceil(walk.below / TILE_WIDTH) - 1);
  if (!page.ok) return page;
  const { first, entries } = page.value;
  const places = new Map<string, number>();
  for (const [at, entry] of entries.entries()) {
    const id = idOfEntry(entry);
    if (id === null) return err({ code: 'damaged', path: page.value.path });
    places.set(id, first + at);
  }
  const missing = await lacking(store, places);
  if (!missing.ok) return missing;
  const written = await store.complete(missing.value);
  if (!written.ok) return written;
  const since = checked === null ? 0 : addSeconds(checked, -MARGIN_SECONDS);
  const isInOrder = missing.value.size === 0 && entries.every((entry) => timeOf(entry) < since);
  return ok({
    below: first,
    inOrder: isInOrder ? walk.inOrder + 1 : 0,
    placed: walk.placed + missing.value.size,
  });
}

/** The places that the table lacks, or has otherwise. */
async function lacking(
  store: LedgerStore,
  places: ReadonlyMap<string, number>,
): Promise<Result<ReadonlyMap<string, number>, Unavailable>> {
  const known = await store.placed([...places.keys()]);
  if (!known.ok) return known;
  return ok(new Map([...places].filter(([id, place]) => known.value.get(id) !== place)));
}
