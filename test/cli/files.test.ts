import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { linesOf, sectionsWithKeys } from '../../cli/credentials/aws-files.ts';
import { withLock } from '../../cli/lock.ts';
import { writePrivate } from '../../cli/private-file.ts';
import { newHome } from '../support/run-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'valetkey-files-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a lock', () => {
  const path = join(folder, 'a.lock');

  test('lets one at a time', async () => {
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

  test('of a process that died counts for nothing', async () => {
    const dead = spawn('true');
    await new Promise((resolve) => dead.once('exit', resolve));
    writeFileSync(path, String(dead.pid));
    expect(await withLock(path, 2000, async () => 'done')).toBe('done');
    expect(readdirSync(folder)).toEqual([]);
  });

  test('that somebody holds is waited for, and then told', async () => {
    writeFileSync(path, String(process.ppid));
    await expect(withLock(path, 100, async () => 'done')).rejects.toThrow(String(process.ppid));
    expect(readFileSync(path, 'utf8')).toBe(String(process.ppid));
    rmSync(path);
  });

  test('is free again after what failed under it', async () => {
    await expect(withLock(path, 100, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(existsSync(path)).toBe(false);
  });
});

describe('what cannot be written', () => {
  test('leaves what was there before, and says why', () => {
    const path = join(folder, 'settings');
    writePrivate(path, 'before');
    expect(() => writePrivate(join(path, 'below'), 'x')).toThrow('a folder on the way is a file');
    expect(readFileSync(path, 'utf8')).toBe('before');
    expect(readdirSync(folder)).toEqual(['settings']);
  });

  test('on a disk that takes no more fails with the file and the mend', async () => {
    // What a process may write is limited to nothing, as a full disk would limit it.
    const limited = ['sh', '-c', 'ulimit -f 0 && trap "" XFSZ && exec "$@"', 'sh'];
    const command = join(import.meta.dirname, '../../cli/valetkey.ts');
    const home = newHome([...limited, process.execPath, command]);
    const { fakeServer } = await import('./fake-server.ts');
    const body = { apiVersion: 'v1', issuer: null, clientId: null, audience: null };
    const server = await fakeServer(() => ({ body }));
    const { code, err } = await home.run(['configure', server.url]);
    expect(code).toBe(1);
    expect(err).toContain('config.json cannot be written: files may not grow here.');
    expect(readdirSync(join(home.folder, 'valetkey'))).toEqual([]);
    await server.close();
    home.remove();
  });
});

describe('AWS config files', () => {
  const TEXT =
    '[default]\nregion=x\n[profile a]\nCREDENTIAL_PROCESS = y\ns3 =\n  region = z\n[ b ]\nrole_arn=r';

  test('are read with sections and keys as the tools read them', () => {
    expect(linesOf(TEXT).map(({ section, key }) => [section, key])).toEqual([
      ['default', null],
      ['default', 'region'],
      ['profile a', null],
      ['profile a', 'credential_process'],
      ['profile a', 's3'],
      ['profile a', null],
      ['b', null],
      ['b', 'role_arn'],
    ]);
  });

  test('give keys in the sections that lead to some', () => {
    expect(sectionsWithKeys(TEXT)).toEqual(['profile a', 'b']);
  });
});
