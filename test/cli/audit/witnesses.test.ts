import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { rootTextOf, sizeOf } from '../../../core/ledger/checkpoint.ts';
import { fromTiles } from '../../../core/ledger/from-tiles.ts';
import { formatProof } from '../../../core/ledger/proof-file.ts';
import { inclusionProof } from '../../../core/ledger/tree-proofs.ts';
import { ok } from '../../../core/result.ts';
import {
  entriesOf,
  entryAt,
  ledgerOf,
  newSigner,
  signedAt,
  writeLedger,
} from '../../support/test-ledger.ts';
import { cosigned, testWitness } from '../../support/test-witness.ts';
import { type LedgerBroker, ledgerBroker } from './ledger-broker.ts';

/** `valetkey audit verify --witness`: what a witness has seen of the log. */

const signer = newSigner();
const entries = entriesOf(600);
const LOG = ledgerOf(entries, signer);
const NOW = Math.floor(Date.now() / 1000);
const HOUR = 3600;
const w1 = testWitness(signer.key, 'witness.example/w1', () => NOW - HOUR);
const w2 = testWitness(signer.key, 'other.example/w2', () => NOW);
const late = testWitness(signer.key, 'late.example/w3', () => NOW - 25 * HOUR);
const LIST = 'GET /v1/audit/checkpoints';

let broker: LedgerBroker;
beforeEach(async () => {
  broker = await ledgerBroker(signer.vkey);
});
afterEach(() => broker.close());

const noteOf = (size: number): string => signedAt(entries.slice(0, size), signer);
const listed = (note: string, secondsAgo = 0) => ({
  ...{ size: sizeOf(note), root: rootTextOf(note), note },
  at: new Date((NOW - secondsAgo) * 1000).toISOString(),
});

/** Serves the log with this newest checkpoint, and these in its list. */
function serve(newest: string, ...pages: readonly (readonly object[])[]) {
  let asked = 0;
  const page = () => {
    asked += 1;
    const nextCursor = asked < pages.length ? `page-${asked}` : null;
    return { body: { checkpoints: pages[asked - 1] ?? [], nextCursor } };
  };
  const files = new Map(LOG).set('checkpoint', Buffer.from(newest));
  broker.serve(files, { [LIST]: page });
  return { files, asked: () => asked };
}

const verify = (...args: readonly string[]) => broker.run('verify', ...args);
const by = (...all: readonly { readonly vkey: string }[]) =>
  all.flatMap(({ vkey }) => ['--witness', vkey]);

describe('the newest checkpoint', () => {
  test('that all witnesses cosigned needs no other', async () => {
    const { asked } = serve(cosigned(cosigned(noteOf(600), w1), w2), []);
    const { code, out, err } = await verify(...by(w1, w2));
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/witness\.example\/w1 cosigned all of it at \d{4}-\d\d-\d\dT[\d:]{8}Z\./);
    expect(out).toContain('other.example/w2 cosigned all of it');
    expect(asked()).toBe(0);
  });

  test('covers everything however long ago it was cosigned, if nothing came after it', async () => {
    serve(cosigned(noteOf(600), late), []);
    expect(await verify(...by(late))).toMatchObject({ code: 0 });
  });

  test('with a forged cosignature is named', async () => {
    const line = cosigned(noteOf(300), w1).slice(noteOf(300).length);
    serve(`${noteOf(600)}${line}`, []);
    const { code, out, err } = await verify(...by(w1));
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('The cosignature by witness.example/w1 beneath the checkpoint of');
    expect(err).toContain('is forged');
    expect(err).toContain('tell your security team');
  });
});

describe('without one, the list of checkpoints', () => {
  test('has the newest that was cosigned, and what came after it is counted', async () => {
    const older = [
      listed(cosigned(noteOf(597), w1), HOUR),
      listed(cosigned(noteOf(300), w1), HOUR),
    ];
    const { asked } = serve(noteOf(600), [listed(noteOf(600))], older, []);
    const { code, out } = await verify(...by(w1), '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      ok: true,
      witnesses: [{ name: 'witness.example/w1', size: 597, uncovered: 3 }],
    });
    expect(asked()).toBe(2);
    serve(noteOf(600), older);
    const { out: text } = await verify(...by(w1));
    expect(text).toContain('witness.example/w1 cosigned its first 597 entries at');
    expect(text).toContain('; 3 entries came after that.');
  });

  test('may have a later one, if the log grew meanwhile', async () => {
    const files = new Map([...LOG, ...ledgerOf(entries.slice(0, 597), signer)]);
    const list = { checkpoints: [listed(cosigned(noteOf(600), w1))], nextCursor: null };
    broker.serve(files, { [LIST]: { body: list } });
    const { code, out } = await verify(...by(w1));
    expect({ code, out }).toMatchObject({ code: 0, out: expect.stringContaining('all of it') });
  });

  test('with none is not enough, however long it is', async () => {
    const { asked } = serve(
      noteOf(600),
      [listed(noteOf(600))],
      [listed(noteOf(300), 25 * HOUR)],
      [],
    );
    const { code, out } = await verify(...by(w1), '--json');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      ok: false,
      fault: { code: 'unwitnessed', witness: 'witness.example/w1' },
    });
    // What is older than a day is of no use.
    expect(asked()).toBe(2);
    serve(noteOf(600), []);
    const { err } = await verify(...by(w1));
    expect(err).toContain('witness.example/w1 cosigned no checkpoint of');
    expect(err).toContain('LedgerUnwitnessed');
  });

  test('with one that is older than a day is not enough', async () => {
    serve(noteOf(600), [listed(cosigned(noteOf(597), late))]);
    const { code, err } = await verify(...by(late));
    expect(code).toBe(1);
    expect(err).toContain('late.example/w3 cosigned');
    expect(err).toContain('with 597 entries: it has not seen the 3 entries after that');
  });

  test('has to be enough for each witness', async () => {
    serve(cosigned(noteOf(600), w1), [listed(noteOf(600))]);
    const { code, err } = await verify(...by(w1, w2));
    expect(code).toBe(1);
    expect(err).toContain('other.example/w2 cosigned no checkpoint');
  });

  test('that has another log is a fork: both checkpoints are kept', async () => {
    const fork = signedAt(entries.slice(0, 300).with(7, entryAt(7, 'Something else')), signer);
    const seen = cosigned(fork, w1);
    serve(noteOf(600), [listed(seen)]);
    const { code, out } = await verify(...by(w1), '--json');
    expect(code).toBe(1);
    const { fault, evidence } = JSON.parse(out) as {
      readonly fault: object;
      readonly evidence: readonly string[];
    };
    expect(fault).toEqual({ code: 'witness-forked', witness: 'witness.example/w1', size: 300 });
    expect(evidence.map((path) => readFileSync(path, 'utf8'))).toEqual([seen, noteOf(600)]);
    serve(noteOf(600), [listed(seen)]);
    const { err } = await verify(...by(w1));
    expect(err).toContain('cosigned a checkpoint with 300 entries that contradicts');
    for (const path of evidence) expect(err).toContain(path);
  });
});

describe('a copy', () => {
  const folderOf = (note: string): string => {
    const folder = join(broker.home.folder, 'copy');
    mkdirSync(folder);
    writeLedger(new Map(LOG).set('checkpoint', Buffer.from(note)), folder);
    return folder;
  };
  const offline = (...args: readonly string[]) =>
    broker.home.run(['audit', 'verify', ...args, '--key', signer.vkey]);

  test('has the cosignatures of its checkpoint, whenever they were made', async () => {
    const { code, out } = await offline(
      '--from',
      folderOf(cosigned(noteOf(600), late)),
      ...by(late),
    );
    expect({ code, out }).toMatchObject({ code: 0, out: expect.stringContaining('all of it') });
    expect(broker.server.requests).toEqual([]);
  });

  test('without one is not cosigned, and says what to do', async () => {
    const { code, err } = await offline('--from', folderOf(noteOf(600)), ...by(w1));
    expect(code).toBe(1);
    expect(err).toContain('is not cosigned by witness.example/w1');
    expect(err).toContain('copy it again');
  });

  test('of a proof has those of the checkpoint in it', async () => {
    const read = async (path: string) => ok(LOG.get(path) ?? null);
    const made = await fromTiles(read, 600, (subtree) => inclusionProof(subtree, 7, 600));
    if (!made.ok) throw new Error('no proof');
    const proof = { index: 7, hashes: made.value, extra: entryAt(7) };
    const file = join(broker.home.folder, 'one.tlog-proof');
    writeFileSync(file, formatProof({ ...proof, checkpoint: cosigned(noteOf(600), w1) }));
    const { code, out } = await offline('--from', file, ...by(w1));
    expect({ code, out }).toMatchObject({ code: 0, out: expect.stringContaining('all of it') });
    expect(await offline('--from', file, ...by(w2))).toMatchObject({
      ...{ code: 1, err: expect.stringContaining('not cosigned by other.example/w2') },
    });
  });
});

describe('the key of a witness', () => {
  test.each([['nonsense'], [signer.vkey]])('that is none is invalid usage: %s', async (vkey) => {
    const { code, err } = await verify('--witness', vkey);
    expect(code).toBe(2);
    expect(err).toContain('--witness is not the key of a witness');
    expect(broker.server.requests).toEqual([]);
  });

  test('is named by a broker that asks witnesses', async () => {
    broker.say(signer.vkey, [w1.vkey, w2.vkey]);
    const { out } = await broker.run('key', '--json');
    expect(JSON.parse(out)).toMatchObject({ vkey: signer.vkey, witnesses: [w1.vkey, w2.vkey] });
  });
});
