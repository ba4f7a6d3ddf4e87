import type { Unavailable } from '../failure.ts';
import { err, ok, type Result } from '../result.ts';
import { type Conflict, retryOnConflict } from '../retry-on-conflict.ts';
import { sizeOf } from './checkpoint.ts';
import { idOfEntry } from './entry.ts';
import type { Broken, LedgerEntry, LedgerPorts, LedgerStore } from './ledger-ports.ts';
import { append, leafHash, type Tree } from './merkle.ts';
import { decodeBundle, TILE_WIDTH, tilePath } from './tiles.ts';

export type PlacePorts = Pick<LedgerPorts, 'store' | 'files' | 'tableIsOlder'>;
type PlaceFailure = Unavailable | Conflict | Broken;

/** One transaction of DynamoDB writes at most 100 items: the entries' places, their batch, the head. */
const MOST_ENTRIES = 96;
/** An item of DynamoDB has at most 400 KB. */
const MOST_BYTES = 300_000;

/**
 * Gives each entry the next place in the order, once, whatever is repeated and whoever else does the
 * same. Places that the files have and the store has not come first: the table was restored to an
 * earlier moment, and what was published stays.
 */
export async function placeEntries(
  ports: PlacePorts,
  entries: readonly LedgerEntry[],
): Promise<Result<void, PlaceFailure>> {
  for (;;) {
    const step = await retryOnConflict(() => placeSome(ports, entries));
    if (!step.ok) return step;
    if (step.value === 'done') return ok(undefined);
  }
}

type Step = Result<'done' | 'more', PlaceFailure>;

async function placeSome(ports: PlacePorts, entries: readonly LedgerEntry[]): Promise<Step> {
  const { store, files } = ports;
  const head = await store.head();
  if (!head.ok) return head;
  const stored = await files.storedSize(Math.floor(head.value.size / TILE_WIDTH));
  if (!stored.ok) return stored;
  if (stored.value > head.value.size) {
    const behind = await isBehind(ports, head.value);
    return behind.ok ? placeStored(ports, head.value, stored.value) : behind;
  }
  const fresh = await withoutPlace(store, entries);
  if (!fresh.ok) return fresh;
  if (fresh.value.length === 0) return ok('done');
  const batch = oneBatch(fresh.value);
  const added = await store.add(head.value, grownBy(head.value, batch), batch);
  return added.ok ? ok(batch.length < fresh.value.length ? 'more' : 'done') : added;
}

/** Another writer may have placed and published entries since the head was read: then nothing is older. */
async function isBehind(
  { store, tableIsOlder }: PlacePorts,
  before: Tree,
): Promise<Result<unknown, Conflict | Unavailable>> {
  const head = await store.head();
  if (!head.ok) return head;
  if (head.value.size !== before.size) return err({ code: 'conflict' });
  return (await tableIsOlder?.()) ?? ok(null);
}

/**
 * Gives the entries of one bundle the places that they have there. A batch ends where the checkpoint does: the log
 * is published from there on, and what is published next has to begin with a batch.
 */
async function placeStored(ports: PlacePorts, head: Tree, size: number): Promise<Step> {
  const { store, files } = ports;
  const checkpoint = await files.checkpoint();
  if (!checkpoint.ok) return checkpoint;
  const published = checkpoint.value === null ? 0 : sizeOf(checkpoint.value.note);
  const to = published > head.size ? Math.min(size, published) : size;
  const stored = await storedEntries(ports, head.size, { size, to });
  if (!stored.ok) return stored;
  const fresh = await withoutPlace(store, stored.value);
  if (!fresh.ok) return fresh;
  if (fresh.value.length < stored.value.length) return movedOrBroken(store, head);
  const batch = oneBatch(stored.value);
  const added = await store.add(head, grownBy(head, batch), batch);
  return added.ok ? ok('more') : added;
}

/** Entries of the files have a place although they come after all that have one. */
async function movedOrBroken(store: LedgerStore, before: Tree): Promise<Step> {
  const head = await store.head();
  if (!head.ok) return head;
  const moved = head.value.size !== before.size;
  return err(moved ? { code: 'conflict' } : broken('the files have an entry twice'));
}

/** Each of the entries that has no place, once. The head that was read before is a condition of the write. */
async function withoutPlace(
  store: LedgerStore,
  entries: readonly LedgerEntry[],
): Promise<Result<readonly LedgerEntry[], Unavailable>> {
  const placed = await store.placed(entries.map(({ id }) => id));
  if (!placed.ok) return placed;
  // A stream may deliver an event twice in one batch.
  const once = new Map(entries.map((entry) => [entry.id, entry]));
  return ok([...once.values()].filter(({ id }) => !placed.value.has(id)));
}

function grownBy(tree: Tree, entries: readonly LedgerEntry[]): Tree {
  return entries.reduce((grown, { bytes }) => append(grown, leafHash(bytes)), tree);
}

function oneBatch(entries: readonly LedgerEntry[]): readonly LedgerEntry[] {
  const batch: LedgerEntry[] = [];
  let bytes = 0;
  for (const entry of entries) {
    bytes += entry.bytes.length;
    if (batch.length === MOST_ENTRIES || (batch.length > 0 && bytes > MOST_BYTES)) break;
    batch.push(entry);
  }
  return batch;
}

/** The entries of the bundle with place `from`, from there up to `to`, in files with `size` of them. */
async function storedEntries(
  { files }: PlacePorts,
  from: number,
  { size, to }: { readonly size: number; readonly to: number },
): Promise<Result<readonly LedgerEntry[], Unavailable | Broken>> {
  const index = Math.floor(from / TILE_WIDTH);
  const width = Math.min(TILE_WIDTH, size - index * TILE_WIDTH);
  const path = tilePath({ level: 'entries', index, width });
  const bytes = await files.read(path);
  if (!bytes.ok) return bytes;
  const bundle = bytes.value === null ? null : decodeBundle(bytes.value);
  if (bundle === null || !bundle.ok) return err(broken(`${path} is missing or damaged`));
  const entries: LedgerEntry[] = [];
  for (const entry of bundle.value.slice(from - index * TILE_WIDTH, to - index * TILE_WIDTH)) {
    const id = idOfEntry(entry);
    if (id === null) return err(broken(`${path} has an entry without an id`));
    entries.push({ id, bytes: entry });
  }
  return ok(entries);
}

const broken = (reason: string): Broken => ({ code: 'broken', reason });
