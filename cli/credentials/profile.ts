import { readFileSync, realpathSync, statSync } from 'node:fs';
import { codeOf, Failure, UsageError } from '../failure.ts';
import { writePrivate } from '../private-file.ts';
import { plain } from '../terminal.ts';
import { configFile, credentialsFile, linesOf, sectionsWithKeys } from './aws-files.ts';

/** A profile of the AWS config file that gets its keys from us. */

export type Profile = {
  readonly name: string;
  /** The arguments of `valetkey credential-process`. */
  readonly args: readonly string[];
  readonly region: string | undefined;
};

const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.@-]{0,63}$/;
/** Printable, and nothing that a shell obeys between double quotes: some SDKs run the line by one. */
const SAFE = /^[\x20-\x7e]*$/;
const OBEYED = process.platform === 'win32' ? /["%]/ : /["$`\\!]/;

/** Everything else in the file stays as it is, to the byte. */
export function addProfile(profile: Profile, program: readonly string[], replace: boolean): string {
  const { name } = profile;
  if (!NAME.test(name)) {
    throw new UsageError(`${name} is no profile's name.`, 'Letters, digits, - _ . and @ only.');
  }
  const path = configFile();
  const before = readOrEmpty(path);
  const sections = new Set(linesOf(before).map(({ section }) => section));
  const header = name === 'default' ? 'default' : `profile ${name}`;
  if (sections.has(header) && !replace) {
    throw new UsageError(`There is a profile ${name} in ${path} already.`, 'Replace it: --replace');
  }
  const rest = sections.has(header) ? without(before, header) : before;
  const gap = rest === '' || rest.endsWith('\n\n') ? '' : rest.endsWith('\n') ? '\n' : '\n\n';
  // Behind a link, and with the rights that it had.
  const target = before === '' ? path : realpathSync(path);
  const mode = statSync(target, { throwIfNoEntry: false })?.mode ?? 0o600;
  writePrivate(target, `${rest}${gap}${sectionOf(header, profile, program)}`, mode & 0o777);
  return path;
}

/** Static keys of the same name win over the config file, even when they have expired. */
export function shadowedBy(name: string): string | null {
  const path = credentialsFile();
  return sectionsWithKeys(readOrEmpty(path)).includes(name) ? path : null;
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

/** botocore splits the line itself, the SDKs for JavaScript and Go give it to a shell. */
function quoted(word: string): string {
  if (!SAFE.test(word) || OBEYED.test(word)) {
    throw new UsageError(
      `${plain(word)} cannot stand in an AWS config file.`,
      'Leave out quotes, $, `, !, \\ and everything beyond ASCII.',
    );
  }
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `"${word}"`;
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return '';
    throw new Failure('failed', `${path} cannot be read (${codeOf(error)}).`);
  }
}
