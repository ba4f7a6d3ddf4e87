import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ExportedFile, manifestText } from '../../core/evidence/manifest.ts';
import type { Manifest } from '../../core/evidence/read-manifest.ts';
import type { Log } from '../audit/log.ts';
import { inFolder } from '../audit/open-log.ts';
import type { Signed } from '../audit/same-log.ts';
import { Failure } from '../failure.ts';
import { type Filled, fillFolder } from './fill-folder.ts';
import { FolderFault } from './folder-fault.ts';
import { type ExportRecord, recordedBy } from './folder-record.ts';
import { wholeIn } from './long-events.ts';
import { demandZstandard } from './zstandard.ts';

/** The files of an export, made again from the ledger in its folder. */

export type Remaking = {
  readonly folder: string;
  readonly manifest: Manifest;
  /** Of the manifest. */
  readonly sha256: string;
  readonly log: Log;
  readonly signed: Signed;
  readonly record: ExportRecord;
};

/**
 * @returns how many Parquet files have the same records in other bytes, as another version of Zstandard packs them.
 * @throws Failure unless each file comes out as it is, and so does the manifest.
 */
export async function demandRemade(remaking: Remaking, signal: AbortSignal): Promise<number> {
  const { manifest, log, signed, folder } = remaking;
  const { period, sample: wanted, parquet: lake, control, ocsf } = manifest;
  if (lake !== null) demandZstandard('The folder has Parquet: run valetkey with a newer Node.');
  const own = mkdtempSync(join(tmpdir(), 'valetkey-evidence-'));
  try {
    const wishes = { period, wanted, lake, control, ocsf };
    const bundles = inFolder(folder);
    const read: Log['read'] = (path) => bundles(path.replace('bundle/', 'bundles/'));
    const where = { folder: own, ledger: join(folder, 'ledger'), whole: wholeIn(folder) };
    const filled = await fillFolder({ ...wishes, ...where, signal, log: { ...log, read } }, signed);
    return await demandSameFiles(remaking, filled, own);
  } catch (error) {
    if (signal.aborted) throw new Failure('interrupted', 'Interrupted. Not all was verified.');
    throw error;
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}

async function demandSameFiles(
  { folder, manifest, sha256, record }: Remaking,
  { facts, files }: Filled,
  own: string,
): Promise<number> {
  const there = new Map(manifest.files.map((file) => [file.path, file]));
  const same: ExportedFile[] = [];
  let repacked = 0;
  for (const made of files) {
    const file = there.get(made.path);
    if (file === undefined || file.rows !== made.rows) continue;
    const isSame = file.sha256 === made.sha256;
    if (!isSame && !(await hasSameRecords(made.path, folder, own))) continue;
    if (!isSame) repacked += 1;
    same.push(file);
  }
  const paths = new Set(same.map(({ path }) => path));
  const all = new Set([...files, ...manifest.files].map(({ path }) => path));
  const different = [...all].filter((path) => !paths.has(path));
  if (different.length > 0) throw differs(folder, different, all.size, record);
  if (hashOfText(manifestText(facts, same)) === sha256) return repacked;
  throw differs(folder, ['manifest.json'], all.size, record);
}

async function hasSameRecords(path: string, folder: string, own: string): Promise<boolean> {
  if (!path.endsWith('.parquet')) return false;
  const { sameRecords } = await import('./same-records.ts');
  return sameRecords(join(folder, path), join(own, path));
}

function hashOfText(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** README.md and controls.csv have the counts of the others, so they differ with them. */
const LAST = ['controls.csv', 'README.md'];

function differs(
  folder: string,
  paths: readonly string[],
  all: number,
  record: ExportRecord,
): FolderFault {
  const rank = (path: string): number => LAST.indexOf(path);
  const sorted = paths.toSorted((one, other) => rank(one) - rank(other));
  const [first = ''] = sorted;
  const others =
    sorted.length === 1 ? '' : ` ${sorted.length} of ${all} files differ so: ${listed(sorted)}.`;
  return new FolderFault(
    first,
    `${first} of ${folder} is not what this version of valetkey makes of the ledger in the same folder.`,
    `Its SHA-256 is the one in the manifest that was ${recordedBy(record)}: either it was changed before, or another version of valetkey made it.${others} Verify the folder with the version that exported it. If that says the same, tell your security team.`,
  );
}

const SHOWN = 5;

function listed(paths: readonly string[]): string {
  const shown = paths.slice(0, SHOWN).join(', ');
  return paths.length > SHOWN ? `${shown} …` : shown;
}
