import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Digest, digestIn } from '../../core/evidence/digest.ts';
import type { ExportedFile } from '../../core/evidence/manifest.ts';
import { plain } from '../terminal.ts';
import { linesOf } from './file-lines.ts';
import { FolderFault, INCOMPLETE } from './folder-fault.ts';
import { type HashedFile, hashedFile } from './hashed-file.ts';
import type { WholeEntries } from './whole-entries.ts';

/** The events that the ledger has only the SHA-256 of, so that whoever has the folder can make its tables again. */
export type LongEvents = {
  readonly add: (event: Uint8Array) => void;
  /** No file, if there is no such event. */
  readonly close: () => readonly ExportedFile[];
};

const PATH = 'long-events.jsonl';

export function longEvents(folder: string): LongEvents {
  let file: HashedFile | null = null;
  return {
    add: (event) => {
      file ??= hashedFile(folder, PATH);
      file.add(`${Buffer.from(event).toString('utf8')}\n`);
    },
    close: () => (file === null ? [] : [file.close()]),
  };
}

/** Throws a FolderFault for an entry that no event of the folder explains. The events are in the order of their entries. */
export function wholeIn(folder: string): WholeEntries {
  const path = join(folder, PATH);
  const lines = existsSync(path) ? linesOf(path) : null;
  let number = 0;
  return async (entry) => {
    const digest = digestIn(entry);
    if (digest === null) return entry;
    number += 1;
    const event = lines?.next().value;
    if (event !== undefined && createHash('sha256').update(event).digest('hex') === digest.sha256)
      return event;
    throw new FolderFault(
      PATH,
      `${path} lacks an event of ${plain(ownerOf(digest))}: line ${number} has to be the one with the SHA-256 ${plain(digest.sha256)}, which the ledger has instead of it.`,
      INCOMPLETE,
    );
  };
}

function ownerOf({ of }: Digest): string {
  return 'grantId' in of ? of.grantId : of.principalId;
}
