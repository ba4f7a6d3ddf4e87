import { randomUUID } from 'node:crypto';
import {
  closeSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from '../adapters/processes/is-alive.ts';
import { codeOf, Failure } from './failure.ts';

const POLL_MS = 50;
/** How often the holder touches its lock. */
const BEAT_MS = 500;
/**
 * After so many looks without a touch the holder is gone: its process id may be another process's now,
 * or mean nothing here. Looks are counted, not seconds, since a machine that sleeps or is slow stops both.
 */
const LOOKS = 80;

/** What is in the file, and when it was touched. */
type Seen = { readonly text: string; readonly touchedAt: number };

/**
 * Does work that only one process may do at a time, under a lock file. The lock of a process that died
 * or no longer touches it is removed.
 *
 * @param waitMs Longer than the work can take.
 * @throws Failure if the lock is not free in time.
 */
export async function withLock<T>(
  path: string,
  waitMs: number,
  work: () => Promise<T>,
): Promise<T> {
  const mine = await taken(path, waitMs);
  const beat = setInterval(() => touch(path, mine), BEAT_MS);
  beat.unref();
  try {
    return await work();
  } finally {
    clearInterval(beat);
    // Not if another process has taken it meanwhile, because this one was stopped.
    if (look(path)?.text === mine) remove(path);
  }
}

/** @returns what this process has written into the lock; null if it can have none. */
async function taken(path: string, waitMs: number): Promise<string | null> {
  const deadline = performance.now() + waitMs;
  let before = look(path);
  for (let looks = 1; ; looks += 1) {
    const got = take(path);
    if (got !== 'busy') return got;
    const seen = look(path);
    if (seen?.text !== before?.text || seen?.touchedAt !== before?.touchedAt) looks = 1;
    before = seen;
    if (seen !== null && (isDead(seen) || looks >= LOOKS)) removeStale(path, seen);
    if (performance.now() > deadline) throw stillTaken(path, seen);
    await sleep(POLL_MS);
  }
}

function take(path: string): string | null | 'busy' {
  const mine = `${process.pid} ${randomUUID()}`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const file = openSync(path, 'wx', 0o600);
    try {
      writeSync(file, mine);
      return mine;
    } catch {
      // The disk is full: the file is there and empty, and ours.
      return '';
    } finally {
      closeSync(file);
    }
  } catch (error) {
    // Without write access no process can change what the lock protects.
    return codeOf(error) === 'EEXIST' ? 'busy' : null;
  }
}

function touch(path: string, mine: string | null): void {
  if (mine === null || look(path)?.text !== mine) return;
  try {
    utimesSync(path, new Date(), new Date());
  } catch {
    // The next one may work; until then the lock looks a little older.
  }
}

function look(path: string): Seen | null {
  try {
    return { text: readFileSync(path, 'utf8'), touchedAt: statSync(path).mtimeMs };
  } catch {
    return null;
  }
}

function holderOf({ text }: Seen): number | null {
  const pid = Number(/^\d{1,10}(?= |$)/.exec(text)?.[0] ?? 0);
  return pid > 0 ? pid : null;
}

function isDead(seen: Seen): boolean {
  const holder = holderOf(seen);
  return holder !== null && !isAlive(holder);
}

/** Removes a lock that nobody holds, but not the one that another process has taken meanwhile. */
function removeStale(path: string, stale: Seen): void {
  const aside = `${path}.${process.pid}.dead`;
  try {
    renameSync(path, aside);
    const moved = look(aside);
    if (moved?.text !== stale.text || moved.touchedAt !== stale.touchedAt) linkSync(aside, path);
  } catch {
    // Another process removed it first.
  }
  remove(aside);
}

function remove(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // It stays until the next process finds that nobody touches it.
  }
}

function stillTaken(path: string, seen: Seen | null): Failure {
  const holder = seen === null ? null : holderOf(seen);
  const who = holder === null ? 'Another valetkey' : `Another valetkey (process ${holder})`;
  return new Failure(
    'failed',
    `${who} has not finished the same task.`,
    `Wait for it, or delete ${path} if it is not running.`,
  );
}
