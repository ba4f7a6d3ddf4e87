import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { readPrivate, writePrivate } from '../../cli/private-file.ts';
import { newHome } from '../support/run-command.ts';
import { fakeServer } from './fake-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'valetkey-files-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a private file can be read only by the user', () => {
  const path = join(folder, 'private', 'file');
  expect(readPrivate(path)).toBeNull();
  writePrivate(path, 'text');
  expect(readPrivate(path)).toBe('text');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(join(folder, 'private')).mode & 0o777).toBe(0o700);
  rmSync(join(folder, 'private'), { recursive: true });
});

test('a file that cannot be written leaves the old one, and says why', () => {
  const path = join(folder, 'settings');
  writePrivate(path, 'before');
  expect(() => writePrivate(join(path, 'below'), 'x')).toThrow('a parent folder is a file');
  expect(readFileSync(path, 'utf8')).toBe('before');
  expect(readdirSync(folder)).toEqual(['settings']);
});

test('a full disk is an error that names the file', async () => {
  // A limit of zero bytes fails like a full disk.
  const limited = ['sh', '-c', 'ulimit -f 0 && trap "" XFSZ && exec "$@"', 'sh'];
  const command = join(import.meta.dirname, '../../cli/valetkey.ts');
  const home = newHome([...limited, process.execPath, command]);
  const body = { apiVersion: 'v1', issuer: null, clientId: null, audience: null };
  const server = await fakeServer(() => ({ body }));
  const { code, err } = await home.run(['configure', server.url]);
  expect(code).toBe(1);
  expect(err).toMatch(/Cannot write .*config\.json: the file size limit is reached\.\nFree space/);
  expect(readdirSync(join(home.folder, 'valetkey'))).toEqual([]);
  await server.close();
  home.remove();
});
