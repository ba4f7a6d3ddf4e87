import { readFileSync, statSync } from 'node:fs';
import { codeOf, Failure, UsageError } from '../failure.ts';
import { fullPath } from '../folders.ts';
import { withLock } from '../lock.ts';
import { linkTarget, reasonOf, writePrivate } from '../private-file.ts';
import { isSameRequest, type SavedRequest } from '../saved/saved-request.ts';
import { savedRequests, saveRequest } from '../saved/store.ts';
import { plain } from '../terminal.ts';
import { configFile, shadowing } from './aws-files.ts';
import {
  type FoundProfile,
  profilesIn,
  runsValetkey,
  withoutProfile,
  withProfile,
} from './config-text.ts';

/**
 * Profiles of the AWS config file that get their credentials from `valetkey credential-process`. Their
 * line holds the name of a saved request and nothing that SDKs could read in different ways.
 */

export type Profile = {
  readonly name: string;
  readonly request: SavedRequest;
  /** The name of the saved request that it comes from, if it does. */
  readonly saved: string | undefined;
  readonly region: string | undefined;
};

export type OurProfile = {
  readonly name: string;
  /** The name of its saved request; null in profiles of earlier versions. */
  readonly saved: string | null;
  readonly command: string;
};

const NAME = /^(?!__proto__$)[A-Za-z0-9_][A-Za-z0-9_.@-]{0,63}$/;
const REGION = /^[a-z]{2,}(-[a-z0-9]+){1,6}$/;
/** What a shell expands within double quotes, and what begins a comment. */
const UNSAFE = process.platform === 'win32' ? /["%;#\p{Cc}]/u : /["$`\\!;#\p{Cc}]/u;

/** How long to wait for another process that changes the file. */
const PATIENCE_MS = 20_000;

/**
 * Adds the profile to the AWS config file, or replaces its keys; the rest of the file stays byte for byte.
 *
 * @param program What runs valetkey.
 * @returns the settings of the profile that were replaced.
 * @throws UsageError if the profile exists and `replace` is false, or a value cannot be written safely.
 */
export async function addProfile(
  { name, request, saved, region }: Profile,
  program: readonly string[],
  replace: boolean,
): Promise<readonly string[]> {
  if (!NAME.test(name)) {
    throw new UsageError(`"${plain(name)}" is not a valid profile name.`, NAME_HINT);
  }
  if (region !== undefined && !REGION.test(region)) {
    throw new UsageError(`--region: "${plain(region)}" is not a Region.`, 'Such as eu-central-1.');
  }
  const known = saved === undefined ? undefined : savedRequests()[saved];
  const reference = known !== undefined && isSameRequest(known, request) ? saved : undefined;
  const command = [...program, 'credential-process', `@${reference ?? name}`].map(quoted).join(' ');
  return changing(async (before) => {
    if (only(before, name) !== null && !replace) {
      throw new UsageError(
        `Profile "${name}" already exists in ${profileFile()}.`,
        'Use --replace to replace where its keys come from; its other settings stay.',
      );
    }
    if (reference === undefined) await saveRequest(name, request, replace);
    const settings = { credential_process: command, ...(region !== undefined && { region }) };
    const { text, replaced } = withProfile(before, name, settings);
    return { text, result: replaced };
  });
}

/**
 * Removes what valetkey wrote into the profile, and the profile if there is nothing else in it.
 *
 * @returns the settings that stay.
 * @throws UsageError if it has no keys from valetkey.
 */
export async function removeProfile(name: string): Promise<readonly string[]> {
  return changing(async (before) => {
    if (!ourProfiles(before).some((ours) => ours.name === name)) {
      const found = only(before, name) !== null;
      throw new UsageError(
        found
          ? `Profile "${plain(name)}" in ${profileFile()} does not get its keys from valetkey.`
          : `There is no profile "${plain(name)}" in ${profileFile()}.`,
        'See those that do: valetkey profile list',
      );
    }
    const { text, left } = withoutProfile(before, name);
    return { text, result: left };
  });
}

/** The profiles that get their keys from valetkey. */
export function ourProfiles(text = readConfig()): readonly OurProfile[] {
  return profilesIn(text).flatMap(({ name, command, marked }) => {
    if (command === null || !(marked || runsValetkey(command))) return [];
    const saved = / credential-process @(\S+)$/.exec(command)?.[1] ?? null;
    return [{ name, saved, command }];
  });
}

/** The AWS config file, as an absolute path. */
export function profileFile(): string {
  return fullPath(configFile());
}

/**
 * SDKs prefer static credentials of the same name to the config file, even expired ones.
 *
 * @returns the file that has them; null if there is none.
 */
export function shadowedBy(name: string): string | null {
  return shadowing(name);
}

type Change<T> = { readonly text: string; readonly result: T };

async function changing<T>(change: (before: string) => Promise<Change<T>>): Promise<T> {
  const target = linkTarget(profileFile());
  return withLock(`${target}.valetkey.lock`, PATIENCE_MS, async () => {
    const { text, result } = await change(readConfig());
    const mode = statSync(target, { throwIfNoEntry: false })?.mode ?? 0o600;
    writePrivate(target, Buffer.from(text, 'latin1'), mode & 0o777);
    return result;
  });
}

/** @throws UsageError if the file has the profile twice, which not all SDKs can read. */
function only(text: string, name: string): FoundProfile | null {
  const found = profilesIn(text).filter((profile) => profile.name === name);
  if (found.length < 2) return found[0] ?? null;
  throw new UsageError(
    `${profileFile()} has profile "${plain(name)}" ${found.length} times.`,
    'Make one of them first: not all SDKs can read such a file.',
  );
}

/** botocore splits the line itself; the SDKs for JavaScript and Go run it in a shell. */
function quoted(word: string): string {
  if (UNSAFE.test(word)) {
    throw new UsageError(
      `"${plain(word)}" cannot be written to an AWS config file safely.`,
      'Set VALETKEY_HOME to a folder without ", $, `, !, ;, # and \\ in its path.',
    );
  }
  const bytes = Buffer.from(word, 'utf8').toString('latin1');
  return /^[\w@%+=:,./-]+$/.test(word) ? bytes : `"${bytes}"`;
}

function readConfig(): string {
  return readOrEmpty(profileFile());
}

/** In Latin-1: files may have bytes of any encoding. */
function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return '';
    throw new Failure('failed', `Cannot read ${path}: ${reasonOf(error)}.`);
  }
}

const NAME_HINT = 'Use letters, digits, -, _, . and @, at most 64.';
