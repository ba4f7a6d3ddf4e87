import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Digest, digestIn } from '../../core/evidence/digest.ts';
import type { ExportedFile } from '../../core/evidence/manifest.ts';
import { plain } from '../terminal.ts';
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

/** Throws a FolderFault for an entry that no event of the folder explains. */
export function wholeIn(folder: string): WholeEntries {
  const path = join(folder, PATH);
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
  const events = new Map(
    lines.map((line) => [createHash('sha256').update(line).digest('hex'), Buffer.from(line)]),
  );
  return async (entry) => {
    const digest = digestIn(entry);
    if (digest === null) return entry;
    const event = events.get(digest.sha256);
    if (event !== undefined) return event;
    throw new FolderFault(
      PATH,
      `${path} lacks an event of ${plain(ownerOf(digest))}: the one with the SHA-256 ${plain(digest.sha256)}, which the ledger has instead of it.`,
      INCOMPLETE,
    );
  };
}

function ownerOf({ of }: Digest): string {
  return 'grantId' in of ? of.grantId : of.principalId;
}
