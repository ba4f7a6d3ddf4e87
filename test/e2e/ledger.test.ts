import { expect, test } from '@jest/globals';
import { canonicalJson } from '../../core/canonical-json.ts';
import { sha256 } from '../../core/ids.ts';
import { rootTextOf, sizeOf } from '../../core/ledger/checkpoint.ts';
import { verifyProof } from '../../core/ledger/proof-file.ts';
import { decodeBundle, tilePath } from '../../core/ledger/tiles.ts';
import { verifyLog } from '../../core/ledger/verify-log.ts';
import { ok } from '../../core/result.ts';
import { type NoteKey, parseVerifierKey } from '../../core/signed-note.ts';
import { act } from './grant-actions.ts';
import { ARTIFACTS, call, person, stack, until, vend } from './support.ts';

/** The log that the stack keeps of everything, read as strangers read it. */

async function key(): Promise<NoteKey> {
  const { body } = await call('GET', '/.well-known/valetkey');
  const { origin, vkey } = body['ledger'] as { origin: string; vkey: string };
  const parsed = parseVerifierKey(vkey);
  if (parsed?.name !== origin) throw new Error(`${vkey} is no key of ${origin}`);
  return parsed;
}

async function file(path: string, token: string): Promise<Uint8Array | null> {
  const answer = await fetch(`${stack().apiUrl}/v1/audit/ledger/${path}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  if (answer.status === 404) return null;
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}

async function entries(token: string): Promise<readonly string[]> {
  const size = sizeOf(String(Buffer.from((await file('checkpoint', token)) ?? [])));
  const found: string[] = [];
  for (let index = 0; index * 256 < size; index += 1) {
    const width = Math.min(256, size - index * 256);
    const bundle = await file(tilePath({ level: 'entries', index, width }), token);
    const decoded = decodeBundle(bundle ?? new Uint8Array());
    if (!decoded.ok) throw new Error('a bundle is damaged');
    found.push(...decoded.value.map((entry) => Buffer.from(entry).toString('utf8')));
  }
  return found;
}

type Event = { readonly id: string; readonly type: string };

async function eventsOf(id: string, token: string): Promise<readonly Event[]> {
  const { body } = await call('GET', `/v1/grants/${id}/events`, token);
  return body['events'] as readonly Event[];
}

async function proofOf(grant: string, event: string, token: string): Promise<string> {
  const url = `${stack().apiUrl}/v1/grants/${grant}/events/${event}/proof`;
  return until('a proof', async () => {
    const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
    if (answer.status === 200) return answer.text();
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([409, '5']);
    return null;
  });
}

const auditor = (): Promise<string> => person(['security']);

test('every event of a grant is in the log, in the order of the trail, and its requester gets a proof of each', async () => {
  const token = await person(['platform']);
  const { grant } = await vend(token, ARTIFACTS);
  await act(token, grant.id, 'revoke');
  await until('the end', async () =>
    (await eventsOf(grant.id, token)).some(({ type }) => type === 'revoked') ? true : null,
  );
  const events = await eventsOf(grant.id, token);
  const known = await key();
  const places: number[] = [];
  for (const event of events) {
    const proof = await proofOf(grant.id, event.id, token);
    const entry = Buffer.from(canonicalJson({ v: 1, ...event }));
    const verified = verifyProof(proof, entry, known);
    expect(verified.ok).toBe(true);
    if (verified.ok) places.push(verified.value.index);
    expect(verifyProof(proof, Buffer.from(`${entry} `), known).ok).toBe(false);
  }
  expect(events.map(({ type }) => type)).toEqual(expect.arrayContaining(['requested', 'vended']));
  expect(places).toEqual(places.toSorted((a, b) => a - b));
});

test('whoever may audit verifies the whole log, and its list of checkpoints', async () => {
  const token = await person(['platform']);
  const { grant } = await vend(token, ARTIFACTS);
  const [first] = await eventsOf(grant.id, token);
  await proofOf(grant.id, first?.id ?? '', token);
  const reader = await auditor();
  const verified = await verifyLog({
    read: async (path) => ok(await file(path, reader)),
    key: await key(),
    before: null,
  });
  expect(verified.ok).toBe(true);
  const { status, body } = await call('GET', '/v1/audit/checkpoints?limit=2', reader);
  const checkpoints = body['checkpoints'] as { size: number; root: string; note: string }[];
  expect([status, checkpoints.length]).toEqual([200, 2]);
  expect(checkpoints[0]?.size).toBeGreaterThan(checkpoints[1]?.size ?? Number.NaN);
  for (const { size, root, note } of checkpoints) {
    expect([sizeOf(note), rootTextOf(note)]).toEqual([size, root]);
  }
  const next = await call('GET', `/v1/audit/checkpoints?cursor=${body['nextCursor']}`, reader);
  expect(next.status).toBe(200);
});

test('the policy bundle that an entry names is there under its hash', async () => {
  const reader = await auditor();
  const line = await until(
    'the deployment',
    async () =>
      (await entries(reader)).find((entry) => entry.includes('"type":"bundle-deployed"')) ?? null,
  );
  const { file: path, bundle } = JSON.parse(line) as Readonly<Record<'file' | 'bundle', string>>;
  const answer = await fetch(`${stack().apiUrl}/v1/audit/ledger/${path}`, {
    headers: { authorization: `Bearer ${reader}` },
  });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json']);
  const text = await answer.text();
  expect(path).toBe(`bundle/${sha256(text).replace(':', '-')}.json`);
  expect(JSON.parse(text)).toMatchObject({ hash: bundle });
});

test('a refused call is in the log, with who and what', async () => {
  const token = await person(['platform']);
  const { grant } = await vend(token, ARTIFACTS);
  const other = await person(['platform']);
  const refused = await call('POST', `/v1/principals/people%3Anobody/suspend`, other, {});
  expect(refused.status).toBe(403);
  const reader = await auditor();
  const line = await until('the refusal', async () => {
    const all = await entries(reader);
    return (
      all.find((entry) => entry.includes('principal-refused') && entry.includes('nobody')) ?? null
    );
  });
  expect(JSON.parse(line)).toMatchObject({
    type: 'principal-refused',
    call: 'POST /v1/principals/people:nobody/suspend',
    problem: 'forbidden',
  });
  expect(grant.status).toBe('active');
});

test('only whoever may audit reads the log, and only whoever sees the grant gets a proof', async () => {
  const token = await person(['platform']);
  const { grant } = await vend(token, ARTIFACTS);
  const [event] = await eventsOf(grant.id, token);
  const stranger = await person(['platform']);
  const { status } = await call('GET', '/v1/audit/ledger/checkpoint', stranger);
  expect(status).toBe(403);
  expect((await call('GET', '/v1/audit/checkpoints', stranger)).status).toBe(403);
  const proof = `/v1/grants/${grant.id}/events/${event?.id}/proof`;
  expect((await call('GET', proof, stranger)).status).toBe(404);
  const none = `/v1/grants/${grant.id}/events/ev_00000000000000000000/proof`;
  expect((await call('GET', none, token)).status).toBe(404);
  const reader = await auditor();
  for (const path of ['tile/9/000', 'tile/0/1', '../checkpoint', 'bundle', 'tile/0/000.p/300']) {
    const url = `/v1/audit/ledger/${path.replace('..', '%2E%2E')}`;
    expect([path, (await call('GET', url, reader)).status]).toEqual([path, 404]);
  }
});
