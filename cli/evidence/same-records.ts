import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import * as zlib from 'node:zlib';
import { parquetReadObjects } from 'hyparquet';

/** Compares Parquet files by what is in them: another version of Zstandard makes other bytes of it. Loaded on use. */
export async function sameRecords(path: string, other: string): Promise<boolean> {
  try {
    return isDeepStrictEqual(await recordsIn(path), await recordsIn(other));
  } catch {
    // The one that was made here can be read.
    return false;
  }
}

function recordsIn(path: string) {
  const bytes = readFileSync(path);
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  const compressors = { ZSTD: (input: Uint8Array) => zlib.zstdDecompressSync(input) };
  return parquetReadObjects({ file, compressors });
}
