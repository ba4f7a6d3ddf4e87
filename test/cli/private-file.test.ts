import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
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

describe('a link', () => {
  test('to a file stays, and the file changes', () => {
    const target = join(folder, 'dotfiles', 'settings');
    const link = join(folder, 'link');
    writePrivate(target, 'before');
    symlinkSync('dotfiles/settings', link);
    writePrivate(link, 'after');
    expect(readlinkSync(link)).toBe('dotfiles/settings');
    expect(readFileSync(target, 'utf8')).toBe('after');
    expect(statSync(target).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(folder, 'dotfiles'))).toEqual(['settings']);
  });

  test('to a file that does not exist yet makes it', () => {
    symlinkSync(join(folder, 'later', 'settings'), join(folder, 'dangling'));
    writePrivate(join(folder, 'dangling'), 'text');
    expect(readFileSync(join(folder, 'later', 'settings'), 'utf8')).toBe('text');
  });

  test('within a folder that is a link is followed from where that folder is', () => {
    mkdirSync(join(folder, 'deep', 'er'), { recursive: true });
    symlinkSync('../beside', join(folder, 'deep', 'er', 'link'));
    symlinkSync(join(folder, 'deep', 'er'), join(folder, 'short'));
    writePrivate(join(folder, 'short', 'link'), 'text');
    expect(readFileSync(join(folder, 'deep', 'beside'), 'utf8')).toBe('text');
  });

  test('that leads in a circle is an error', () => {
    symlinkSync('b', join(folder, 'a'));
    symlinkSync('a', join(folder, 'b'));
    expect(() => writePrivate(join(folder, 'a'), 'x')).toThrow('its links lead in a circle');
    expect(() => readPrivate(join(folder, 'a'))).toThrow('its links lead in a circle');
  });
});

test('a file that its owner made read-only stays as it is', () => {
  const path = join(folder, 'read-only');
  writePrivate(path, 'before');
  chmodSync(path, 0o400);
  expect(() => writePrivate(path, 'after')).toThrow('it is read-only');
  expect(readFileSync(path, 'utf8')).toBe('before');
});

test('a folder where a file should be is an error', () => {
  mkdirSync(join(folder, 'a-folder'));
  expect(() => readPrivate(join(folder, 'a-folder'))).toThrow('it is a folder');
  expect(() => writePrivate(join(folder, 'a-folder'), 'x')).toThrow('it is a folder');
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
