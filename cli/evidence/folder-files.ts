import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ExportedFile } from '../../core/evidence/manifest.ts';
import { UNLISTED } from '../../core/evidence/read-manifest.ts';
import { parseTilePath } from '../../core/ledger/tiles.ts';
import { plain } from '../terminal.ts';
import { FolderFault, INCOMPLETE, KEEP } from './folder-fault.ts';
import { hashOf } from './hashed-file.ts';

/** @throws FolderFault unless a folder has each file that its manifest lists, as it lists it, and no other. */
export function demandListed(folder: string, files: readonly ExportedFile[]): void {
  const there = new Set(filesIn(folder));
  const wanted = new Set<string>([...UNLISTED, ...files.map(({ path }) => path)]);
  for (const path of wanted) if (!there.has(path)) throw lacks(folder, path);
  for (const path of there) {
    if (wanted.has(path) || isOfLedger(path)) continue;
    throw new FolderFault(
      path,
      `${folder} has ${plain(path)}, which its manifest does not list: it is no part of what was exported.`,
      'Take it out of the folder, and verify again.',
    );
  }
  for (const { path, sha256 } of files) {
    if (hashOf(join(folder, path)) === sha256) continue;
    throw new FolderFault(
      path,
      `${path} of ${folder} was changed: its SHA-256 is not the one in the manifest.`,
      KEEP,
    );
  }
}

export function lacks(folder: string, path: string): FolderFault {
  return new FolderFault(path, `${folder} lacks ${path}.`, INCOMPLETE);
}

function isOfLedger(path: string): boolean {
  const [first, ...others] = path.split('/');
  const inside = others.join('/');
  return first === 'ledger' && (inside === 'checkpoint' || parseTilePath(inside) !== null);
}

/** @throws FolderFault for a link or what else is no file: who reads it elsewhere may find something else. */
function* filesIn(folder: string, under = ''): Generator<string> {
  for (const entry of readdirSync(join(folder, under), { withFileTypes: true })) {
    const path = `${under}${entry.name}`;
    if (entry.isDirectory()) yield* filesIn(folder, `${path}/`);
    else if (entry.isFile()) yield path;
    else {
      const message = `${plain(path)} of ${folder} is no file: an export has nothing but files and folders.`;
      throw new FolderFault(path, message, KEEP);
    }
  }
}
