import * as zlib from 'node:zlib';
import { fileWriter, ParquetWriter } from 'hyparquet-writer';
import type { Columns } from '../../core/ocsf/columns.ts';
import { parquetSchema, parquetValue } from './parquet-schema.ts';

/** Writes records to a Parquet file, a group of rows at a time. Loaded on use. */

/** So few that memory stays flat; the lake takes groups of up to 256 MB. */
const ROWS_IN_GROUP = 1000;

export function writeParquet(path: string, columns: Columns, records: Iterable<object>): void {
  const writer = new ParquetWriter({
    writer: fileWriter(path),
    schema: parquetSchema(columns),
    codec: 'ZSTD',
    compressors: { ZSTD: (bytes) => zlib.zstdCompressSync(bytes) },
    createdBy: 'valetkey',
  });
  let group: unknown[] = [];
  const flush = (): void => {
    const rows = group as Readonly<Record<string, unknown>>[];
    const columnData = Object.keys(columns).map((name) => ({
      name,
      data: rows.map((row) => row[name]),
    }));
    writer.write({ columnData, rowGroupSize: ROWS_IN_GROUP });
    group = [];
  };
  for (const record of records) {
    group.push(parquetValue(columns, record));
    if (group.length === ROWS_IN_GROUP) flush();
  }
  if (group.length > 0) flush();
  writer.finish();
}
