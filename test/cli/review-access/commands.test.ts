import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ReviewItem } from '../../../core/access-review.ts';
import { canonicalJson } from '../../../core/canonical-json.ts';
import { sha256 } from '../../../core/ids.ts';
import { rootTextOf } from '../../../core/ledger/checkpoint.ts';
import { itemsHash } from '../../../core/reviewing/items-hash.ts';
import { compiled } from '../../support/bundles.ts';
import {
  ANA,
  deployed,
  entryBytesOf,
  SESSION,
  type TrailEvent,
  time,
  trailOf,
} from '../../support/evidence-trail.ts';
import { parseCsv } from '../../support/parse-csv.ts';
import { ledgerOf, newSigner } from '../../support/test-ledger.ts';
import { type LedgerBroker, ledgerBroker } from '../audit/ledger-broker.ts';

/** The command against a broker that answers as the test says, with a ledger that it verifies itself. */

const signer = newSigner();
const bundle = compiled();
const BUNDLE = canonicalJson(bundle);
const FILE = `bundle/${sha256(BUNDLE).replace(':', '-')}.json`;

const used = trailOf(time('20T10:00:00'), { grant: { entitlement: 'read' } });
const EVENTS: readonly TrailEvent[] = [
  { ...deployed(bundle.hash, time('01T10:00:00'), []), file: FILE } as TrailEvent,
  used.requested,
  used.next({ type: 'vended', session: SESSION }, time('20T10:00:01'), 'active', ANA),
];
const LOG = ledgerOf(EVENTS.map(entryBytesOf), signer);
const ROOT = rootTextOf(Buffer.from(LOG.get('checkpoint') ?? []).toString());

const ID = `ar_${'0'.repeat(20)}`;
const SAM = { type: 'User', id: 'people:sam', name: 'sam@acme.example' };
/** What follows from the ledger: ana used it and could not any more; a group could. */
const ITEMS: readonly ReviewItem[] = [
  {
    ...{ item: 1, entitlement: 'read', members: null, marks: [ANA.id], could: false, lines: [] },
    principal: ANA,
    ...{ requests: 1, denials: 0, grants: 1, vends: 1, lastUse: '2026-11-20T10:00:01Z' },
  },
  {
    ...{ item: 2, entitlement: 'read', principal: null, marks: [], could: true },
    members: 'members of group people:readers',
    ...{ requests: 0, denials: 0, grants: 0, vends: 0, lastUse: null },
    lines: [{ policy: 'read-is-fine', place: 'policies/read.cedar:1' }],
  },
];
const REVIEW = {
  ...{ id: ID, status: 'open', from: '2026-11-20', to: '2026-11-20', entitlements: null },
  ...{ items: 2, received: 2, decided: 2, listHash: itemsHash(ITEMS), bundle: bundle.hash },
  ...{ file: FILE, checkpoint: { size: 3, root: ROOT }, startedBy: SAM, deciders: [SAM] },
  ...{ startedAt: '2026-11-21T10:00:00Z', signed: null },
};
const decided = { decision: 'keep', reason: 'fine', by: SAM, at: '2026-11-21T11:00:00Z' };

const LIST = '/v1/audit/access-reviews';
const answers = (review: object = REVIEW, items = ITEMS) => ({
  [`GET /v1/audit/ledger/${FILE}`]: {
    headers: { 'content-type': 'application/octet-stream' },
    body: Buffer.from(BUNDLE),
  },
  [`GET ${LIST}`]: {
    body: { reviews: [review], nextCursor: null, account: '111122223333', region: 'eu-central-1' },
  },
  [`POST ${LIST}`]: { status: 201, body: { ...REVIEW, received: 0 } },
  [`POST ${LIST}/${ID}/items`]: { body: REVIEW },
  [`POST ${LIST}/${ID}/decisions`]: { body: REVIEW },
  [`POST ${LIST}/${ID}/sign`]: { body: { ...REVIEW, status: 'signed' } },
  [`GET ${LIST}/${ID}`]: {
    body: { review, items: items.map((item) => ({ item, decided })), nextCursor: null },
  },
  'GET /v1/whoami': {
    body: { ...ANA, issuer: 'people', key: 'ana-0', groups: [], mfa: false, signedInAt: null },
  },
});

let broker: LedgerBroker;
beforeEach(async () => {
  broker = await ledgerBroker(signer.vkey);
  broker.serve(LOG, answers());
});
afterEach(() => broker.close());

const run = (...args: readonly string[]) => broker.home.run(['review-access', ...args], broker.env);
const sentTo = (path: string) =>
  broker.server.requests
    .filter(({ line }) => line === `POST ${LIST}${path}`)
    .map(({ body }) => body);

const START = ['start', '--from', '2026-11-20', '--to', '2026-11-20'];

describe('start', () => {
  test('makes the list from the ledger, pins it, sends it, and writes the report', async () => {
    const done = await run(...START);
    expect(done).toMatchObject({ code: 0, err: '' });
    expect(done.out).toContain(`${ID} is started: 2 items of 2026-11-20 to 2026-11-20`);
    expect(sentTo('')).toMatchObject([
      { items: 2, listHash: itemsHash(ITEMS), checkpoint: { size: 3, root: ROOT }, file: FILE },
    ]);
    expect(sentTo(`/${ID}/items`)).toEqual([{ items: ITEMS }]);
    const report = parseCsv(readFileSync(join(broker.home.folder, `${ID}.csv`), 'utf8'));
    expect(report.map(([item]) => item)).toEqual(['item', '1', '2']);
  });

  test('has used of granted, where logs were read, and keeps the hash of lists without it', async () => {
    const figures = { calls: 7, refused: 1, used: 2, granted: 5, unknown: 1, afterEnd: 0 };
    const readFrom = time('20T10:00:00');
    const read = used.next(
      { type: 'usage-read', ...figures, readFrom, readUntil: readFrom + 1000 },
      time('20T18:00:00'),
      'expired',
    );
    const usage = { grants: 1, calls: 7, used: 2, granted: 5, unknown: 1 };
    const [ana, ...others] = ITEMS;
    broker.serve(ledgerOf([...EVENTS, read].map(entryBytesOf), signer), answers());
    expect(await run(...START)).toMatchObject({ code: 0, err: '' });
    const [sent] = sentTo(`/${ID}/items`) as { items: readonly ReviewItem[] }[];
    expect(sent?.items).toEqual([{ ...ana, usage }, ...others]);
    expect(sent?.items[1]).not.toHaveProperty('usage');
  });

  test('overwrites nothing, and does not begin then', async () => {
    writeFileSync(join(broker.home.folder, 'there.csv'), 'mine');
    const done = await run(...START, '--out', 'there.csv');
    expect(done).toMatchObject({ code: 2, err: expect.stringContaining('nothing is overwritten') });
    expect(sentTo('')).toEqual([]);
  });

  test('does not use another bundle than the ledger names', async () => {
    const other = {
      headers: { 'content-type': 'application/octet-stream' },
      body: Buffer.from('{}'),
    };
    broker.serve(LOG, { ...answers(), [`GET /v1/audit/ledger/${FILE}`]: other });
    const done = await run(...START);
    expect(done).toMatchObject({
      code: 1,
      err: expect.stringContaining('is not the one that the ledger names'),
    });
    expect(sentTo('')).toEqual([]);
  });

  test('says so where no bundle is known yet', async () => {
    broker.serve(ledgerOf(EVENTS.slice(1).map(entryBytesOf), signer), answers());
    const done = await run(...START);
    expect(done).toMatchObject({
      code: 1,
      err: expect.stringContaining('which policy bundle is in force'),
    });
  });
});

describe('sign', () => {
  test('makes the list again from the state of the ledger that it was made from', async () => {
    const more = trailOf(time('20T11:00:00'), { grant: { entitlement: 'read' } }).requested;
    broker.serve(ledgerOf([...EVENTS, more].map(entryBytesOf), signer), answers());
    expect(await run('sign', ID, '--comment', 'agreed')).toMatchObject({ code: 0, err: '' });
    expect(sentTo(`/${ID}/sign`)).toEqual([{ listHash: REVIEW.listHash, comment: 'agreed' }]);
  });

  test.each([
    ['a list with something left out', { listHash: itemsHash(ITEMS.slice(0, 1)) }],
    ['a state that the ledger never was in', { checkpoint: { size: 2, root: ROOT } }],
  ])('refuses %s', async (_, wrong) => {
    broker.serve(LOG, answers({ ...REVIEW, ...wrong }));
    const done = await run('sign', ID, '--comment', 'agreed');
    expect(done).toMatchObject({ code: 1, err: expect.stringMatching(/ledger/) });
    expect(sentTo(`/${ID}/sign`)).toEqual([]);
  });
});

describe('decide', () => {
  test('records nothing of a file with a mistake, and names its line', async () => {
    writeFileSync(
      join(broker.home.folder, 'r.csv'),
      'item,entitlement,principal,decision,reason\n2,read,,keep,fine\n2,read,,drop,fine\n',
    );
    const done = await run('decide', ID, '--file', 'r.csv');
    expect(done).toMatchObject({
      code: 2,
      err: expect.stringContaining('r.csv: line 3: the decision is "drop"'),
    });
    expect(sentTo(`/${ID}/decisions`)).toEqual([]);
  });

  test('on the own access is refused before anything is sent', async () => {
    const done = await run('decide', ID, 'keep', '--item', '1', '--item', '2', '--reason', 'x');
    expect(done).toMatchObject({
      code: 2,
      err: expect.stringContaining('your own access: item 1'),
    });
    expect(sentTo(`/${ID}/decisions`)).toEqual([]);
  });

  test.each([
    ['nothing to decide on', ['keep', '--reason', 'x'], '--file, --item or --entitlement'],
    ['no decision', ['--item', '2', '--reason', 'x'], 'Say keep or remove'],
    ['no reason', ['keep', '--item', '2'], '--reason TEXT'],
    ['a file and a reason', ['--file', 'r.csv', '--reason', 'x'], 'are those in the file'],
    ['an unknown entitlement', ['keep', '--entitlement', 'x', '--reason', 'x'], 'no item of "x"'],
  ])('with %s is refused', async (_, args, said) => {
    expect(await run('decide', ID, ...args)).toMatchObject({
      code: 2,
      err: expect.stringContaining(said),
    });
    expect(sentTo(`/${ID}/decisions`)).toEqual([]);
  });
});

describe('list', () => {
  test('shows the reviews, and the report of one with its decisions', async () => {
    expect((await run('list')).out).toContain(
      `${ID}  2026-11-20 to 2026-11-20  open  2 of 2 decided`,
    );
    expect(await run('list', ID, '--out', 'now.csv')).toMatchObject({ code: 0 });
    const [, first] = parseCsv(readFileSync(join(broker.home.folder, 'now.csv'), 'utf8'));
    expect(first?.slice(-2)).toEqual(['keep', 'fine']);
    expect(existsSync(join(broker.home.folder, `${ID}.csv`))).toBe(false);
  });

  test('says that an id is none', async () => {
    const done = await run('list', 'x');
    expect(done).toMatchObject({
      code: 2,
      err: expect.stringContaining('no id of an access review'),
    });
  });
});
