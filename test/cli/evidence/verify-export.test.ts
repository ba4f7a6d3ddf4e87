import { createHash } from 'node:crypto';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { eventJson } from '../../../core/api/wire.ts';
import { GOVERNED } from '../../support/authorities.ts';
import {
  ANA,
  BEN,
  deployment,
  entryBytesOf,
  orderAbout,
  SESSION,
  type TrailEvent,
  time,
  trailOf,
} from '../../support/evidence-trail.ts';
import { proofOfExport, recordedExports } from '../../support/recorded-exports.ts';
import { type Home, newHome } from '../../support/run-command.ts';
import { ledgerOf, newSigner, writeLedger } from '../../support/test-ledger.ts';
import { testWitness } from '../../support/test-witness.ts';
import { type LedgerBroker, ledgerBroker } from '../audit/ledger-broker.ts';

/** `valetkey audit verify --from FOLDER` of a folder that `valetkey evidence export` made. */

const signer = newSigner();
const grants = Array.from({ length: 20 }, (_, minute) => {
  const at = time('20T00:00:00') + minute * 60_000;
  const { id, requested, next } = trailOf(at);
  const vended = next({ type: 'vended', session: SESSION }, at + 1000, 'active', ANA);
  return { id, events: [requested, vended, next({ type: 'expired' }, at + 901_000, 'expired')] };
});
/** Of the first two entries of the first grant; the first entry of all is the bundle. */
const PROOFS = [
  `proofs/${grants[0]?.id}/1.tlog-proof`,
  `proofs/${grants[0]?.id}/2.tlog-proof`,
] as const;
const LONG = trailOf(time('20T09:00:00'), { justification: `long ${'x'.repeat(20_000)}` });
const BUNDLE = deployment(GOVERNED, time('01T10:00:00'), ['the first bundle']);
const EVENTS: readonly TrailEvent[] = [
  BUNDLE.event,
  ...grants.flatMap(({ events }) => events),
  LONG.requested,
  orderAbout(ANA.id, { type: 'principal-suspended' }, time('20T12:00:00'), BEN),
];
const ENTRIES = EVENTS.map(entryBytesOf);
const SIZE = ENTRIES.length;

let broker: LedgerBroker;
/** The folder as it was exported. */
let exported: string;
beforeAll(async () => {
  broker = await ledgerBroker(signer.vkey);
  const files = new Map(ledgerOf(ENTRIES, signer));
  broker.serve(files, {
    [`GET /v1/audit/ledger/${BUNDLE.file}`]: {
      headers: { 'content-type': 'application/json' },
      body: BUNDLE.bytes,
    },
    [`GET /v1/grants/${LONG.id}/events`]: {
      body: { events: [eventJson(LONG.requested)], nextCursor: null },
    },
    ...recordedExports(files, signer),
  });
  exported = join(broker.home.folder, 'evidence');
  const days = ['--from', '2026-11-20', '--to', '2026-11-20', '--sample', '21', '--seed', 'x'];
  const lake = ['--parquet', 'eu-west-1/111122223333'];
  const args = ['evidence', 'export', ...days, ...lake, '--out', exported];
  expect(await broker.home.run(args, broker.env)).toMatchObject({ code: 0, err: '' });
});
afterAll(() => broker.close());

let home: Home;
/** A copy of it, which somebody else got. */
let folder: string;
beforeEach(() => {
  home = newHome();
  folder = join(home.folder, 'copy');
  cpSync(exported, folder, { recursive: true });
});
afterEach(() => home.remove());

const at = (path: string): string => join(folder, path);
const read = (path: string): string => readFileSync(at(path), 'utf8');
const sha256 = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex');
const verify = (...more: readonly string[]) =>
  home.run(['audit', 'verify', '--from', folder, '--key', signer.vkey, ...more], {});

const refused = async (says: RegExp) => {
  const { code, out, err } = await verify();
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err.replaceAll(/\s+/g, ' ')).toMatch(says);
};

type Listed = { path: string; rows: number | null; sha256: string };
type Said = { files: Listed[]; [field: string]: unknown };

/** Whoever exports can record whatever manifest they like: it is the tables that tell. */
async function recordAnew(change: (manifest: Said) => void): Promise<void> {
  const manifest = JSON.parse(read('manifest.json')) as Said;
  change(manifest);
  for (const file of manifest.files) file.sha256 = sha256(readFileSync(at(file.path)));
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  writeFileSync(at('manifest.json'), text);
  const { period, ledger } = JSON.parse(text);
  const said = { ...period, size: ledger.size, root: ledger.root, manifest: sha256(text) };
  writeFileSync(at('manifest.tlog-proof'), await proofOfExport(ENTRIES, said, signer));
}

describe('a folder as it was exported', () => {
  test('verifies offline, and says who exported it and when', async () => {
    const { code, out, err } = await verify();
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain(
      `verifies: the evidence of 2026-11-20 to 2026-11-20, from ${SIZE} entries, signed by ${signer.key.name}`,
    );
    expect(out).toContain(
      `recorded by ${BEN.name} (${BEN.id}) at 2026-11-26T09:00:00Z: entry ${SIZE} has its SHA-256`,
    );
    expect(out).toContain('made again from the ledger: they are the same');
    expect(out).toContain('61 proofs, each verified');
    expect(out).toContain('You see this ledger for the first time.');
  });

  test('leaves nothing behind', async () => {
    const own = join(home.folder, 'temporary');
    mkdirSync(own);
    const args = ['audit', 'verify', '--from', folder, '--key', signer.vkey];
    expect(await home.run(args, { TMPDIR: own })).toMatchObject({ code: 0 });
    expect(readdirSync(own)).toEqual([]);
    expect(tmpdir()).not.toBe(own);
  });

  test('for programs is one document', async () => {
    const { code, out } = await verify('--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      ok: true,
      size: SIZE,
      before: null,
      manifest: sha256(read('manifest.json')),
      period: { from: '2026-11-20T00:00:00.000Z', until: '2026-11-21T00:00:00.000Z' },
      record: { entry: SIZE, by: BEN.id, at: '2026-11-26T09:00:00Z' },
      files: JSON.parse(read('manifest.json')).files.length,
      proofs: 61,
      repacked: 0,
    });
  });

  test('has the events that the ledger has only the SHA-256 of', async () => {
    const [line = '', ...others] = read('long-events.jsonl').trimEnd().split('\n');
    expect(others).toEqual([]);
    const entry = Buffer.from(ENTRIES[SIZE - 2] ?? []).toString();
    expect(entry).toContain(sha256(line));
    expect(read('README.md')).toContain('| `long-events.jsonl` | 1 |');
  });
});

describe('does not verify', () => {
  test('with a changed table', async () => {
    appendFileSync(at('vends.csv'), '"x"\r\n');
    await refused(/vends\.csv of .* was changed: its SHA-256 is not the one in the manifest/);
  });

  test('with a changed table and its hash in the manifest', async () => {
    const before = sha256(readFileSync(at('vends.csv')));
    appendFileSync(at('vends.csv'), '"x"\r\n');
    const text = read('manifest.json').replace(before, sha256(readFileSync(at('vends.csv'))));
    writeFileSync(at('manifest.json'), text);
    await refused(
      /manifest\.json of .* is not what was recorded: .* recorded by ben@acme\.example/,
    );
  });

  test('with a changed table that was recorded so', async () => {
    const [header = '', first = '', ...others] = read('vends.csv').split('\r\n');
    expect(first).not.toBe('');
    writeFileSync(at('vends.csv'), [header, ...others].join('\r\n'));
    await recordAnew(() => undefined);
    await refused(
      /vends\.csv of .* is not what this version of valetkey makes .* recorded by .* another version/,
    );
  });

  test.each([
    ['a row less in the counts', 'vends.csv', (file: Listed) => ({ ...file, rows: 1 })],
    ['a table less', 'denials.csv', null],
  ])('with %s of the manifest', async (_, path, change) => {
    await recordAnew((manifest) => {
      manifest.files = manifest.files.flatMap((file) => {
        if (file.path !== path) return [file];
        return change === null ? [] : [change(file)];
      });
    });
    if (change === null) rmSync(at(path));
    await refused(new RegExp(`${path.replace('.', '\\.')} of .* is not what this version`));
  });

  test('with other facts in the manifest', async () => {
    await recordAnew((manifest) => {
      manifest['entries'] = { ...(manifest['entries'] as object), within: 1 };
    });
    await refused(/manifest\.json of .* is not what this version of valetkey makes/);
  });

  test('with changed Parquet that was recorded so', async () => {
    const [path = ''] = JSON.parse(read('manifest.json'))
      .files.map((file: Listed) => file.path)
      .filter((one: string) => one.endsWith('.parquet'));
    writeFileSync(at(path), 'PAR1');
    await recordAnew(() => undefined);
    await refused(/parquet\/ext\/.*\.parquet of .* is not what this version/);
  });

  test('without an event that the ledger has only the SHA-256 of', async () => {
    rmSync(at('long-events.jsonl'));
    await recordAnew((manifest) => {
      manifest.files = manifest.files.filter(({ path }) => path !== 'long-events.jsonl');
    });
    await refused(
      /long-events\.jsonl lacks an event of gr_\w+: line 1 has to be the one with the SHA-256 \w{64}/,
    );
  });

  test('without a bundle that the ledger names', async () => {
    const path = BUNDLE.file.replace('bundle/', 'bundles/');
    rmSync(at(path));
    await recordAnew((manifest) => {
      manifest.files = manifest.files.filter((file) => file.path !== path);
    });
    await refused(/policy bundle bundle\/sha256-\w+\.json, which the ledger .* is not there/);
  });

  test.each(['denials.csv', 'manifest.json', 'manifest.tlog-proof'])('without %s', async (path) => {
    rmSync(at(path));
    await refused(new RegExp(`copy lacks ${path.replaceAll('.', '\\.')}`));
  });

  test.each(['notes.txt', 'ocsf/more.jsonl', 'ledger/notes.txt'])('with %s more', async (path) => {
    writeFileSync(at(path), 'x');
    await refused(new RegExp(`has ${path}, which its manifest does not list`));
  });

  test('with a link instead of a file', async () => {
    renameSync(at('vends.csv'), join(home.folder, 'vends.csv'));
    symlinkSync(join(home.folder, 'vends.csv'), at('vends.csv'));
    await refused(/vends\.csv of .* is no file/);
  });

  test('with the proof of another event', async () => {
    cpSync(at(PROOFS[0]), at('manifest.tlog-proof'));
    await refused(/manifest\.tlog-proof is the proof of entry 1, which is no export of evidence/);
  });

  test.each([
    ['from', '2026-11-19T00:00:00.000Z'],
    ['until', '2026-11-22T00:00:00.000Z'],
    ['size', 3],
    ['root', 'AAAA'],
    ['manifest', 'ab'],
  ])('with the record of another %s', async (field, value) => {
    const { period, ledger } = JSON.parse(read('manifest.json'));
    const hash = sha256(read('manifest.json'));
    const said = { ...period, size: ledger.size, root: ledger.root, manifest: hash };
    const other = await proofOfExport(ENTRIES, { ...said, [field]: value }, signer);
    writeFileSync(at('manifest.tlog-proof'), other);
    await refused(new RegExp(`is not what was recorded: .* has .*another ${field}`));
  });

  test('with a record that another key signed', async () => {
    const { period, ledger } = JSON.parse(read('manifest.json'));
    const hash = sha256(read('manifest.json'));
    const said = { ...period, size: ledger.size, root: ledger.root, manifest: hash };
    writeFileSync(at('manifest.tlog-proof'), await proofOfExport(ENTRIES, said, newSigner()));
    await refused(/manifest\.tlog-proof/);
  });

  test('with a changed proof that was recorded so', async () => {
    const [path, other] = PROOFS;
    const extra = read(other).split('\n')[1] ?? '';
    writeFileSync(at(path), read(path).replace(/^extra .*$/m, extra));
    await recordAnew(() => undefined);
    await refused(/\/1\.tlog-proof is about: one of them was changed/);
  });

  test.each(['../x', '/etc/passwd', 'a/../../x', 'ledger/checkpoint', 'manifest.json', '', 'a//b'])(
    'with the path "%s" in the manifest',
    async (path) => {
      const manifest = JSON.parse(read('manifest.json')) as Said;
      manifest.files.push({ path, rows: null, sha256: sha256('x') });
      writeFileSync(at('manifest.json'), JSON.stringify(manifest));
      writeFileSync(join(home.folder, 'x'), 'x');
      await refused(/it lists .*, which is no file of an export/);
    },
  );

  test.each([
    ['no JSON', 'x', /it is no JSON object/],
    ['another format', '{"format":"valetkey-evidence@v9"}', /its format is not .* another version/],
  ])('with a manifest that is %s', async (_, text, says) => {
    writeFileSync(at('manifest.json'), text);
    await refused(says);
  });

  test('with an earlier state of the ledger', async () => {
    rmSync(at('ledger'), { recursive: true });
    mkdirSync(at('ledger'));
    writeLedger(ledgerOf(ENTRIES.slice(0, 40), signer), at('ledger'));
    await refused(/is about another state of the ledger .*: its size is 63, not 40/);
  });

  test('with a changed ledger', async () => {
    const path = at(`ledger/tile/entries/000.p/${SIZE}`);
    writeFileSync(path, readFileSync(path).fill(0x20, 100, 101));
    await refused(/ledger/);
  });

  test('whoever saw a later state of the ledger: it is an older copy', async () => {
    const more = [...ENTRIES, ...ENTRIES.slice(0, 3)];
    const later = join(home.folder, 'later');
    mkdirSync(later);
    writeLedger(ledgerOf(more, signer), later);
    const args = ['audit', 'verify', '--from', later, '--key', signer.vkey];
    expect(await home.run(args, {})).toMatchObject({ code: 0 });
    await refused(/is an older copy/);
  });

  test('without the cosignature of a witness that is demanded', async () => {
    const { code, err } = await verify('--witness', testWitness(signer.key).vkey);
    expect(code).toBe(1);
    expect(err).toContain('ledger is not cosigned by witness.example/w1');
  });

  test('and programs get the file', async () => {
    rmSync(at('denials.csv'));
    const { code, out, err } = await verify('--json');
    expect({ code, out: JSON.parse(out) }).toEqual({
      code: 1,
      out: { ok: false, file: 'denials.csv' },
    });
    expect(JSON.parse(err)).toMatchObject({ error: expect.stringContaining('lacks denials.csv') });
  });
});
