import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { codeOf, Failure, UsageError } from '../failure.ts';
import { reasonOf } from '../private-file.ts';

/**
 * Makes a folder that only the user may read, completely or not at all: under a name that says it is incomplete, until
 * all of it is there.
 *
 * @throws UsageError if something is there already.
 */
export async function newFolder<T>(
  wanted: string,
  fill: (folder: string) => Promise<T>,
): Promise<T> {
  const target = resolve(wanted);
  refuseFull(target, wanted);
  const folder = beside(target, wanted);
  try {
    const result = await fill(folder);
    refuseFull(target, wanted);
    if (existsSync(target)) rmdirSync(target);
    renameSync(folder, target);
    return result;
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    const known = error instanceof Failure || codeOf(error) === '';
    throw known ? error : cannotWrite(wanted, error);
  }
}

function beside(target: string, wanted: string): string {
  try {
    mkdirSync(dirname(target), { recursive: true });
    return mkdtempSync(join(dirname(target), `${basename(target)}.incomplete-`));
  } catch (error) {
    throw cannotWrite(wanted, error);
  }
}

function refuseFull(target: string, wanted: string): void {
  const names = namesIn(target);
  if (names !== null && names.length === 0) return;
  if (names === null && !existsSync(target)) return;
  throw new UsageError(
    names === null ? `${wanted} is no folder.` : `${wanted} is not empty: nothing is overwritten.`,
    'Name a new folder with --out.',
  );
}

/** Null for what is no folder. */
function namesIn(path: string): readonly string[] | null {
  try {
    return readdirSync(path);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return null;
    throw cannotWrite(path, error);
  }
}

function cannotWrite(path: string, error: unknown): Failure {
  return new Failure(
    'failed',
    `Cannot write ${path}: ${reasonOf(error)}.`,
    'Free space or grant write access, or name another folder with --out.',
  );
}
