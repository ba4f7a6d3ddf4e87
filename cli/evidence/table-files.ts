import { createHash } from 'node:crypto';
import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { csvRecord } from '../../core/evidence/csv.ts';
import type { ExportedFile } from '../../core/evidence/manifest.ts';
import { type Row, TABLES, type TableName } from '../../core/evidence/tables.ts';

/** The CSV files of an export, written while its rows are made. */
export type TableFiles = {
  readonly write: (rows: readonly Row[]) => void;
  readonly counts: () => Readonly<Record<TableName, number>>;
  readonly close: () => readonly ExportedFile[];
};

const CHUNK = 64 * 1024;

export function tableFiles(folder: string, names: readonly TableName[]): TableFiles {
  const files = new Map(names.map((name) => [name, tableFile(folder, name)]));
  return {
    write: (rows) => {
      for (const { table, cells } of rows) files.get(table)?.add(csvRecord(cells));
    },
    counts: () => {
      const counts = Object.keys(TABLES).map((name) => [
        name,
        files.get(name as TableName)?.rows() ?? 0,
      ]);
      return Object.fromEntries(counts) as Record<TableName, number>;
    },
    close: () => Array.from(files.values(), (file) => file.close()),
  };
}

function tableFile(folder: string, name: TableName) {
  const path = `${name}.csv`;
  const file = openSync(join(folder, path), 'wx');
  const hash = createHash('sha256');
  let [waiting, rows] = [csvRecord(TABLES[name]), 0];
  const flush = (): void => {
    const bytes = Buffer.from(waiting);
    hash.update(bytes);
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    waiting = '';
  };
  return {
    add: (record: string): void => {
      waiting += record;
      rows += 1;
      if (waiting.length >= CHUNK) flush();
    },
    rows: () => rows,
    close: (): ExportedFile => {
      flush();
      closeSync(file);
      return { path, rows, sha256: hash.digest('hex') };
    },
  };
}

/** Writes a file that is no table. */
export function writeText(folder: string, path: string, text: string): ExportedFile {
  writeFileSync(join(folder, path), text, { flag: 'wx' });
  return { path, rows: null, sha256: createHash('sha256').update(text).digest('hex') };
}
