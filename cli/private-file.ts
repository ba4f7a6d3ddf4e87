import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { codeOf, Failure } from './failure.ts';

/** Files that only the user may read (0600, in folders of 0700), written completely or not at all. */

/** @returns null if the file does not exist. */
export function readPrivate(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return null;
    throw new Failure('failed', `Cannot read ${path} (${codeOf(error)}).`, READ_HINT);
  }
}

/** @throws Failure with the cause, such as a full disk or a read-only folder. */
export function writePrivate(path: string, text: string, mode = 0o600): void {
  const fresh = `${path}.${process.pid}.new`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    removePrivate(fresh);
    // `wx` does not follow a link that another user may have put there.
    writeFileSync(fresh, text, { mode, flag: 'wx' });
    chmodSync(fresh, mode);
    renameSync(fresh, path);
  } catch (error) {
    removePrivate(fresh);
    throw new Failure('failed', `Cannot write ${path}: ${reasonOf(error)}.`, WRITE_HINT);
  }
}

export function removePrivate(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Without write access to the folder there is nothing to clean up.
  }
}

const READ_HINT = 'Make it readable (chmod 600), or delete it and run the command again.';
const WRITE_HINT = 'Free space or grant write access, or set VALETKEY_HOME to another folder.';

function reasonOf(error: unknown): string {
  const code = codeOf(error);
  const known: Readonly<Record<string, string>> = {
    ENOSPC: 'the disk is full',
    EFBIG: 'the file size limit is reached',
    EDQUOT: 'your disk quota is used up',
    EROFS: 'the disk is read-only',
    EACCES: 'no permission',
    EPERM: 'no permission',
    ENOTDIR: 'a parent folder is a file',
    EEXIST: 'a parent folder is a file',
  };
  return known[code] ?? (code || 'unknown error');
}
