import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { run } from '../../local/process.ts';
import { pythonEnvironment } from '../../local/python.ts';
import { type LedgerBroker, ledgerBroker } from '../cli/audit/ledger-broker.ts';
import { GOVERNED } from '../support/authorities.ts';
import {
  ANA,
  deployment,
  entryBytesOf,
  SESSION,
  time,
  trailOf,
} from '../support/evidence-trail.ts';
import { recordedExports } from '../support/recorded-exports.ts';
import { ledgerOf, newSigner } from '../support/test-ledger.ts';
import { type Verifiers, verifiers } from './ledger-verifiers.ts';

/** Other people's code reads and verifies an export of evidence. Needs PyPI and the Go module proxy. */

const HERE = fileURLToPath(new URL('.', import.meta.url));
const signer = newSigner();
const { vkey } = signer;

const bundle = deployment(GOVERNED, time('01T10:00:00'), ['the first bundle']);
const events = Array.from({ length: 700 }, (_, minute) => {
  const at = time('20T00:00:00') + minute * 60_000;
  const trail = trailOf(at);
  return [
    trail.requested,
    trail.next({ type: 'vended', session: SESSION }, at + 1000, 'active', ANA),
    trail.next({ type: 'expired' }, at + 901_000, 'expired'),
  ];
});
const LOG = ledgerOf([bundle.event, ...events.flat()].map(entryBytesOf), signer);

let folder = '';
let out = '';
let broker: LedgerBroker;
let strangers: Verifiers;
let python = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'valetkey-evidence-'));
  strangers = await verifiers(folder);
  const requirements = join(HERE, 'parquet-requirements.txt');
  python = await pythonEnvironment({ name: 'Apache Arrow', requirements }, () => undefined);
  broker = await ledgerBroker(vkey);
  const answer = { headers: { 'content-type': 'application/json' }, body: bundle.bytes };
  const files = new Map(LOG);
  broker.serve(files, {
    ...recordedExports(files, signer),
    [`GET /v1/audit/ledger/${bundle.file}`]: answer,
  });
  out = join(folder, 'evidence');
  const days = ['--from', '2026-11-20', '--to', '2026-11-20'];
  const lake = ['--parquet', 'eu-west-1/111122223333'];
  const exported = ['evidence', 'export', ...days, ...lake, '--out', out];
  expect(await broker.home.run(exported, broker.env)).toMatchObject({ code: 0, err: '' });
}, 600_000);
afterAll(async () => {
  await broker.close();
  rmSync(folder, { recursive: true, force: true });
});

test('Tessera’s fsck and Go’s code accept the ledger of an export', async () => {
  const place = join(out, 'ledger');
  expect(await strangers.fsck({ place, vkey })).toMatchObject({ accepted: true });
  expect(await strangers.go({ place, vkey })).toMatchObject({ accepted: true });
});

test('fsck refuses it once one byte of an entry is another, and so do we, offline', async () => {
  const path = join(out, 'ledger/tile/entries/001');
  const bytes = readFileSync(path);
  const verify = () =>
    broker.home.run(['audit', 'verify', '--from', join(out, 'ledger'), '--key', vkey], {});
  expect(await verify()).toMatchObject({ code: 0 });
  try {
    writeFileSync(path, bytes.with(100, (bytes[100] ?? 0) ^ 1));
    const place = join(out, 'ledger');
    expect(await strangers.fsck({ place, vkey })).toMatchObject({ accepted: false });
    expect(await verify()).toMatchObject({ code: 1 });
  } finally {
    writeFileSync(path, bytes);
  }
});

test('Apache Arrow reads in Parquet what the JSON lines have, in the order of time', async () => {
  const files = readdirSync(join(out, 'parquet'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  expect(files).toHaveLength(2);
  for (const file of files) {
    const said = await run(python, [join(HERE, 'read_parquet.py'), file], {});
    const { codecs, groups, rows } = JSON.parse(said);
    const [uid = ''] = /(?<=valetkey-)\d{4}/.exec(file) ?? [];
    const name = uid === '3003' ? 'authorize-session-3003' : 'user-management-3007';
    const lines = readFileSync(join(out, `ocsf/${name}.jsonl`), 'utf8')
      .trimEnd()
      .split('\n');
    const records = lines.map((line) => JSON.parse(line));
    const expected = records
      .toSorted((one, other) => one.time - other.time)
      .map((record) => ({ ...record, unmapped: texts(record.unmapped) }));
    expect([codecs, rows]).toEqual([['ZSTD'], expected]);
    expect(groups).toEqual(uid === '3003' ? [700] : [1000, 400]);
  }
});

function texts(map: object): object {
  const entries = Object.entries(map).map(([key, value]) => [
    key,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  return Object.fromEntries(entries);
}
