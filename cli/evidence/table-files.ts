import { csvRecord } from '../../core/evidence/csv.ts';
import type { ExportedFile } from '../../core/evidence/manifest.ts';
import { type Row, TABLES, type TableName } from '../../core/evidence/tables.ts';
import { hashedFile } from './hashed-file.ts';

/** The CSV files of an export, written while its rows are made. */
export type TableFiles = {
  readonly write: (rows: readonly Row[]) => void;
  readonly counts: () => Readonly<Record<TableName, number>>;
  readonly close: () => readonly ExportedFile[];
};

export function tableFiles(folder: string, names: readonly TableName[]): TableFiles {
  const files = new Map(
    names.map((name) => [name, hashedFile(folder, `${name}.csv`, csvRecord(TABLES[name]))]),
  );
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
