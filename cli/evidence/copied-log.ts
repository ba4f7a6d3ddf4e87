import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fromTiles, type ReadLogFile } from '../../core/ledger/from-tiles.ts';
import { formatProof } from '../../core/ledger/proof-file.ts';
import { decodeBundle, TILE_WIDTH, tilePath } from '../../core/ledger/tiles.ts';
import { inclusionProof } from '../../core/ledger/tree-proofs.ts';
import { ok } from '../../core/result.ts';
import { Failure } from '../failure.ts';

/** A copy of a log in a folder. */

/**
 * Keeps each file of a log that is read, so that a log which was verified is there as a copy.
 *
 * @param signal Once it is aborted nothing is written any more: files that are on their way go nowhere.
 */
export function keeping(read: ReadLogFile, folder: string, signal: AbortSignal): ReadLogFile {
  return async (path) => {
    stopIf(signal);
    const [answer] = await Promise.allSettled([read(path)]);
    stopIf(signal);
    if (answer.status === 'rejected') throw answer.reason;
    const bytes = answer.value;
    if (bytes.ok && bytes.value !== null) {
      const file = join(folder, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, bytes.value);
    }
    return bytes;
  };
}

/** @throws Failure (`interrupted`) */
export function stopIf(signal: AbortSignal): void {
  if (signal.aborted) throw new Failure('interrupted', 'Interrupted. Nothing was exported.');
}

/** The entries of a copy that was verified, a bundle at a time. */
export function* bundlesIn(folder: string, size: number): Generator<readonly Uint8Array[]> {
  for (let first = 0; first < size; first += TILE_WIDTH) {
    yield bundleIn(folder, first / TILE_WIDTH, size);
  }
}

function bundleIn(folder: string, index: number, size: number): readonly Uint8Array[] {
  const width = Math.min(TILE_WIDTH, size - index * TILE_WIDTH);
  const path = join(folder, tilePath({ level: 'entries', index, width }));
  const entries = decodeBundle(readFileSync(path));
  if (entries.ok && entries.value.length === width) return entries.value;
  throw new Failure('failed', `${path} was changed while it was read.`, 'Export again.');
}

/** The proof, with the entry in it, that the log of a copy has its entry at `index`. */
export async function proofIn(
  folder: string,
  index: number,
  size: number,
  checkpoint: string,
): Promise<string> {
  const read: ReadLogFile = async (path) => ok(readFileSync(join(folder, path)));
  const hashes = await fromTiles(read, size, (subtree) => inclusionProof(subtree, index, size));
  if (!hashes.ok) throw new Error('the copy of the ledger is damaged');
  const bundle = bundleIn(folder, Math.floor(index / TILE_WIDTH), size);
  const extra = bundle[index % TILE_WIDTH];
  if (extra === undefined) throw new Error('the copy of the ledger has no such entry');
  return formatProof({ index, hashes: hashes.value, checkpoint, extra });
}
