import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf, Failure } from './failure.ts';
import { removePrivate } from './private-file.ts';

const POLL_MS = 50;

/**
 * One process at a time: a file that only its maker may make. Who waited finds what the one before
 * left. The lock of a process that died counts for nothing.
 *
 * @param waitMs Longer than the work under the lock can take.
 * @throws Failure when it was not given in time.
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
        `Another valetkey (process ${holderOf(path)}) is busy with the same.`,
        `Wait for it, or remove ${path} if there is none.`,
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
    // Where nothing can be written nothing can be raced for.
    if (codeOf(error) !== 'EEXIST') return true;
    const holder = holderOf(path);
    if (holder !== null && !isAlive(holder)) clearAway(path, holder);
    return false;
  }
}

/** Two may see the same dead holder: only one takes its file away, and never a living one's. */
function clearAway(path: string, dead: number): void {
  const aside = `${path}.${process.pid}.dead`;
  try {
    renameSync(path, aside);
    if (holderOf(aside) !== dead) linkSync(aside, path);
  } catch {
    // Somebody else was faster.
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

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}
