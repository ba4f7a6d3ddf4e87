import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ExportedFile } from '../../core/evidence/manifest.ts';
import { type OcsfRecord, ocsfPath } from '../../core/evidence/ocsf-record.ts';
import type { ClassName, OcsfVersion } from '../../core/ocsf/classes.ts';
import { ocsfClassesOf } from '../../core/ocsf/mapping.ts';
import { type HashedFile, hashedFile } from './hashed-file.ts';

/** The events of an export in OCSF: a file for each class of the version, also for those without an event. */
export type OcsfFiles = {
  readonly write: (record: OcsfRecord) => void;
  readonly close: () => readonly ExportedFile[];
};

export function ocsfFiles(folder: string, version: OcsfVersion): OcsfFiles {
  mkdirSync(join(folder, 'ocsf'));
  const files = new Map<ClassName, HashedFile>(
    ocsfClassesOf(version).map((name) => [name, hashedFile(folder, ocsfPath(name))]),
  );
  return {
    write: ({ name, record }) => files.get(name)?.add(`${JSON.stringify(record)}\n`),
    close: () => Array.from(files.values(), (file) => file.close()),
  };
}
