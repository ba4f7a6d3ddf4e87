import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
