import { canDrawLive, liveLine } from '../live-line.ts';
import type { Progress } from './reading.ts';

/** A line that says how far the reading of logs is, on a terminal. */
export async function withProgress<T>(work: (progress: Progress) => Promise<T>): Promise<T> {
  if (!canDrawLive()) return work(() => undefined);
  const line = liveLine();
  const began = Date.now();
  try {
    return await work(({ files, records, bytes }) => {
      const seconds = Math.max(1, (Date.now() - began) / 1000);
      const size = `${(bytes / 1e6).toFixed(1)} MB`;
      line.draw(
        `Reading logs: ${files} files, ${records} records, ${size}, ${Math.round(records / seconds)} records/s`,
      );
    });
  } finally {
    line.clear();
  }
}
