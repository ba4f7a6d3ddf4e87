import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { untilProven } from '../../../cli/audit/proof.ts';
import type { Broker } from '../../../cli/broker/client.ts';
import { Failure } from '../../../cli/failure.ts';
import { entryBytes } from '../../../core/ledger/entry.ts';
import { fromTiles } from '../../../core/ledger/from-tiles.ts';
import { formatProof, verifyProof } from '../../../core/ledger/proof-file.ts';
import { inclusionProof } from '../../../core/ledger/tree-proofs.ts';
import { err, ok } from '../../../core/result.ts';
import {
  entriesOf,
  entryAt,
  eventAt,
  GRANT_ID,
  type LedgerFolder,
  ledgerOf,
  newSigner,
} from '../../support/test-ledger.ts';
import { fakeBroker } from '../fake-broker.ts';
import type { FakeAnswer } from '../fake-server.ts';
import { type LedgerBroker, ledgerBroker, NOT_FOUND } from './ledger-broker.ts';

const signer = newSigner();
const entries = entriesOf(300);
const LOG = ledgerOf(entries, signer);
const PLACE = 257;
const EVENT = eventAt(PLACE);
const PROOF = `GET /v1/grants/${GRANT_ID}/events/${EVENT.id}/proof`;
const EVENTS = {
  [`GET /v1/grants/${GRANT_ID}/events`]: {
    body: { events: [eventAt(PLACE - 1), EVENT], nextCursor: null },
  },
};

async function proofOf(index: number, files: LedgerFolder, size = entries.length): Promise<string> {
  const read = async (path: string) => ok(files.get(path) ?? null);
  const hashes = await fromTiles(read, size, (subtree) => inclusionProof(subtree, index, size));
  if (!hashes.ok) throw new Error('no proof');
  const checkpoint = Buffer.from(files.get('checkpoint') ?? []).toString();
  return formatProof({ index, hashes: hashes.value, checkpoint });
}

let broker: LedgerBroker;
beforeEach(async () => {
  broker = await ledgerBroker(signer.vkey);
});
afterEach(() => broker.close());

const serving = (proof: FakeAnswer, files = LOG): void =>
  broker.serve(files, { ...EVENTS, [PROOF]: proof });
const text = (body: string): FakeAnswer => ({ headers: { 'content-type': 'text/plain' }, body });
const ASK = ['proof', GRANT_ID, EVENT.id];

describe('a proof', () => {
  test('is verified and printed, with its entry', async () => {
    serving(text(await proofOf(PLACE, LOG)));
    const { code, out, err: said } = await broker.run(...ASK);
    expect(code).toBe(0);
    expect(said).toContain(`Event ${EVENT.id} of ${GRANT_ID} is entry 257`);
    expect(verifyProof(out, entryAt(PLACE), signer.key)).toMatchObject({ ok: true });
  });

  test('takes a prefix of the event id', async () => {
    serving(text(await proofOf(PLACE, LOG)));
    const { code } = await broker.run('proof', GRANT_ID, EVENT.id.slice(0, -1));
    expect(code).toBe(2);
    expect((await broker.run('proof', GRANT_ID, EVENT.id.slice(0, 10))).code).toBe(2);
    broker.serve(LOG, {
      [PROOF]: text(await proofOf(PLACE, LOG)),
      [`GET /v1/grants/${GRANT_ID}/events`]: { body: { events: [EVENT], nextCursor: null } },
    });
    expect((await broker.run('proof', GRANT_ID, 'ev_0')).code).toBe(0);
  });

  test('of an event that there is not names those that there are', async () => {
    serving(text(await proofOf(PLACE, LOG)));
    const { code, err: said } = await broker.run('proof', GRANT_ID, 'ev_9');
    expect(code).toBe(2);
    for (const place of [PLACE - 1, PLACE]) expect(said).toContain(`${eventAt(place).id}  `);
  });

  test('is saved, and verifies offline with nothing but the key', async () => {
    serving(text(await proofOf(PLACE, LOG)));
    const file = join(broker.home.folder, 'one.tlog-proof');
    const saved = await broker.run(...ASK, '--out', file, '--json');
    expect(JSON.parse(saved.out)).toMatchObject({ eventId: EVENT.id, index: 257, size: 300 });
    const offline = ['audit', 'verify', '--from', file, '--key', signer.vkey];
    const { code, out } = await broker.home.run(offline);
    expect(code).toBe(0);
    expect(out).toContain('this is entry 257 of broker.example/ledger, which had 300 entries');
    expect(out).toContain(Buffer.from(entryAt(PLACE)).toString());
    const stranger = await broker.home.run([...offline.slice(0, -1), newSigner('a').vkey]);
    expect(stranger.code).toBe(1);
    expect(stranger.err).toContain('is not signed by the key a');
  });

  test.each([
    [
      'with another entry',
      (file: string) => file.replace(/^extra \S+/m, 'extra eA=='),
      'was changed',
    ],
    ['without its entry', (file: string) => file.replace(/^extra \S+\n/m, ''), 'without its entry'],
    ['with another place', (file: string) => file.replace('index 257', 'index 256'), 'was changed'],
    ['that is something else', () => 'x', 'is no proof of a ledger'],
    ['with a forged checkpoint', (file: string) => file.replace('\n300\n', '\n301\n'), 'forged'],
  ])('in a file %s does not verify', async (_, change, says) => {
    serving(text(await proofOf(PLACE, LOG)));
    const file = join(broker.home.folder, 'one.tlog-proof');
    await broker.run(...ASK, '--out', file);
    writeFileSync(file, change(readFileSync(file, 'utf8')));
    const { code, out, err: said } = await broker.run('verify', '--from', file);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(said).toContain(says);
  });

  test('of a ledger of digests is of the digest of the event', async () => {
    const digests = entries.map((entry, place) =>
      place === PLACE ? entryBytes(eventAt(place), 'digests') : entry,
    );
    const log = ledgerOf(digests, signer);
    serving(text(await proofOf(PLACE, log)), log);
    const { code, out } = await broker.run(...ASK);
    expect(code).toBe(0);
    expect(verifyProof(out, digests[PLACE] ?? Buffer.of(), signer.key)).toMatchObject({ ok: true });
  });

  test('of an event that the broker shows differently does not verify', async () => {
    const log = ledgerOf(entries.with(PLACE, entryAt(PLACE, 'Something else')), signer);
    serving(text(await proofOf(PLACE, log)), log);
    const { code, out, err: said } = await broker.run(...ASK);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(said).toContain(`Event ${EVENT.id}, as the broker shows it, is not what the proof`);
  });
});

describe('of a ledger that was seen before, a proof', () => {
  const fork = ledgerOf(entries.with(3, entryAt(3, 'Something else')), signer);

  test('from a fork is refused, with evidence', async () => {
    broker.serve(LOG);
    await broker.run('verify');
    serving(text(await proofOf(PLACE, fork)), fork);
    const { code, err: said } = await broker.run(...ASK);
    expect(code).toBe(1);
    expect(said).toContain('is another log than');
  });

  test('may be from an earlier state', async () => {
    const later = ledgerOf([...entries, entryAt(300)], signer);
    broker.serve(later);
    await broker.run('verify');
    serving(text(await proofOf(PLACE, LOG)), later);
    expect((await broker.run(...ASK)).code).toBe(0);
  });

  test('is not compared where one may not read the ledger, and that is said', async () => {
    broker.serve(ledgerOf(entries.slice(0, 299), signer));
    await broker.run('verify');
    const body = { type: 't', title: 't', status: 403, detail: 'You may not audit.' };
    const denied = Object.fromEntries(
      [...LOG.keys()].map((path) => [`GET /v1/audit/ledger/${path}`, { status: 403, body }]),
    );
    broker.serve(LOG, { ...EVENTS, ...denied, [PROOF]: text(await proofOf(PLACE, LOG)) });
    const { code, err: said } = await broker.run(...ASK);
    expect(code).toBe(0);
    expect(said).toContain('Not compared with what you saw');
  });
});

describe('an event that is not in a checkpoint yet', () => {
  const LATER: FakeAnswer = {
    status: 409,
    headers: { 'content-type': 'application/problem+json', 'retry-after': '0' },
    body: { type: 't', title: 't', status: 409, detail: 'The event is not in the ledger yet.' },
  };

  test('is waited for, and that is said once', async () => {
    serving(LATER);
    const running = broker.home.start(['audit', ...ASK], broker.env);
    await running.says(/waiting for the next one/);
    serving(text(await proofOf(PLACE, LOG)));
    const { code, err: said } = await running.finished;
    expect(code).toBe(0);
    expect(said.match(/waiting for the next one/g)).toHaveLength(1);
  });

  test('is no longer waited for after Ctrl-C', async () => {
    serving(LATER);
    const running = broker.home.start(['audit', ...ASK], broker.env);
    await running.says(/waiting for the next one/);
    running.child.kill('SIGINT');
    expect((await running.finished).code).toBe(130);
  });

  test('is not waited for without end', async () => {
    const failure = new Failure('failed', 'not yet');
    const refused = err({ status: 409, retryAfterSeconds: 0, failure });
    const { broker: fake } = fakeBroker(() => ({}));
    const patient: Broker = { ...fake, download: async () => refused };
    const { signal } = new AbortController();
    await expect(untilProven(patient, '/x', signal, 0)).rejects.toThrow('the ledger is behind');
  });

  test('or that there is not, is no reason to wait', async () => {
    serving(NOT_FOUND);
    const { code, err: said } = await broker.run(...ASK);
    expect(code).toBe(1);
    expect(said).toContain('There is no such file.');
  });
});
