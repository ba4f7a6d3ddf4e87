import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { homedir, hostname } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '../../adapters/processes/is-alive.ts';
import { Failure } from '../failure.ts';
import { cacheFolder } from '../folders.ts';
import { writePrivate } from '../private-file.ts';
import {
  chosenProfile,
  configFile,
  credentialsFile,
  profileOf,
  sectionsWithCredentials,
  settingsOf,
  textOfFile,
} from './aws-files.ts';
import { type Carried, carriedSettings } from './carried-settings.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** The AWS files of a command under `exec`. */
export type ChildFiles = {
  readonly variables: Readonly<Record<string, string>>;
  /** What the command wrote into them, which is lost: `[default] region`, without values. */
  readonly changes: () => readonly string[];
  readonly remove: () => void;
};

/** What the user should know about files that the command does not see. */
export type Hidden = {
  /** The files with credentials that the command would have used. */
  readonly files: readonly string[];
  readonly leftOut: readonly string[];
};

export type UsersFiles = { readonly carried: Carried; readonly hidden: Hidden };

/**
 * Reads what the command keeps of the user's AWS files.
 *
 * @throws Failure if the config file cannot be read: its Region and endpoints would be missing silently.
 */
export function usersFiles(env: Env = process.env): UsersFiles {
  const config = textOfFile(configFile(env)) ?? '';
  const carried = carriedSettings(config, chosenProfile(env));
  const wouldBeUsed = (text: string): boolean => wouldUse(text, chosenProfile(env));
  const files = [
    ...[credentialsFile(env)].filter((path) => wouldBeUsed(quietly(path))),
    ...botoFiles(env).filter((path) => sectionsWithCredentials(quietly(path)).length > 0),
    ...(wouldBeUsed(config) ? [configFile(env)] : []),
  ];
  return { carried, hidden: { files, leftOut: carried.leftOut } };
}

/** boto3 and the AWS CLI still read these, and prefer them to an endpoint. */
function botoFiles(env: Env): readonly string[] {
  const named = env['BOTO_CONFIG'];
  return named ? [named] : ['/etc/boto.cfg', join(homedir(), '.boto')];
}

/** Whether the chosen or the default profile has credentials: those of other profiles would not be used. */
function wouldUse(text: string, profile: string): boolean {
  const used = ['', 'default', profile];
  return sectionsWithCredentials(text).some((name) => used.includes(profileOf(name) ?? name));
}

/** The command does not see these files, so it does not matter here whether they can be read. */
function quietly(path: string): string {
  try {
    return textOfFile(path) ?? '';
  } catch (error) {
    if (error instanceof Failure) return '';
    throw error;
  }
}

const NOTICE = '# Written by valetkey for one command. Changes are lost when the command ends.\n';

/**
 * Writes AWS files without credentials for a command, so that it finds none but those of its grant, whatever
 * is in the files of the user.
 */
export function childFiles({ carried }: UsersFiles): ChildFiles {
  const all = join(cacheFolder(), 'exec');
  sweep(all);
  const folder = join(all, `${ours()}${process.pid}-${randomBytes(4).toString('hex')}`);
  const texts = { config: `${NOTICE}${carried.text}`, credentials: NOTICE, boto: NOTICE };
  const path = (name: keyof typeof texts): string => join(folder, name);
  const names = Object.keys(texts) as (keyof typeof texts)[];
  for (const name of names) writePrivate(path(name), texts[name]);
  return {
    variables: {
      AWS_CONFIG_FILE: path('config'),
      AWS_SHARED_CREDENTIALS_FILE: path('credentials'),
      // The AWS SDK for Java 1 reads its own variable.
      AWS_CREDENTIAL_PROFILES_FILE: path('credentials'),
      BOTO_CONFIG: path('boto'),
    },
    changes: () => names.flatMap((name) => changesOf(texts[name], quietly(path(name)))),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function changesOf(before: string, after: string): readonly string[] {
  const had = new Set(settingsOf(before).map(keyOf));
  const named = settingsOf(after).filter((line) => line.name !== null && !had.has(keyOf(line)));
  return named.map(({ section, block, name }) => {
    return `[${section}] ${block === null ? '' : `${block}.`}${name}`;
  });
}

function keyOf({ section, block, name, value }: ReturnType<typeof settingsOf>[number]): string {
  return JSON.stringify([section, block, name, value]);
}

/** Process ids mean something on one machine only, and containers may share the folder. */
function ours(): string {
  return `${hostname().replaceAll(/[^\w.-]/g, '_')}-`;
}

/** Removes what processes left that were killed. */
function sweep(all: string): void {
  try {
    mkdirSync(all, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(all)) {
      const pid = name.startsWith(ours())
        ? /^(\d+)-/.exec(name.slice(ours().length))?.[1]
        : undefined;
      if (pid !== undefined && !isAlive(Number(pid))) {
        rmSync(join(all, name), { recursive: true, force: true });
      }
    }
  } catch {
    // Writing says what is wrong with the folder.
  }
}
