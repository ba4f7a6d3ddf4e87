import { readFileSync, realpathSync, statSync } from 'node:fs';
import { codeOf, Failure, UsageError } from '../failure.ts';
import { writePrivate } from '../private-file.ts';
import { plain } from '../terminal.ts';
import { configFile, linesOf, shadowing } from './aws-files.ts';

/** A profile of the AWS config file that gets its credentials from `valetkey credential-process`. */

export type Profile = {
  readonly name: string;
  /** The arguments of `valetkey credential-process`. */
  readonly args: readonly string[];
  readonly region: string | undefined;
};

const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.@-]{0,63}$/;
/** Some SDKs run the line in a shell: what it expands within double quotes is not allowed. */
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;
const EXPANDED = process.platform === 'win32' ? /["%]/ : /["$`\\!]/;

/**
 * Adds the profile to the AWS config file, or replaces it; the rest of the file stays byte for byte.
 *
 * @param program What runs valetkey.
 * @returns the path of the file.
 * @throws UsageError if the profile exists and `replace` is false, or a value cannot be written safely.
 */
export function addProfile(profile: Profile, program: readonly string[], replace: boolean): string {
  const { name } = profile;
  if (!NAME.test(name)) {
    throw new UsageError(
      `"${plain(name)}" is not a valid profile name.`,
      'Use letters, digits, -, _, . and @.',
    );
  }
  const path = configFile();
  const before = readOrEmpty(path);
  const sections = new Set(linesOf(before).map(({ section }) => section));
  const header = name === 'default' ? 'default' : `profile ${name}`;
  if (sections.has(header) && !replace) {
    throw new UsageError(
      `Profile "${name}" already exists in ${path}.`,
      'Use --replace to replace it.',
    );
  }
  const rest = sections.has(header) ? without(before, header) : before;
  const gap = rest === '' || rest.endsWith('\n\n') ? '' : rest.endsWith('\n') ? '\n' : '\n\n';
  // Follows a symbolic link, and keeps the mode of the file.
  const target = before === '' ? path : realpathSync(path);
  const mode = statSync(target, { throwIfNoEntry: false })?.mode ?? 0o600;
  writePrivate(target, `${rest}${gap}${sectionOf(header, profile, program)}`, mode & 0o777);
  return path;
}

/**
 * SDKs prefer static credentials of the same name to the config file, even expired ones.
 *
 * @returns the file that has them; null if there is none.
 */
export function shadowedBy(name: string): string | null {
  return shadowing(name);
}

function sectionOf(header: string, { args, region }: Profile, program: readonly string[]): string {
  const command = [...program, 'credential-process', ...args].map(quoted).join(' ');
  const lines = [`[${header}]`, `credential_process = ${command}`];
  return `${[...lines, ...(region === undefined ? [] : [`region = ${region}`])].join('\n')}\n`;
}

function without(text: string, header: string): string {
  return linesOf(text)
    .filter(({ section }) => section !== header)
    .map(({ text: line }) => line)
    .join('\n');
}

/** botocore splits the line itself; the SDKs for JavaScript and Go run it in a shell. */
function quoted(word: string): string {
  if (!PRINTABLE_ASCII.test(word) || EXPANDED.test(word)) {
    throw new UsageError(
      `"${plain(word)}" cannot be written to an AWS config file safely.`,
      'Use printable ASCII without ", $, `, ! and \\.',
    );
  }
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `"${word}"`;
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return '';
    throw new Failure('failed', `Cannot read ${path} (${codeOf(error)}).`);
  }
}
