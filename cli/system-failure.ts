import { codeOf } from './failure.ts';
import { plain } from './terminal.ts';

/** Codes of the operating system, in words. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'no permission',
  EPERM: 'no permission',
  ENOENT: 'it does not exist',
  ENOTDIR: 'one of its parent folders is a file',
  EISDIR: 'it is a folder, not a file',
  EEXIST: 'something of that name is there already',
  ELOOP: 'it is a link to itself',
  ENAMETOOLONG: 'its name is too long',
  ENOSPC: 'the disk is full',
  EDQUOT: 'your disk quota is used up',
  EROFS: 'the disk is read-only',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
};

/** What to say of a file or folder that cannot be used; null for every other error. */
export function systemFailure(
  error: unknown,
): { readonly error: string; readonly hint: string } | null {
  if (codeOf(error) === 'ERR_SYSTEM_ERROR') {
    return {
      error: 'Your home folder is not known.',
      hint: 'Set HOME, or VALETKEY_HOME to a folder.',
    };
  }
  // Node gives no code where it deletes a folder.
  const [, reason, folder] = /Unknown error: (.+) '(.+)'$/.exec(messageOf(error)) ?? [];
  if (folder !== undefined) return { error: plain(`Cannot use ${folder}: ${reason}.`), hint: HINT };
  const path = typeof error === 'object' && error !== null && 'path' in error ? error.path : null;
  const code = codeOf(error);
  if (typeof path !== 'string' || !/^E[A-Z]+$/.test(code)) return null;
  return {
    error: plain(`Cannot use ${path}: ${REASONS[code] ?? code}.`),
    hint: HINT,
  };
}

const HINT =
  'Mend it, or set VALETKEY_HOME to another folder. `valetkey doctor` checks the folders.';

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : '';
}
