import { readFileSync } from 'node:fs';
import { zstdDecompressSync } from 'node:zlib';
import { type FileMetaData, parquetMetadata, parquetReadObjects } from 'hyparquet';

/** A Parquet file, read whole by a library that did not write it. */
export async function readParquet(path: string) {
  const bytes = readFileSync(path);
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  const metadata: FileMetaData = parquetMetadata(file);
  const compressors = { ZSTD: (input: Uint8Array) => zstdDecompressSync(input) };
  return { metadata, rows: await parquetReadObjects({ file, metadata, compressors }) };
}

/** Rows as JSON has them: 64 bits as numbers, and nothing where there is no value. */
export function asJson(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(asJson);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).filter(([, one]) => one !== undefined && one !== null);
  return Object.fromEntries(fields.map(([name, one]) => [name, asJson(one)]));
}
