import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from '../adapters/processes/is-alive.ts';
import { codeOf, Failure } from './failure.ts';
import { removePrivate } from './private-file.ts';

const POLL_MS = 50;

/**
 * Does work that only one process may do at a time, under a lock file. The lock of a process that died
 * is removed.
 *
 * @param waitMs Longer than the work can take.
 * @throws Failure if the lock is not free in time.
 */
export async function withLock<T>(
  path: string,
  waitMs: number,
  work: () => Promise<T>,
): Promise<T> {
  const deadline = performance.now() + waitMs;
  while (!take(path)) {
    if (performance.now() > deadline) {
      throw new Failure(
        'failed',
        `Another valetkey (process ${holderOf(path)}) has not finished the same task.`,
        `Wait for it, or delete ${path} if it is not running.`,
      );
    }
    await sleep(POLL_MS);
  }
  try {
    return await work();
  } finally {
    removePrivate(path);
  }
}

function take(path: string): boolean {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(path, String(process.pid), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    // Without write access no process can change what the lock protects.
    if (codeOf(error) !== 'EEXIST') return true;
    const holder = holderOf(path);
    if (holder !== null && !isAlive(holder)) removeStale(path, holder);
    return false;
  }
}

/** Removes the lock of a dead process, but not the one that another process has taken meanwhile. */
function removeStale(path: string, dead: number): void {
  const aside = `${path}.${process.pid}.dead`;
  try {
    renameSync(path, aside);
    if (holderOf(aside) !== dead) linkSync(aside, path);
  } catch {
    // Another process removed it first.
  }
  rmSync(aside, { force: true });
}

function holderOf(path: string): number | null {
  try {
    return Number(readFileSync(path, 'utf8')) || null;
  } catch {
    return null;
  }
}
