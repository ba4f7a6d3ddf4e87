import type { Unavailable } from '../failure.ts';
import { err, ok, type Result } from '../result.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { Broken, LedgerPorts } from './ledger-ports.ts';
import { rootOf, sameHash } from './merkle.ts';
import { filesOfTail, type Tail, treeOf } from './tail.ts';
import { decodeBundle, decodeHashes, type Tile, tilePath } from './tiles.ts';

/** Reads the end of the published log, and makes sure that it is the log of the checkpoint. */
export async function publishedTail(
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
