import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { codeOf, Failure } from '../failure.ts';

/**
 * Reads the AWS configuration files of the user. The readers of the SDKs disagree about indented keys, `key:
 * value`, quoted names and more; this one finds whatever any of them finds.
 */

type Env = Readonly<Record<string, string | undefined>>;

export function configFile(env: Env = process.env): string {
  return fileIn(env, 'AWS_CONFIG_FILE', 'config');
}

export function credentialsFile(env: Env = process.env): string {
  return fileIn(env, 'AWS_SHARED_CREDENTIALS_FILE', 'credentials');
}

/** Some SDKs expand `~` and variables in a path, and others take it literally: what exists is what is meant. */
function fileIn(env: Env, variable: string, name: string): string {
  const path = env[variable];
  if (!path) return join(homedir(), '.aws', name);
  if (existsSync(path)) return path;
  return path
    .replace(/^~(?=[/\\]|$)/, homedir())
    .replaceAll(/\$(?:\{(\w+)\}|(\w+))/g, (all, braced, bare) => env[braced ?? bare] ?? all);
}

/** Settings of a profile that contain credentials or say where to get them. */
export const CREDENTIAL_SETTING =
  /^(aws_access_key_id|aws_secret_access_key|aws_session_token|aws_security_token|credential_process|credential_source|role_arn|source_profile|web_identity_token_file|sso_\w+|login_session)$/;

type Line = {
  readonly text: string;
  /** Without quotes: `[profile "a"]` is `profile a`. */
  readonly section: string;
  /** In lower case; null for lines of a nested block, such as that of `s3 =`. */
  readonly setting: string | null;
  /** The setting whose block the line is in. */
  readonly block: string | null;
  /** What the line sets, indented or not. */
  readonly name: string | null;
  /** Without the comment at its end. */
  readonly value: string;
};

/** Every line with its section; the texts, joined with line feeds, are the file again. */
export function linesOf(text: string): readonly Line[] {
  let section = '';
  let last: { readonly indent: number; readonly name: string } | null = null;
  return text.split('\n').map((line): Line => {
    const none = { text: line, block: null, setting: null, name: null, value: '' };
    const header = /^[\s\uFEFF]*\[([^\]]*)\]/.exec(line);
    if (header !== null) {
      section = sectionName(header[1] ?? '');
      last = null;
      return { ...none, section };
    }
    const [, indent = '', word = '', given = ''] =
      /^(\s*)([^#;\s=:][^=:]*?)\s*[=:](.*?)\r?$/.exec(line) ?? [];
    if (word === '') return { ...none, section };
    const name = word.toLowerCase();
    const block = last !== null && indent.length > last.indent ? last.name : null;
    if (block === null) last = { indent: indent.length, name };
    const value = given.replace(/(^|\s)[#;].*$/, '').trim();
    return { text: line, section, block, setting: block === null ? name : null, name, value };
  });
}

/** The same, where a carriage return alone ends a line, too, as it does for some SDKs. */
export function settingsOf(text: string): readonly Line[] {
  return linesOf(text.replaceAll(/\r\n?/g, '\n'));
}

function sectionName(inner: string): string {
  return inner.replaceAll(/["']/g, ' ').trim().replaceAll(/\s+/g, ' ');
}

/** The sections of a file that have credentials or say where to get them, for at least one SDK. */
export function sectionsWithCredentials(text: string): readonly string[] {
  const found = settingsOf(text).filter(
    ({ name }) => name !== null && CREDENTIAL_SETTING.test(name),
  );
  return [...new Set(found.map(({ section }) => section))];
}

/**
 * The file with keys that at least one SDK prefers to the `credential_process` of a profile, even if they have
 * expired; null if there is none.
 */
export function shadowing(profile: string, env: Env = process.env): string | null {
  const inCredentials = sectionsWithCredentials(textOfFile(credentialsFile(env)) ?? '');
  if (inCredentials.some((section) => (profileOf(section) ?? section) === profile)) {
    return credentialsFile(env);
  }
  const inConfig = settingsOf(textOfFile(configFile(env)) ?? '').some(
    ({ section, name }) => profileOf(section) === profile && name === 'aws_access_key_id',
  );
  return inConfig ? configFile(env) : null;
}

/** The name of the profile that a section of the config file describes; null if it describes none. */
export function profileOf(section: string): string | null {
  if (section === 'default') return section;
  return /^profile (.+)$/.exec(section)?.[1] ?? null;
}

/** The profile that the environment names. */
export function chosenProfile(env: Env = process.env): string {
  return env['AWS_PROFILE'] || env['AWS_DEFAULT_PROFILE'] || 'default';
}

/**
 * The text of an AWS file, whatever its encoding: what is not UTF-8 is read as Latin-1.
 *
 * @returns null if there is no such file.
 * @throws Failure if it is there and cannot be read.
 */
export function textOfFile(path: string): string | null {
  try {
    const bytes = readFileSync(path);
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      return bytes.toString('latin1');
    }
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return null;
    const why = codeOf(error) === 'EISDIR' ? 'it is a folder' : codeOf(error);
    throw new Failure('failed', `Cannot read ${path}: ${why}.`, READ_HINT);
  }
}

const READ_HINT = 'Make it a file that you can read.';
