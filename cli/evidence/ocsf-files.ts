import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Lake } from '../../core/evidence/lake.ts';
import type { ExportedFile } from '../../core/evidence/manifest.ts';
import { type OcsfRecord, ocsfPath } from '../../core/evidence/ocsf-record.ts';
import type { ClassName, OcsfVersion } from '../../core/ocsf/classes.ts';
import { ocsfClassesOf } from '../../core/ocsf/mapping.ts';
import { type HashedFile, hashedFile } from './hashed-file.ts';
import type { LakeFiles, LakeJob } from './lake-files.ts';

/** The events of an export in OCSF: a file for each class of the version, also for those without an event. */
export type OcsfFiles = {
  readonly write: (record: OcsfRecord) => void;
  readonly close: () => OcsfExport;
};

export type OcsfExport = {
  readonly events: readonly ExportedFile[];
  /** The same events in Parquet; none unless they were asked for. */
  readonly parquet: readonly ExportedFile[];
};

/** @param lake Null for JSON lines alone. */
export async function ocsfFiles(
  folder: string,
  version: OcsfVersion,
  lake: Lake | null,
): Promise<OcsfFiles> {
  mkdirSync(join(folder, 'ocsf'));
  const files = new Map<ClassName, HashedFile>(
    ocsfClassesOf(version).map((name) => [name, hashedFile(folder, ocsfPath(name))]),
  );
  const flush = (): void => {
    for (const file of files.values()) file.flush();
  };
  const parquet = lake === null ? null : await parquetFiles({ folder, lake, version, flush });
  return {
    write: ({ name, time, record }) => {
      const place = files.get(name)?.add(`${JSON.stringify(record)}\n`);
      if (place !== undefined) parquet?.add(name, time, place);
    },
    close: () => {
      const inParquet = parquet?.close() ?? [];
      return { events: Array.from(files.values(), (file) => file.close()), parquet: inParquet };
    },
  };
}

async function parquetFiles(job: LakeJob): Promise<LakeFiles> {
  const { lakeFiles } = await import('./lake-files.ts');
  return lakeFiles(job);
}
