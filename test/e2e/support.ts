import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import * as responses from '../../core/api/responses.ts';
import type { LocalState } from '../../local/state-folder.ts';

/**
 * What end-to-end tests share: the stack's addresses, tokens, calls of the API, and AWS clients.
 */

export const TEST_STATE = fileURLToPath(new URL('../../.valetkey/test', import.meta.url));

export const BUCKET = 'acme-artifacts';

export function stack(stateDir = process.env['VALETKEY_STATE'] ?? TEST_STATE): LocalState {
  return JSON.parse(readFileSync(join(stateDir, 'local.json'), 'utf8')) as LocalState;
}

/** A development token of any principal, with any claims. */
export async function tokenFor(
  issuer: string,
  claims: Readonly<Record<string, unknown>>,
  state = stack(),
): Promise<string> {
  const answer = await fetch(`${state.issuers[issuer]}/dev/token`, {
    method: 'POST',
    body: JSON.stringify(claims),
  });
  return z.object({ token: z.string() }).parse(await answer.json()).token;
}

/** A token of a new person, so that tests do not see the grants of other tests. */
export function person(groups: readonly string[], claims: object = {}): Promise<string> {
  const sub = `user-${randomUUID()}`;
  return tokenFor('people', { sub, email: `${sub}@acme.example`, groups, ...claims });
}

export const CI_CLAIMS = {
  sub: 'repo:acme/shop:ref:refs/heads/main',
  repository: 'acme/shop',
  repository_owner_id: '1001',
  repository_id: '2002',
  ref: 'refs/heads/main',
  ref_protected: 'true',
  event_name: 'push',
  run_id: '4711',
};

export type Answer = {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
};

export async function call(
  method: 'GET' | 'POST',
  path: string,
  token?: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const response = await fetch(`${stack().apiUrl}${path}`, {
    method,
    headers: { ...(token !== undefined && { authorization: `Bearer ${token}` }), ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const json = (await response.json()) as Answer['body'];
  return { status: response.status, headers: response.headers, body: json };
}

export type Grant = z.infer<typeof responses.grant>;
export type Credentials = z.infer<typeof responses.credentials>;

/**
 * Requests a grant and vends in one call.
 *
 * @throws Error if there are no keys
 */
export async function vend(
  token: string,
  body: object,
): Promise<{ readonly grant: Grant; readonly credentials: Credentials }> {
  const answer = await call('POST', '/v1/credentials', token, body);
  if (answer.status !== 200) throw new Error(`no keys: ${JSON.stringify(answer.body)}`);
  return responses.vended.parse(answer.body);
}

export const ARTIFACTS = {
  entitlement: 'artifacts-read',
  parameters: { prefix: 'releases/1' },
  durationSeconds: 900,
  justification: 'an end-to-end test',
};

/**
 * The configuration of a client of the emulator: with vended credentials, or as the account's root.
 */
export function awsClient(vended?: Credentials) {
  const { emulatorUrl, region, accountId } = stack();
  const { expiration: _, ...credentials } = vended ?? {
    accessKeyId: accountId,
    secretAccessKey: 'local',
    expiration: '',
  };
  return { endpoint: emulatorUrl, region, credentials, maxAttempts: 1 };
}

export function s3(credentials?: Credentials): S3Client {
  return new S3Client({ ...awsClient(credentials), forcePathStyle: true });
}

/** Creates the bucket and its objects, if they do not exist. */
export async function fillBucket(): Promise<void> {
  const root = s3();
  await root.send(new CreateBucketCommand({ Bucket: BUCKET })).catch(() => undefined);
  const keys = [
    'releases/1/app.tgz',
    'releases/1/other.tgz',
    'releases/2/app.tgz',
    'services/shop/app.tgz',
  ];
  for (const Key of keys) await root.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: Key }));
}

/** The error code that AWS answers with, or null if the call is allowed. */
export async function refusal(action: Promise<unknown>): Promise<string | null> {
  return action.then(
    () => null,
    (error: unknown) => (error instanceof Error ? error.name : String(error)),
  );
}

/** A busy machine takes many times what a quiet one does; waiting costs nothing when all is well. */
const PATIENCE_MS = 90_000;

/**
 * Looks every 200 ms until `look` finds something.
 *
 * @throws Error with `what` if that takes longer than `withinMs`
 */
export async function until<T>(
  what: string,
  look: () => Promise<T | null>,
  withinMs = PATIENCE_MS,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (Date.now() > deadline) throw new Error(`${what}: not within ${withinMs} ms`);
    await sleep(200);
  }
}
