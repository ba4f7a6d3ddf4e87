import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { withLock } from '../../cli/lock.ts';

const folder = mkdtempSync(join(tmpdir(), 'valetkey-lock-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a lock', () => {
  const path = join(folder, 'a.lock');

  test('lets one caller work at a time', async () => {
    let inside = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setTimeout(resolve, 20));
      inside -= 1;
    };
    await Promise.all(Array.from({ length: 5 }, () => withLock(path, 5000, work)));
    expect(most).toBe(1);
    expect(existsSync(path)).toBe(false);
  });

  test('of a process that died is removed', async () => {
    const dead = spawn('true');
    await new Promise((resolve) => dead.once('exit', resolve));
    writeFileSync(path, String(dead.pid));
    expect(await withLock(path, 2000, async () => 'done')).toBe('done');
    expect(readdirSync(folder)).toEqual([]);
  });

  test('that nobody touches is taken, whatever it says', async () => {
    const locks = {
      empty: '',
      garbage: 'garbage',
      'of-another-process-by-now': String(process.ppid),
      'of-this-process-before-a-restart': String(process.pid),
    };
    const done = Object.entries(locks).map(async ([name, text]) => {
      const old = join(folder, name);
      writeFileSync(old, text);
      return withLock(old, 600_000, async () => name);
    });
    expect(await Promise.all(done)).toEqual(Object.keys(locks));
    expect(readdirSync(folder)).toEqual([]);
  }, 600_000);

  test('that is held for long is not taken', async () => {
    const touched = (): number => statSync(path).mtimeMs;
    let ended = false;
    const first = withLock(path, 1000, async () => {
      const begun = touched();
      // More touches than a waiting process gives a lock that nobody holds.
      const seen = new Set<number>();
      while (seen.size < 12) {
        seen.add(touched());
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      ended = true;
      return touched() - begun;
    });
    const second = withLock(path, 600_000, async () => ended);
    expect(await first).toBeGreaterThan(0);
    expect(await second).toBe(true);
  }, 600_000);

  test('that was taken from a process is not removed by it', async () => {
    await withLock(path, 1000, async () => writeFileSync(path, `${process.ppid} other`));
    expect(readFileSync(path, 'utf8')).toBe(`${process.ppid} other`);
    rmSync(path);
  });

  test('of nobody in particular is an error without a process', async () => {
    writeFileSync(path, '');
    await expect(withLock(path, 100, async () => 'done')).rejects.toThrow(
      'Another valetkey has not finished the same task.',
    );
    rmSync(path);
  });

  test('that another process keeps is an error that names the process', async () => {
    writeFileSync(path, String(process.ppid));
    await expect(withLock(path, 100, async () => 'done')).rejects.toThrow(String(process.ppid));
    expect(readFileSync(path, 'utf8')).toBe(String(process.ppid));
    rmSync(path);
  });

  test('is free again after an error', async () => {
    await expect(withLock(path, 100, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(existsSync(path)).toBe(false);
  });
});
