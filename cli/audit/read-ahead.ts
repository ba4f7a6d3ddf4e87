import type { ReadLogFile } from '../../core/ledger/from-tiles.ts';
import { parseTilePath, TILE_WIDTH, tilePath } from '../../core/ledger/tiles.ts';

type Answer = ReturnType<ReadLogFile>;

/** How many bundles are on their way at once: a log at the other end of the world is verified as fast as one nearby. */
const AHEAD = 4;

/** Reads the bundles that follow one, and their hashes, before they are asked for. */
export function readAhead(read: ReadLogFile, size: number): ReadLogFile {
  const started = new Map<string, Answer>();
  let last = -1;
  const start = (path: string): void => {
    const answer = read(path);
    // Whoever asks for the file gets the error.
    answer.catch(() => undefined);
    started.set(path, answer);
  };
  const startUpTo = (index: number): void => {
    for (; last < index && (last + 1) * TILE_WIDTH < size; ) {
      last += 1;
      const width = Math.min(TILE_WIDTH, size - last * TILE_WIDTH);
      for (const level of ['entries', 0] as const) start(tilePath({ level, index: last, width }));
    }
  };
  return (path) => {
    const tile = parseTilePath(path);
    if (tile?.level === 'entries') startUpTo(tile.index + AHEAD);
    const answer = started.get(path);
    started.delete(path);
    return answer ?? read(path);
  };
}
