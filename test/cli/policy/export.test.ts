import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { readBundleFiles } from '../../../adapters/files/bundle-files.ts';
import { bundleSource } from '../../../core/bundle/bundle-source.ts';
import { sourcePath } from '../../../core/ledger/bundle-path.ts';
import { compiled } from '../../support/bundles.ts';
import { newHome } from '../../support/run-command.ts';
import { fakeServer } from '../fake-server.ts';

const FILES = readBundleFiles('policy');
const { hash: HASH } = compiled(FILES);
const SOURCE = Buffer.from(bundleSource(FILES));

const root = mkdtempSync(join(tmpdir(), 'valetkey-export-'));
const home = newHome();
afterAll(() => {
  home.remove();
  rmSync(root, { recursive: true, force: true });
});

let number = 0;
let copy = '';
let out = '';
beforeEach(() => {
  number += 1;
  copy = join(root, `copy-${number}`);
  out = join(root, `out-${number}`);
});

function keep(bytes: Uint8Array): void {
  const file = join(copy, sourcePath(HASH));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bytes);
}

const exported = (...more: readonly string[]) =>
  home.run(['policy', 'export', '--hash', HASH, '--out', out, ...more], {
    VALETKEY_TOKEN: 'a-token',
  });

describe('from a copy of the bucket', () => {
  test('the files come back as they were written, and check finds the hash again', async () => {
    keep(SOURCE);
    const { code, out: said } = await exported('--from', copy);
    expect({ code, said }).toEqual({ code: 0, said: expect.stringContaining('as they were') });
    for (const [path, text] of FILES) {
      const isCase = path.startsWith('cases/');
      expect([path, existsSync(join(out, path))]).toEqual([path, !isCase]);
      if (!isCase) expect(readFileSync(join(out, path), 'utf8')).toBe(text);
    }
    const checked = await home.run(['policy', 'check', '--policy', out, '--json'], {});
    expect(checked.out).toContain(HASH);
  });

  test('a bundle that was changed is not written', async () => {
    keep(Buffer.from(SOURCE.toString().replace('people', 'peopel')));
    const { code, err } = await exported('--from', copy);
    expect(code).not.toBe(0);
    expect(err).toContain('is another one');
    expect(existsSync(out)).toBe(false);
  });

  test('a bundle that is not there is named', async () => {
    mkdirSync(copy);
    const { code, err } = await exported('--from', copy);
    expect(code).not.toBe(0);
    expect(err).toContain(`has no bundle with the hash ${HASH}`);
  });

  test('nothing is written into a folder that has something', async () => {
    keep(SOURCE);
    mkdirSync(out);
    writeFileSync(join(out, 'mine'), '');
    const { code, err } = await exported('--from', copy);
    expect(code).not.toBe(0);
    expect(err).toContain('is not empty');
    expect(existsSync(join(out, 'issuers.yaml'))).toBe(false);
  });
});

test('the broker is asked for it with the token', async () => {
  const line = `GET /v1/audit/ledger/${sourcePath(HASH)}`;
  const server = await fakeServer((asked) =>
    asked === line
      ? { headers: { 'content-type': 'application/json' }, body: SOURCE }
      : { status: 404, body: {} },
  );
  const { code, out: said } = await exported('--broker', server.url, '--json');
  await server.close();
  expect(code).toBe(0);
  expect(JSON.parse(said)).toMatchObject({ hash: HASH, folder: out, sameSchema: true });
});

test('what is no hash is refused before anything is read', async () => {
  const { code, err } = await home.run(
    ['policy', 'export', '--hash', 'sha256:1', '--out', out],
    {},
  );
  expect(code).not.toBe(0);
  expect(err).toContain('is not the hash of a bundle');
});
