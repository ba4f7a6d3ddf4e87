import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { InvokeCommand, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import {
  CreateBucketCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as responses from '../../core/api/responses.ts';
import { type LocalStack, startStack } from '../../local/stack.ts';
import { type Credentials, refusal, tokenFor, until } from './support.ts';

/**
 * The broker in quarantine, on a stack of its own, because nobody else gets anything from it meanwhile. The tests follow one
 * another: an order, what it stops and what goes on, its release, and a deployment that keeps one in force.
 */

const folder = mkdtempSync(join(tmpdir(), 'valetkey-quarantine-'));
let stack: LocalStack;

beforeAll(async () => {
  const stateDir = join(folder, 'state');
  stack = await startStack({ stateDir, policyDir: 'policy', log: () => undefined });
  await fillBucket();
}, 300_000);
afterAll(async () => {
  await stack?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const GROUPS = {
  ana: ['platform'],
  dev: ['developers'],
  kim: ['database'],
  sam: ['security'],
  zoe: ['security'],
};
type Who = keyof typeof GROUPS;

/** With a token of this moment, because the tests last longer than one. */
async function call(who: Who, path: string, body?: object) {
  const mfa = { amr: ['mfa'], auth_time: Math.floor(Date.now() / 1000) };
  const claims = { sub: who, email: `${who}@acme.example`, groups: GROUPS[who], ...mfa };
  const token = await tokenFor('people', claims, stack.state);
  const answer = await fetch(`${stack.state.apiUrl}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${token}` },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

const aws = () => ({
  endpoint: stack.state.emulatorUrl,
  region: stack.state.region,
  credentials: { accessKeyId: stack.state.accountId, secretAccessKey: 'local' },
});
const OBJECT = { Bucket: 'acme-artifacts', Key: 'releases/1/app.tgz' };

async function fillBucket(): Promise<void> {
  const s3 = new S3Client({ ...aws(), forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: OBJECT.Bucket }));
  await s3.send(new PutObjectCommand({ ...OBJECT, Body: 'an artifact' }));
}

/** What AWS answers to a use of the keys: null where it allows it. */
function useOf({ expiration: _, ...credentials }: Credentials): Promise<string | null> {
  const s3 = new S3Client({ ...aws(), credentials, forcePathStyle: true, maxAttempts: 1 });
  return refusal(s3.send(new GetObjectCommand(OBJECT)));
}

const READ = {
  ...{ entitlement: 'artifacts-read', parameters: { prefix: 'releases/1' } },
  ...{ durationSeconds: 900, justification: 'an end-to-end test' },
};
const TABLE = { ...READ, entitlement: 'database-admin', parameters: { table: 'orders' } };

async function vend(seconds: number) {
  const answer = await call('ana', '/v1/credentials', { ...READ, durationSeconds: seconds });
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  return responses.vended.parse(answer.body);
}

async function request(who: Who, body: object): Promise<string> {
  const answer = await call(who, '/v1/grants', body);
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
  return responses.grant.parse(answer.body).id;
}

const statusOf = async (id: string) => (await call('sam', `/v1/grants/${id}`)).body['status'];

function untilStatus(id: string, status: string, meanwhile = async () => {}): Promise<unknown> {
  return until(
    `${id} is ${status}`,
    async () => {
      await meanwhile();
      return (await statusOf(id)) === status ? true : null;
    },
    240_000,
  );
}

/** Runs the sweep now, and not in two minutes. */
async function sweep(): Promise<void> {
  const lambda = new LambdaClient(aws());
  const { Functions = [] } = await lambda.send(new ListFunctionsCommand({}));
  const named = Functions.find(({ FunctionName = '' }) => FunctionName.includes('sweep'));
  const FunctionName = named?.FunctionName ?? '';
  const { FunctionError } = await lambda.send(new InvokeCommand({ FunctionName }));
  expect(FunctionError).toBeUndefined();
}

/** Every read of the record is at most two seconds old: after that, no Lambda goes by an earlier one. */
const FRESH_MS = 2100;
const REASON = 'a token was stolen';
const inForce = (facts: object) => ({ quarantine: expect.objectContaining(facts) });

const begins: Record<string, string> = {};
let kept: Awaited<ReturnType<typeof vend>>;

test('before it, keys are vended, and requests wait and are scheduled', async () => {
  kept = await vend(900);
  expect(await useOf(kept.credentials)).toBeNull();
  begins['short'] = (await vend(60)).grant.id;
  const startsAt = new Date(Date.now() + 30_000).toISOString();
  begins['scheduled'] = await request('ana', { ...READ, startsAt });
  begins['pending'] = await request('dev', TABLE);
  expect(await statusOf(begins['scheduled'])).toBe('scheduled');
  expect(await statusOf(begins['pending'])).toBe('pending');
});

describe('after an order', () => {
  test('whatever gives access is refused within seconds, with the reason and since when', async () => {
    const begun = await call('sam', '/v1/quarantine', { reason: REASON });
    expect(begun).toMatchObject({
      status: 200,
      body: inForce({ cause: 'order', deployed: false }),
    });
    await sleep(FRESH_MS);
    const { grant } = kept;
    const extension = { durationSeconds: 1200, justification: 'it takes longer' };
    const giving: readonly (readonly [Who, string, object])[] = [
      ['ana', '/v1/credentials', READ],
      ['ana', `/v1/grants/${grant.id}/credentials`, {}],
      ['dev', '/v1/grants', TABLE],
      ['kim', `/v1/grants/${begins['pending']}/approve`, {}],
      ['kim', `/v1/grants/${begins['pending']}/deny`, {}],
      ['ana', `/v1/grants/${grant.id}/extend`, extension],
    ];
    const answers = await Promise.all(giving.map((one) => call(...one)));
    for (const answer of answers) {
      expect(answer).toMatchObject({
        status: 503,
        body: {
          type: 'urn:valetkey:problem:quarantine',
          detail: expect.stringContaining(REASON),
          ...inForce({ reason: REASON, since: expect.any(String) }),
        },
      });
    }
    expect(await statusOf(begins['pending'] ?? '')).toBe('pending');
  });

  test('the keys of an active grant work on, and die when it is revoked', async () => {
    expect(await useOf(kept.credentials)).toBeNull();
    const revoked = await call('sam', `/v1/grants/${kept.grant.id}/revoke`, { reason: REASON });
    expect(revoked.status).toBe(200);
    await untilStatus(kept.grant.id, 'revoked');
    expect(await useOf(kept.credentials)).toBe('AccessDenied');
  });

  test('nothing starts or ends by itself, whoever looks', async () => {
    const { body } = await call('sam', `/v1/grants/${begins['short']}`);
    const { expiresAt } = responses.grant.parse(body);
    await sleep(Math.max(0, Date.parse(expiresAt ?? '') - Date.now()) + 10_000);
    await sweep();
    expect(await statusOf(begins['short'] ?? '')).toBe('active');
    expect(await statusOf(begins['scheduled'] ?? '')).toBe('scheduled');
  });

  test('a second person ends it, and what is overdue goes on', async () => {
    const release = (who: Who) => call(who, '/v1/quarantine/release', { comment: 'new tokens' });
    expect(await release('sam')).toMatchObject({
      ...{
        status: 200,
        body: inForce({ release: { by: expect.anything(), at: expect.anything() } }),
      },
    });
    expect(await release('sam')).toMatchObject({ status: 200, body: inForce({ cause: 'order' }) });
    expect((await call('ana', '/v1/credentials', READ)).status).toBe(503);
    expect(await release('zoe')).toMatchObject({ status: 200, body: { quarantine: null } });
    await untilStatus(begins['short'] ?? '', 'expired', sweep);
    await untilStatus(begins['scheduled'] ?? '', 'active', sweep);
    const approved = await call('kim', `/v1/grants/${begins['pending']}/approve`, {});
    expect(approved).toMatchObject({ status: 200, body: { status: 'active' } });
    await sleep(FRESH_MS);
    expect(await useOf((await vend(900)).credentials)).toBeNull();
  });
});

describe('a deployment for recovery', () => {
  test('keeps it in force, whatever the record says, and nobody releases it', async () => {
    await stack.redeploy({ recovery: true });
    expect(await call('ana', '/v1/quarantine')).toMatchObject({
      ...{ status: 200, body: inForce({ cause: 'recovery', deployed: true }) },
    });
    expect((await call('ana', '/v1/credentials', READ)).status).toBe(503);
    const release = await call('sam', '/v1/quarantine/release', {});
    expect(release).toMatchObject({
      ...{ status: 409, body: { detail: expect.stringContaining('without -c recovery=on') } },
    });
    await sweep();
  }, 300_000);

  test('leaves it to two people when it is over', async () => {
    await stack.redeploy({ recovery: false });
    expect(await call('ana', '/v1/quarantine')).toMatchObject({
      ...{ status: 200, body: inForce({ cause: 'recovery', deployed: false }) },
    });
    expect((await call('ana', '/v1/credentials', READ)).status).toBe(503);
    for (const who of ['sam', 'zoe'] as const) await call(who, '/v1/quarantine/release', {});
    await sleep(FRESH_MS);
    expect(await useOf((await vend(900)).credentials)).toBeNull();
  }, 300_000);
});
