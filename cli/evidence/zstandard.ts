import * as zlib from 'node:zlib';
import { UsageError } from '../failure.ts';

/** @throws UsageError where Node cannot write Parquet as the lake takes it: Zstandard came with 22.15. */
export function demandZstandard(hint: string): void {
  if ('zstdCompressSync' in zlib) return;
  throw new UsageError(`Parquet takes Node 22.15 or later, and this is ${process.version}.`, hint);
}
