import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { canonicalJson } from '../../core/canonical-json.ts';
import { act } from '../e2e/grant-actions.ts';
import { ARTIFACTS, call, person, stack, until, vend } from '../e2e/support.ts';
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

test('neither accepts it under another key', async () => {
  const log = await served();
  const [name = '', id = '', key = ''] = log.vkey.split('+');
  const other = `${name}+${id}+${key.startsWith('AQ') ? 'AR' : 'AQ'}${key.slice(2)}`;
  expect(await strangers.go({ ...log, vkey: other })).toMatchObject({ accepted: false });
  expect(await strangers.fsck({ ...log, vkey: other })).toMatchObject({ accepted: false });
});
