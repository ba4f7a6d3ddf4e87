import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { fromTiles } from '../../core/ledger/from-tiles.ts';
import { formatProof } from '../../core/ledger/proof-file.ts';
import { inclusionProof } from '../../core/ledger/tree-proofs.ts';
import { ok } from '../../core/result.ts';
import { fakeServer } from '../cli/fake-server.ts';
import { WITHOUT_KEY } from '../support/manipulated-ledgers.ts';
import {
  entriesOf,
  entryAt,
  type LedgerFolder,
  ledgerOf,
  newSigner,
  signedAt,
  writeLedger,
} from '../support/test-ledger.ts';
import { type Verifiers, verifiers } from './ledger-verifiers.ts';

/** Other people's code verifies our ledger, and refuses every manipulation. Needs the Go module proxy. */

const signer = newSigner();
const { vkey } = signer;
const SIZE = 66_000;
const entries = entriesOf(SIZE);
const LOG = ledgerOf(entries, signer, [100, 300, 65_536]);

let folder = '';
let strangers: Verifiers;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'valetkey-ledger-'));
  strangers = await verifiers(folder);
}, 600_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let folders = 0;
const written = (files: LedgerFolder): string => {
  folders += 1;
  const place = join(folder, `log-${folders}`);
  writeLedger(files, place);
  return place;
};
const file = (name: string, text: string | Uint8Array): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

describe('a ledger', () => {
  test.each([0, 1, 255, 256, 257, 600])('of %d entries is accepted', async (size) => {
    const place = written(ledgerOf(entries.slice(0, size), signer, [Math.floor(size / 2)]));
    expect(await strangers.go({ place, vkey })).toMatchObject({ accepted: true });
    expect(await strangers.fsck({ place, vkey })).toMatchObject({ accepted: true });
  });

  test('with tiles on three levels is accepted', async () => {
    const place = written(LOG);
    expect(await strangers.fsck({ place, vkey })).toMatchObject({ accepted: true });
    expect(await strangers.go({ place, vkey })).toMatchObject({ accepted: true });
  });

  test('is accepted over HTTP, with a token', async () => {
    const small = ledgerOf(entries.slice(0, 600), signer);
    const server = await fakeServer((line) => {
      const body = small.get(line.replace('GET /v1/audit/ledger/', ''));
      return body === undefined ? { status: 404 } : { body };
    });
    const ledger = { place: `${server.url}/v1/audit/ledger`, vkey, token: 'a-token' };
    for (const judge of [strangers.fsck, strangers.go]) {
      expect(await judge(ledger)).toMatchObject({ accepted: true });
    }
    const tokens = new Set(server.requests.map(({ headers }) => headers.authorization));
    expect(tokens).toEqual(new Set(['Bearer a-token']));
    await server.close();
  });

  test.each([1, 100, 256, 300, 65_536, SIZE])(
    'that grew from %d entries is accepted, and one that did not is refused',
    async (size) => {
      const place = written(LOG);
      const before = file('before', signedAt(entries.slice(0, size), signer));
      const grown = await strangers.go({ place, vkey }, before);
      expect(grown).toMatchObject({ accepted: true, said: expect.stringContaining('which begin') });
      const last = entryAt(size - 1, 'Something else');
      const other = file('other', signedAt(entries.slice(0, size).with(size - 1, last), signer));
      expect(await strangers.go({ place, vkey }, other)).toMatchObject({ accepted: false });
    },
  );
});

describe('of ten manipulations', () => {
  const some = entries.slice(0, 600);
  const forked = some.with(1, entryAt(1, 'Something else'));
  const small = ledgerOf(some, signer, [100, 300]);
  const seen = () => file('seen', small.get('checkpoint') ?? '');

  test.each(Object.entries(WITHOUT_KEY))('%s is refused', async (_, change) => {
    const place = written(change(small));
    expect(await strangers.fsck({ place, vkey })).toMatchObject({ accepted: false });
    expect(await strangers.go({ place, vkey }, seen())).toMatchObject({ accepted: false });
  });

  test('another key is refused', async () => {
    const place = written(ledgerOf(some, newSigner()));
    expect(await strangers.fsck({ place, vkey })).toMatchObject({ accepted: false });
    expect(await strangers.go({ place, vkey })).toMatchObject({ accepted: false });
  });

  test('the files of a fork under the checkpoint are refused', async () => {
    const fork = ledgerOf(forked, signer).set('checkpoint', small.get('checkpoint') ?? Buffer.of());
    const place = written(fork);
    expect(await strangers.fsck({ place, vkey })).toMatchObject({ accepted: false });
    expect(await strangers.go({ place, vkey })).toMatchObject({ accepted: false });
  });

  test.each([
    [
      'a stale checkpoint',
      new Map(small).set('checkpoint', Buffer.from(signedAt(some.slice(0, 300), signer))),
    ],
    ['a fork that was signed', ledgerOf(forked, signer)],
  ])('%s is refused by who has seen the ledger before, and by nobody else', async (_, files) => {
    const place = written(files);
    expect(await strangers.fsck({ place, vkey })).toMatchObject({ accepted: true });
    expect(await strangers.go({ place, vkey }, seen())).toMatchObject({ accepted: false });
  });
});

describe('a proof', () => {
  test.each([0, 255, 256, SIZE - 1])(
    'of entry %d is accepted for it, and for no other',
    async (index) => {
      const read = async (path: string) => ok(LOG.get(path) ?? null);
      const made = await fromTiles(read, SIZE, (subtree) => inclusionProof(subtree, index, SIZE));
      if (!made.ok) throw new Error('no proof');
      const checkpoint = Buffer.from(LOG.get('checkpoint') ?? []).toString();
      const entry = entryAt(index);
      const text = formatProof({ index, hashes: made.value, checkpoint, extra: entry });
      const proof = file('one.tlog-proof', text);
      const right = await strangers.goProof(proof, vkey, file('entry', entry));
      expect(right).toEqual({ accepted: true, said: `accepted: entry ${index} of ${SIZE}\n` });
      const wrong = await strangers.goProof(proof, vkey, file('entry', entryAt(index, 'x')));
      expect(wrong).toMatchObject({ accepted: false });
      const forged = file(
        'one.tlog-proof',
        readFileSync(proof, 'utf8').replace(`\n${SIZE}\n`, '\n9\n'),
      );
      expect(await strangers.goProof(forged, vkey, file('entry', entry))).toMatchObject({
        accepted: false,
      });
    },
  );
});
