import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sha256 } from '../../../core/ids.ts';
import { parseCsv } from '../../support/parse-csv.ts';
import type { Home } from '../../support/run-command.ts';
import { ARTIFACTS, person, until, vend } from '../support.ts';
import { json, shellOf } from './support.ts';

/** `valetkey evidence export` of the log that the stack keeps. */

let auditor: Home;
beforeAll(async () => {
  auditor = await shellOf(['security']);
});
afterAll(() => auditor.remove());

const today = (): string => new Date().toISOString().slice(0, 10);

async function exported(name: string) {
  const out = join(auditor.folder, name);
  const days = ['--from', today(), '--to', today()];
  const done = await auditor.run(['evidence', 'export', ...days, '--out', out, '--json']);
  const read = (path: string) => readFileSync(join(out, path), 'utf8');
  return { ...done, out, read, table: (table: string) => parseCsv(read(`${table}.csv`)) };
}

const verify = (path: string, key: string) =>
  auditor.run(['audit', 'verify', '--from', path, '--key', key]);

test('an auditor takes the evidence of today, which verifies, and which the log says was taken', async () => {
  const { grant } = await vend(await person(['platform']), ARTIFACTS);
  const first = await until('the grant in an export', async () => {
    const evidence = await exported(`first-${Date.now()}`);
    // A stack that was just started has signed nothing yet.
    if (evidence.err.includes('has no checkpoint')) return null;
    expect({ code: evidence.code, err: evidence.err }).toEqual({
      code: 0,
      err: expect.any(String),
    });
    return evidence.table('population').some(([id]) => id === grant.id) ? evidence : null;
  });
  const { ledger } = json<{ ledger: { vkey: string } }>(first.read('manifest.json'));
  expect((await verify(join(first.out, 'ledger'), ledger.vkey)).code).toBe(0);
  const whole = await verify(first.out, ledger.vkey);
  expect(whole).toMatchObject({
    code: 0,
    out: expect.stringContaining('made again from the ledger'),
  });
  const hash = sha256(first.read('manifest.json')).replace('sha256:', '');
  const record = await verify(join(first.out, 'manifest.tlog-proof'), ledger.vkey);
  expect(record).toMatchObject({ code: 0, out: expect.stringContaining(hash) });
  const next = await exported('next');
  expect(next.table('exports').filter((cells) => cells.includes(hash))).toHaveLength(1);
});

test('whoever may not audit takes nothing', async () => {
  const other = await shellOf(['platform']);
  const days = ['--from', today(), '--to', today()];
  const out = join(other.folder, 'evidence');
  expect(await other.run(['evidence', 'export', ...days, '--out', out])).toMatchObject({ code: 4 });
  other.remove();
});
