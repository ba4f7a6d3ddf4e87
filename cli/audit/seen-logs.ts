import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { type Checkpoint, openCheckpoint } from '../../core/ledger/checkpoint.ts';
import { type NoteKey, parseVerifierKey } from '../../core/signed-note.ts';
import { codeOf, Failure } from '../failure.ts';
import { homeFolder } from '../folders.ts';
import { withLock } from '../lock.ts';
import { writePrivate } from '../private-file.ts';
import { readAs, textOf } from '../saved/json-file.ts';

/** The last checkpoint that was seen of each log. What is seen later must be the same log, grown. */

const file = z.strictObject({
  vkey: z.string(),
  /** The checkpoint as it was signed. */
  note: z.string(),
  seenAt: z.string(),
  /** The URLs of the brokers whose log it is. */
  brokers: z.array(z.string()),
});

export type SeenLog = z.infer<typeof file> & {
  readonly path: string;
  readonly key: NoteKey;
  readonly checkpoint: Checkpoint;
};

/** What to remember of a log. */
export type Sighting = {
  readonly key: NoteKey;
  readonly vkey: string;
  readonly note: string;
  readonly checkpoint: Checkpoint;
  /** The broker that it came from, if any. */
  readonly broker: string | null;
};

/** How long to wait for another process that remembers something. */
const PATIENCE_MS = 20_000;

/**
 * @param origin The name of the log.
 * @returns null if the log was never seen.
 * @throws Failure if what is remembered cannot be read.
 */
export function seenLog(origin: string): SeenLog | null {
  return read(fileOf(origin));
}

/** The log that a broker had when it was seen last. */
export function seenLogOf(broker: string): SeenLog | null {
  return allSeen().find(({ brokers }) => brokers.includes(broker)) ?? null;
}

/**
 * Remembers a log that was found to be the one that was seen before.
 *
 * @param same Compares it with what another process has remembered since `before` was read.
 */
export async function remember(
  sighting: Sighting,
  before: SeenLog | null,
  same: (meanwhile: SeenLog) => Promise<void>,
): Promise<void> {
  const { key, vkey, note, checkpoint, broker } = sighting;
  const path = fileOf(key.name);
  await withLock(join(folder(), 'lock'), PATIENCE_MS, async () => {
    const now = read(path);
    if (now !== null && now.note !== before?.note) await same(now);
    const brokers = new Set([...(now?.brokers ?? []), ...(broker === null ? [] : [broker])]);
    const isNews = now === null || now.vkey !== vkey || now.checkpoint.size < checkpoint.size;
    const latest = isNews ? { note, seenAt: new Date().toISOString() } : now;
    const { note: kept, seenAt } = latest;
    if (isNews || brokers.size > now.brokers.length) {
      writePrivate(path, textOf({ vkey, note: kept, seenAt, brokers: [...brokers] }));
    }
    if (broker !== null) forgetBroker(broker, path);
  });
}

/** A broker has one log: that of a broker that was set up anew replaces the one before. */
function forgetBroker(broker: string, except: string): void {
  for (const { path, vkey, note, seenAt, brokers } of allSeen()) {
    if (path === except || !brokers.includes(broker)) continue;
    const others = brokers.filter((url) => url !== broker);
    writePrivate(path, textOf({ vkey, note, seenAt, brokers: others }));
  }
}

/**
 * Keeps two checkpoints that contradict each other, for others to see.
 *
 * @returns the paths.
 */
export function keepEvidence(
  before: Pick<SeenLog, 'key' | 'note'>,
  now: string,
): readonly string[] {
  const pair = createHash('sha256').update(`${before.note}\n${now}`).digest('hex').slice(0, 8);
  const start = join(folder(), 'evidence', `${slugOf(before.key.name)}-${pair}`);
  const paths = [`${start}.before.checkpoint`, `${start}.now.checkpoint`] as const;
  writePrivate(paths[0], before.note);
  writePrivate(paths[1], now);
  return paths;
}

function allSeen(): readonly SeenLog[] {
  const names = namesIn(folder()).filter((name) => name.endsWith('.json'));
  return names.flatMap((name) => read(join(folder(), name)) ?? []);
}

function namesIn(path: string): readonly string[] {
  try {
    return readdirSync(path).toSorted();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

function read(path: string): SeenLog | null {
  const found = readAs(path, file, BROKEN_HINT);
  if (found === null) return null;
  const key = parseVerifierKey(found.vkey);
  const checkpoint = key === null ? null : openCheckpoint(found.note, key);
  if (key !== null && checkpoint?.ok === true) {
    return { ...found, path, key, checkpoint: checkpoint.value };
  }
  const what = key === null ? 'vkey is no key' : 'note is no checkpoint signed by vkey';
  throw new Failure('failed', `${path} cannot be used: ${what}.`, BROKEN_HINT);
}

function fileOf(origin: string): string {
  return join(folder(), `${slugOf(origin)}.json`);
}

/** The name as far as it can be part of a path, and what tells it from all others. */
function slugOf(origin: string): string {
  const readable = origin.replaceAll(/[^A-Za-z0-9.-]+/g, '_').slice(0, 80);
  return `${readable}-${createHash('sha256').update(origin).digest('hex').slice(0, 8)}`;
}

function folder(): string {
  return join(homeFolder(), 'ledgers');
}

const BROKEN_HINT =
  'It says which state of the ledger you saw last. Restore it from a backup; without it, the next look trusts what it sees. To go on so: move it away.';
