import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { codeOf, Failure } from './failure.ts';

/** Files that nobody else may read (0600, in folders of 0700), whole or not at all. */

/** @returns null where there is no such file. */
export function readPrivate(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return null;
    throw new Failure('failed', `${path} cannot be read (${codeOf(error)}).`, MEND_READ);
  }
}

/** @throws Failure that says what is in the way: a full disk, a read-only folder. */
export function writePrivate(path: string, text: string, mode = 0o600): void {
  const fresh = `${path}.${process.pid}.new`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    removePrivate(fresh);
    // Never through a link that somebody else left there.
    writeFileSync(fresh, text, { mode, flag: 'wx' });
    chmodSync(fresh, mode);
    renameSync(fresh, path);
  } catch (error) {
    removePrivate(fresh);
    throw new Failure('failed', `${path} cannot be written: ${reasonOf(error)}.`, MEND_WRITE);
  }
}

export function removePrivate(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // What cannot be written cannot be removed either, and holds nothing new.
  }
}

const MEND_READ = 'Make it readable for you (chmod 600), or remove it and run the command again.';
const MEND_WRITE = 'Make room or give write access, or set VALETKEY_HOME to another folder.';

function reasonOf(error: unknown): string {
  const code = codeOf(error);
  const known: Readonly<Record<string, string>> = {
    ENOSPC: 'the disk is full',
    EFBIG: 'files may not grow here',
    EDQUOT: 'your disk quota is used up',
    EROFS: 'the disk is read-only',
    EACCES: 'no permission',
    EPERM: 'no permission',
    ENOTDIR: 'a folder on the way is a file',
    EEXIST: 'a folder on the way is a file',
  };
  return known[code] ?? (code || 'unknown error');
}
