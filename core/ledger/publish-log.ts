import type { Unavailable } from '../failure.ts';
import { err, ok, type Result } from '../result.ts';
import { type Conflict, retryOnConflict } from '../retry-on-conflict.ts';
import { noteWith } from '../signed-note.ts';
import { type Checkpoint, checkpointText, openCheckpoint } from './checkpoint.ts';
import type { Broken, LedgerPorts, StoredCheckpoint } from './ledger-ports.ts';
import { rootOf, sameHash } from './merkle.ts';
import { publishedTail } from './published-tail.ts';
import { EMPTY_TAIL, grow, type LogFile, type Tail, treeOf } from './tail.ts';
import { TILE_WIDTH } from './tiles.ts';

type PublishFailure = Unavailable | Conflict | Broken;

/** Entries that are read at once: whole bundles, so that few tiles are written that are not full. */
const PAGE = 4 * TILE_WIDTH;

/**
 * Writes what has a place into files, signs the log's new state and publishes it. It may stop anywhere
 * and run twice at once: files never change, and only a checkpoint whose files are all there, and which
 * begins with all of the one before, is signed.
 *
 * @returns how many entries are published.
 */
export function publishLog(ports: LedgerPorts): Promise<Result<number, PublishFailure>> {
  return retryOnConflict(() => publishOnce(ports));
}

async function publishOnce(ports: LedgerPorts): Promise<Result<number, PublishFailure>> {
  const { store, files, signer } = ports;
  const previous = await files.checkpoint();
  if (!previous.ok) return previous;
  const published = lastCheckpoint(previous.value, signer.key);
  if (!published.ok) return published;
  const head = await store.head();
  if (!head.ok) return head;
  if (head.value.size <= published.value.size) return ok(published.value.size);
  const tail = await publishedTail(ports, published.value);
  if (!tail.ok) return tail;
  const { size } = head.value;
  const pages = pagesOf(ports.store);
  // Files stay for ever, so nothing is written before all of it is known to be right.
  const grown = await growTo(pages, tail.value, size, async () => ok(undefined));
  if (!grown.ok) return grown;
  const root = rootOf(treeOf(grown.value));
  if (!sameHash(root, rootOf(head.value))) {
    return err(broken('the files are of another log than the order of entries'));
  }
  const written = await growTo(pages, tail.value, size, (file) => createFile(files, file));
  if (!written.ok) return written;
  const text = checkpointText({ origin: signer.key.name, size, root });
  const signature = await signer.sign(text);
  if (!signature.ok) return signature;
  const note = noteWith(text, signer.key, signature.value);
  const replaced = await files.replaceCheckpoint(note, previous.value);
  return replaced.ok ? ok(size) : replaced;
}

type Pages = (from: number, to: number) => Promise<Result<readonly Uint8Array[], Unavailable>>;

/** Reads pages of entries, and no entry twice that the page before or the same one came with. */
function pagesOf(store: LedgerPorts['store']): Pages {
  let known: { readonly from: number; readonly entries: readonly Uint8Array[] } | null = null;
  return async (from, to) => {
    const had = known !== null && known.from <= from ? known.entries.slice(from - known.from) : [];
    if (had.length < to - from) {
      const more = await store.read(from + had.length, to);
      if (!more.ok) return more;
      known = { from, entries: [...had, ...more.value] };
      return ok(known.entries.slice(0, to - from));
    }
    return ok(had.slice(0, to - from));
  };
}

/** The tail of the log that begins with `tail` and has `size` entries, with each of its new files in between. */
async function growTo(
  pages: Pages,
  tail: Tail,
  size: number,
  visit: (file: LogFile) => Promise<Result<void, Unavailable | Broken>>,
): Promise<Result<Tail, Unavailable | Broken>> {
  let grown = tail;
  while (grown.size < size) {
    const to = Math.min(size, (Math.floor(grown.size / PAGE) + 1) * PAGE);
    const entries = await pages(grown.size, to);
    if (!entries.ok) return entries;
    if (entries.value.length !== to - grown.size) {
      return err(broken('entries with a place are missing'));
    }
    const next = grow(grown, entries.value);
    for (const file of next.files) {
      const visited = await visit(file);
      if (!visited.ok) return visited;
    }
    grown = next.tail;
  }
  return ok(grown);
}

async function createFile(
  files: LedgerPorts['files'],
  { path, bytes }: LogFile,
): Promise<Result<void, Unavailable | Broken>> {
  const created = await files.create(path, bytes);
  if (created.ok) return created;
  const differs = created.error.code === 'differs';
  return err(differs ? broken(`${path} has other bytes already`) : created.error);
}

/** What the log says of itself; that it is empty, where it has never said anything. */
export function lastCheckpoint(
  stored: StoredCheckpoint | null,
  key: LedgerPorts['signer']['key'],
): Result<Checkpoint, Broken> {
  if (stored === null) {
    return ok({ origin: key.name, size: 0, root: rootOf(treeOf(EMPTY_TAIL)) });
  }
  const opened = openCheckpoint(stored.note, key);
  return opened.ok ? opened : err(broken('the published checkpoint is not signed by our key'));
}

const broken = (reason: string): Broken => ({ code: 'broken', reason });
