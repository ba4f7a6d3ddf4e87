import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { codeOf, Failure } from './failure.ts';

/** Files that only the user may read (0600, in folders of 0700), written completely or not at all. */

/**
 * @returns null if the file does not exist.
 * @throws Failure if something is there that cannot be read.
 */
export function readPrivate(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return null;
    const hint = codeOf(error) === 'EACCES' ? READ_HINT : MOVE_HINT;
    throw new Failure('failed', `Cannot read ${path}: ${reasonOf(error)}.`, hint);
  }
}

/**
 * Follows a link, so that it stays one.
 *
 * @throws Failure with the cause, such as a full disk or a read-only file.
 */
export function writePrivate(path: string, text: string | Uint8Array, mode = 0o600): void {
  let fresh: string | null = null;
  try {
    const target = linkTarget(path);
    refuseReadOnly(target);
    mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
    fresh = `${target}.${process.pid}.new`;
    removePrivate(fresh);
    // `wx` does not follow a link that another user may have put there.
    writeFileSync(fresh, text, { mode, flag: 'wx' });
    chmodSync(fresh, mode);
    renameSync(fresh, target);
  } catch (error) {
    if (fresh !== null) removePrivate(fresh);
    if (error instanceof Failure) throw error;
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

const MOST_LINKS = 40;

/** The file that a path leads to, also if it does not exist yet. */
export function linkTarget(path: string): string {
  let target = path;
  for (let links = 0; links < MOST_LINKS; links += 1) {
    if (lstatSync(target, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return target;
    target = resolve(realpathSync(dirname(target)), readlinkSync(target));
  }
  throw new Failure('failed', `Cannot write ${path}: its links lead in a circle.`, MOVE_HINT);
}

/** Replacing a file needs write access to its folder only, but its owner has said not to change it. */
function refuseReadOnly(target: string): void {
  const mode = statSync(target, { throwIfNoEntry: false })?.mode ?? 0o600;
  if ((mode & 0o200) !== 0) return;
  throw new Failure(
    'failed',
    `Cannot write ${target}: it is read-only.`,
    `If valetkey may change it: chmod u+w ${target}`,
  );
}

const READ_HINT = 'Make it readable (chmod 600), or delete it and run the command again.';
const MOVE_HINT = 'Move it away, and run the command again.';
const WRITE_HINT = 'Free space or grant write access, or set VALETKEY_HOME to another folder.';

export function reasonOf(error: unknown): string {
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
    EISDIR: 'it is a folder',
    ELOOP: 'its links lead in a circle',
  };
  return known[code] ?? (code || 'unknown error');
}
