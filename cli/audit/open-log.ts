import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ReadLogFile } from '../../core/ledger/from-tiles.ts';
import { LONGEST_ENTRY, TILE_WIDTH } from '../../core/ledger/tiles.ts';
import { ok, type Result } from '../../core/result.ts';
import { type Broker, downloadFrom, type Refused } from '../broker/client.ts';
import { codeOf, Failure, UsageError } from '../failure.ts';
import { reasonOf } from '../private-file.ts';
import { signedIn } from '../sign-in/bearer.ts';
import type { Log } from './log.ts';
import { givenKey, keyForCopy, keyOfBroker } from './log-key.ts';

/** Where a log can be: at a broker, at another URL, in a folder. */

/** The longest file that a log can have. */
const MAX_BYTES = TILE_WIDTH * (LONGEST_ENTRY + 2);

export type Where = {
  /** A folder or a URL; without it the broker. */
  readonly from?: string;
  readonly key?: string;
  readonly broker?: string;
  /** The keys of witnesses that have to have cosigned it. */
  readonly witness?: readonly string[];
};

/** The files alone, for what a hash vouches for and no checkpoint has to. */
export function filesOfLog({ from, broker }: Pick<Where, 'from' | 'broker'>): LogFiles {
  if (from !== undefined) return { read: readFrom(from), place: from };
  const chosen = signedIn(broker);
  return { read: atBroker(chosen), place: chosen.settings.url };
}

type LogFiles = Pick<Log, 'read' | 'place'>;

function readFrom(from: string): ReadLogFile {
  return from.includes('://') ? atUrl(from) : inFolder(from);
}

export async function openLog({ from, key, broker }: Where): Promise<Log> {
  if (from === undefined) return logOfBroker(signedIn(broker), key);
  const read = readFrom(from);
  const known = key === undefined ? await keyForCopy(broker) : givenKey(key);
  return { ...known, place: from, broker: null, read };
}

/** @param key Instead of the one that the broker says it has. */
export async function logOfBroker(broker: Broker, key?: string): Promise<Log> {
  const { url } = broker.settings;
  const known = key === undefined ? await keyOfBroker(url) : givenKey(key);
  return { ...known, place: url, broker: url, read: atBroker(broker) };
}

function atBroker(broker: Broker): ReadLogFile {
  return async (path) => {
    const answer = await broker.download(`/v1/audit/ledger/${path}`, MAX_BYTES);
    if (answer.ok || answer.error.status !== 403) return there(answer);
    throw new Failure(
      'denied',
      answer.error.failure.message,
      'To read the ledger takes the right to audit, which the policy bundle gives: ask your platform team.',
    );
  };
}

/** Without a token, which is for the broker alone. */
function atUrl(from: string): ReadLogFile {
  const url = URL.canParse(from) ? new URL(from) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new UsageError(`"${from}" is neither a folder nor a URL.`, EXAMPLE);
  }
  const base = from.replace(/\/+$/, '');
  return async (path) => there(await downloadFrom(`${base}/${path}`, MAX_BYTES));
}

/** @throws Failure for every other answer than a file, or that there is none. */
function there(answer: Result<Uint8Array, Refused>) {
  if (answer.ok) return answer;
  if (answer.error.status === 404) return ok(null);
  throw answer.error.failure;
}

export function inFolder(folder: string): ReadLogFile {
  return async (path) => {
    const file = join(folder, path);
    try {
      return ok(readFileSync(file));
    } catch (error) {
      if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return ok(null);
      throw new Failure('failed', `Cannot read ${file}: ${reasonOf(error)}.`, 'Make it readable.');
    }
  };
}

const EXAMPLE = 'For example: valetkey audit verify --from ./ledger';
