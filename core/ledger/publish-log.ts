import type { Unavailable } from '../failure.ts';
import { err, ok, type Result } from '../result.ts';
import { type Conflict, retryOnConflict } from '../retry-on-conflict.ts';
import { noteWith } from '../signed-note.ts';
import { type Checkpoint, checkpointText, openCheckpoint } from './checkpoint.ts';
import type { Broken, LedgerPorts, StoredCheckpoint } from './ledger-ports.ts';
import { rootOf, sameHash } from './merkle.ts';
import { EMPTY_TAIL, filesOfTail, grow, type LogFile, type Tail, treeOf } from './tail.ts';
import { decodeBundle, decodeHashes, TILE_WIDTH, type Tile, tilePath } from './tiles.ts';

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
  const tail = await readTail(ports, published.value);
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

/** Reads pages of entries, and the same one twice without asking again: mostly there is only one. */
function pagesOf(store: LedgerPorts['store']): Pages {
  let last: { readonly place: string; readonly entries: readonly Uint8Array[] } | null = null;
  return async (from, to) => {
    const place = `${from} ${to}`;
    if (last?.place === place) return ok(last.entries);
    const entries = await store.read(from, to);
    if (entries.ok) last = { place, entries: entries.value };
    return entries;
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

function lastCheckpoint(
  stored: StoredCheckpoint | null,
  key: LedgerPorts['signer']['key'],
): Result<Checkpoint, Broken> {
  if (stored === null) {
    return ok({ origin: key.name, size: 0, root: rootOf(treeOf(EMPTY_TAIL)) });
  }
  const opened = openCheckpoint(stored.note, key);
  return opened.ok ? opened : err(broken('the published checkpoint is not signed by our key'));
}

/** Reads the end of the published log, and makes sure that it is the log of the checkpoint. */
async function readTail(
  { files }: Pick<LedgerPorts, 'files'>,
  { size, root }: Checkpoint,
): Promise<Result<Tail, Unavailable | Broken>> {
  const { bundle, tiles } = filesOfTail(size);
  const levels: Tail['levels'][number][] = [];
  for (const tile of tiles) {
    const bytes = await readFile(files, tile);
    if (!bytes.ok) return bytes;
    const hashes = decodeHashes(bytes.value, tile.width);
    if (hashes === null) return err(broken(`${tilePath(tile)} is damaged`));
    levels[Number(tile.level)] = hashes;
  }
  const bytes = bundle === null ? ok(new Uint8Array()) : await readFile(files, bundle);
  if (!bytes.ok) return bytes;
  const entries = decodeBundle(bytes.value);
  if (!entries.ok) return err(broken('the last bundle is damaged'));
  const tail = { size, entries: entries.value, levels: Array.from(levels, (level) => level ?? []) };
  const matches = sameHash(rootOf(treeOf(tail)), root);
  return matches ? ok(tail) : err(broken('the files are not those of the published checkpoint'));
}

async function readFile(
  files: LedgerPorts['files'],
  tile: Tile,
): Promise<Result<Uint8Array, Unavailable | Broken>> {
  const read = await files.read(tilePath(tile));
  if (!read.ok) return read;
  return read.value === null ? err(broken(`${tilePath(tile)} is missing`)) : ok(read.value);
}

const broken = (reason: string): Broken => ({ code: 'broken', reason });
