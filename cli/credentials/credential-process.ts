import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Credentials,
  evaluation,
  type Grant,
  grant as grantSchema,
  grants,
} from '../broker/answers.ts';
import { type Broker, Refusal } from '../broker/client.ts';
import { type Cached, cacheFile, readCached, readKept } from '../credential-cache/process-cache.ts';
import { Failure } from '../failure.ts';
import type { RequestBody } from '../grants/request.ts';
import { withLock } from '../lock.ts';
import { removePrivate, writePrivate } from '../private-file.ts';
import { shellWord } from '../saved/saved-request.ts';
import { plain } from '../terminal.ts';
import { requestCredentials, type Vended, vendUnder } from './obtain.ts';

/** The AWS SDK for Go stops the process after a minute. */
const PATIENCE_MS = 50_000;

/**
 * Answers an SDK from the cache, else under an active grant, else with a new grant if policy allows it
 * at once. It never waits for approvers.
 *
 * @returns the JSON document for stdout.
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
 */
export async function credentialProcess(
  broker: Broker,
  body: () => Promise<RequestBody>,
  args: readonly string[],
): Promise<string> {
  const file = cacheFile(args);
  return withLock(`${file}.lock`, PATIENCE_MS, async () => {
    const cached = readCached(file);
    if (cached !== null) return cached.output;
    const kept = readKept(file);
    if (kept !== null && (await mayBeActive(broker, kept.grantId))) {
      keep(file, { ...kept, checkedAt: Date.now() });
      return kept.output;
    }
    removePrivate(file);
    const vended = await fresh(broker, await body(), args);
    const entry = entryOf(vended, Date.now());
    keep(file, entry);
    return entry.output;
  });
}

/** SDKs wait for the answer, and the keys that they have may well be good. */
const CHECK_MS = 3000;

/**
 * Asks the broker whether a grant still is active. It may have been revoked elsewhere, and its keys are
 * dead then, long before they expire.
 *
 * @returns true also if the broker does not say: then nothing is known against the keys.
 */
async function mayBeActive(broker: Broker, grantId: string): Promise<boolean> {
  const asked = broker.get(`/v1/grants/${grantId}`, grantSchema).then(
    ({ status }) => status === 'active',
    (error: unknown) => !(error instanceof Refusal && [403, 404].includes(error.problem.status)),
  );
  const patience = new AbortController();
  const late = sleep(CHECK_MS, true, { signal: patience.signal }).catch(() => true);
  const answer = await Promise.race([asked, late]);
  patience.abort();
  return answer;
}

async function fresh(broker: Broker, body: RequestBody, args: readonly string[]): Promise<Vended> {
  const running = await runningGrant(broker, body);
  if (running !== null) return vendUnder(broker, running.id);
  // Evaluated first, so that approvers are not notified in vain.
  const { decision } = await broker.post('/v1/evaluate', body, evaluation);
  if (decision.outcome === 'approve') throw needsApproval(body, args);
  const { grant, credentials } = await requestCredentials(broker, body);
  if (credentials !== undefined) return { grant, credentials };
  const reason = 'credential-process does not wait for approval';
  await broker.post(`/v1/grants/${grant.id}/revoke`, { reason }, grantSchema);
  throw needsApproval(body, args);
}

/** The request to send has to be the same one: a grant with other parameters is not used. */
function needsApproval({ entitlement }: RequestBody, args: readonly string[]): Failure {
  return new Failure(
    'notYet',
    `${entitlement} needs approval, and credential-process does not wait for it.`,
    `Run \`valetkey request ${args.map(shellWord).join(' ')}\`, and try again when the grant is active.`,
  );
}

/** The active grant for the same request with the latest end; null if none lasts long enough. */
async function runningGrant(broker: Broker, body: RequestBody): Promise<Grant | null> {
  const query = new URLSearchParams({
    requester: 'me',
    status: 'active',
    entitlement: body.entitlement,
    limit: '100',
  });
  const page = await broker.get(`/v1/grants?${query}`, grants);
  const same = (a: unknown, b: unknown): boolean => canonical(a) === canonical(b);
  const usable = page.grants.filter(
    ({ parameters, scope, expiresAt }) =>
      same(parameters, body.parameters) &&
      same(scope, body.scope ?? null) &&
      Date.parse(expiresAt ?? '') - Date.now() > windowOf(body.durationSeconds * 1000),
  );
  return usable.toSorted((a, b) => (b.expiresAt ?? '').localeCompare(a.expiresAt ?? ''))[0] ?? null;
}

function entryOf({ grant, credentials }: Vended, now: number): Cached {
  const end = Date.parse(credentials.expiration);
  return {
    from: now,
    checkedAt: now,
    until: end - windowOf(end - now),
    grantId: grant.id,
    expiresAt: grant.expiresAt ?? credentials.expiration,
    output: `${JSON.stringify(processJson(credentials))}\n`,
  };
}

/** botocore refreshes in the last 15 minutes; short-lived credentials are used for two thirds of their life. */
function windowOf(lifetimeMs: number): number {
  return Math.min(15 * 60_000, lifetimeMs / 3);
}

function processJson(credentials: Credentials): object {
  return {
    Version: 1,
    AccessKeyId: credentials.accessKeyId,
    SecretAccessKey: credentials.secretAccessKey,
    SessionToken: credentials.sessionToken,
    Expiration: credentials.expiration,
  };
}

/** Only warns if the cache cannot be written: the next call is slower, and works. */
function keep(file: string, entry: Cached): void {
  try {
    writePrivate(file, JSON.stringify(entry));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    process.stderr.write(`valetkey: not cached: ${plain(error.message)}\n`);
  }
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => a.localeCompare(b)))
      : inner,
  );
}
