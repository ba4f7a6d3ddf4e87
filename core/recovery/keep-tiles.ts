import type { ReadLogFile } from '../ledger/from-tiles.ts';

/** Tiles are small, and asked for again with each bundle. */
export function keepingTiles(read: ReadLogFile): ReadLogFile {
  const known = new Map<string, Awaited<ReturnType<ReadLogFile>>>();
  return async (path) => {
    const found = known.get(path) ?? (await read(path));
    if (found.ok && !path.startsWith('tile/entries/')) known.set(path, found);
    return found;
  };
}
