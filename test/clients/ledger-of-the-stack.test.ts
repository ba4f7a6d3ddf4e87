import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { canonicalJson } from '../../core/canonical-json.ts';
import { type CosignPorts, cosignLog, type Witness } from '../../core/ledger/cosign-log.ts';
import { ok } from '../../core/result.ts';
import { parseVerifierKey } from '../../core/signed-note.ts';
import { act } from '../e2e/grant-actions.ts';
import { ARTIFACTS, call, person, stack, until, vend } from '../e2e/support.ts';
import { testWitness } from '../support/test-witness.ts';
import { type Ledger, type Verifiers, verifiers } from './ledger-verifiers.ts';

/** Other people's code verifies the log that a running broker serves, and proofs of its events. */

let folder = '';
let strangers: Verifiers;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'valetkey-served-ledger-'));
  strangers = await verifiers(folder);
}, 600_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const get = async (path: string, token: string): Promise<Response> =>
  fetch(`${stack().apiUrl}${path}`, { headers: { authorization: `Bearer ${token}` } });

async function served(): Promise<Ledger> {
  const { body } = await call('GET', '/.well-known/valetkey');
  const { vkey } = body['ledger'] as { readonly vkey: string };
  const place = `${stack().apiUrl}/v1/audit/ledger`;
  return { place, vkey, token: await person(['security']) };
}

async function proved(): Promise<{ readonly proof: string; readonly entry: string }> {
  const token = await person(['platform']);
  const { grant } = await vend(token, ARTIFACTS);
  await act(token, grant.id, 'revoke');
  const { body } = await call('GET', `/v1/grants/${grant.id}/events`, token);
  const [event] = body['events'] as { readonly id: string }[];
  const path = `/v1/grants/${grant.id}/events/${event?.id}/proof`;
  const proof = await until('a proof', async () => {
    const answer = await get(path, token);
    return answer.status === 200 ? answer.text() : null;
  });
  return { proof, entry: canonicalJson({ v: 1, ...event }) };
}

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

test('Go’s checksum-database code accepts the proof of an event, and no other event for it', async () => {
  const { vkey } = await served();
  const { proof, entry } = await proved();
  const proofFile = file('event.tlog-proof', proof);
  const judge = (text: string) => strangers.goProof(proofFile, vkey, file('entry', text));
  expect(await judge(entry)).toMatchObject({ accepted: true });
  expect(await judge(entry.replace('"v":1', '"v":2'))).toMatchObject({ accepted: false });
});

test('Go’s code and Tessera’s fsck accept the whole log as it is served, and as it grew', async () => {
  const log = await served();
  const before = file(
    'before',
    await (await get('/v1/audit/ledger/checkpoint', log.token ?? '')).text(),
  );
  await proved();
  expect(await strangers.go(log, before)).toMatchObject({ accepted: true });
  expect(await strangers.fsck(log)).toMatchObject({ accepted: true });
});

/** What the broker publishes once the witness has answered. */
async function cosignedBy(witness: Witness): Promise<string> {
  const { vkey, token = '' } = await served();
  const key = parseVerifierKey(vkey);
  if (key === null) throw new Error('no key');
  const text = async (path: string) => {
    const answer = await get(`/v1/audit/ledger/${path}`, token);
    return answer.status === 200 ? new Uint8Array(await answer.arrayBuffer()) : null;
  };
  const found = await text('checkpoint');
  let note = Buffer.from(found ?? []).toString();
  const files: CosignPorts['files'] = {
    read: async (path) => ok(await text(path)),
    checkpoint: async () => ok({ note, version: note }),
    replaceCheckpoint: async (next) => {
      note = next;
      return ok(undefined);
    },
  };
  const done = await cosignLog({ files, signer: { key } }, witness);
  expect(done.ok).toBe(true);
  return note;
}

test('transparency.dev’s code accepts the cosignature of a witness, and neither a forged one nor another’s', async () => {
  await proved();
  const { vkey } = await served();
  const key = parseVerifierKey(vkey);
  if (key === null) throw new Error('no key');
  const witness = testWitness(key);
  const note = await cosignedBy(witness);
  const judge = (text: string, by = witness) =>
    strangers.goCosigned(file('cosigned', text), vkey, by.vkey);
  const said = expect.stringContaining(`cosigned by ${witness.key.name} at 17950000`);
  expect(await judge(note)).toEqual({ accepted: true, said });
  const [line = ''] = note.trimEnd().split('\n').slice(-1);
  const bytes = Buffer.from(line.split(' ')[2] ?? '', 'base64');
  bytes[11] = (bytes[11] ?? 0) ^ 1;
  const forged = note.replace(line, `— ${witness.key.name} ${bytes.toString('base64')}`);
  for (const one of [forged, note.replace(line, '').trimEnd().concat('\n')]) {
    expect(await judge(one)).toMatchObject({ accepted: false });
  }
  const other = testWitness(key, witness.key.name);
  expect(await judge(note, other)).toMatchObject({ accepted: false });
});

test('neither accepts it under another key', async () => {
  const log = await served();
  const [name = '', id = '', key = ''] = log.vkey.split('+');
  const other = `${name}+${id}+${key.startsWith('AQ') ? 'AR' : 'AQ'}${key.slice(2)}`;
  expect(await strangers.go({ ...log, vkey: other })).toMatchObject({ accepted: false });
  expect(await strangers.fsck({ ...log, vkey: other })).toMatchObject({ accepted: false });
});
