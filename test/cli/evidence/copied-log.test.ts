import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { keeping } from '../../../cli/evidence/copied-log.ts';
import { newFolder } from '../../../cli/evidence/new-folder.ts';
import { ok } from '../../../core/result.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'valetkey-copy-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const interrupted = { exitCode: 130, message: expect.stringContaining('Nothing was exported') };

test('a file that arrives after an interruption is not written', async () => {
  const ending = new AbortController();
  const read = keeping(
    async () => {
      ending.abort();
      return ok(Buffer.from('x'));
    },
    folder,
    ending.signal,
  );
  await expect(read('checkpoint')).rejects.toMatchObject(interrupted);
  expect(existsSync(join(folder, 'checkpoint'))).toBe(false);
});

test('an interruption is told even where reading fails for it', async () => {
  const ending = new AbortController();
  const read = keeping(
    async () => {
      ending.abort();
      throw new Error('the connection was closed');
    },
    folder,
    ending.signal,
  );
  await expect(read('checkpoint')).rejects.toMatchObject(interrupted);
});

test('what was not finished is removed', async () => {
  const target = join(folder, 'evidence');
  const filling = newFolder(target, async (place) => {
    expect(place).toContain('evidence.incomplete-');
    throw new Error('stopped');
  });
  await expect(filling).rejects.toThrow('stopped');
  expect(existsSync(target)).toBe(false);
});

test('a folder that somebody else filled meanwhile is left as it is', async () => {
  const target = join(folder, 'evidence');
  const filling = newFolder(target, () =>
    newFolder(target, async (place) => writeFileSync(join(place, 'mine'), 'mine')),
  );
  await expect(filling).rejects.toMatchObject({ exitCode: 2 });
  expect(readdirSync(folder)).toEqual(['evidence']);
  expect(readdirSync(target)).toEqual(['mine']);
});
