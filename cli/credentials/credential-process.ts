import {
  type Credentials,
  evaluation,
  type Grant,
  grant as grantSchema,
  grants,
} from '../broker/answers.ts';
import type { Broker } from '../broker/client.ts';
import { type Cached, cacheFile, readCached } from '../credential-cache/process-cache.ts';
import { Failure } from '../failure.ts';
import type { RequestBody } from '../grants/request.ts';
import { withLock } from '../lock.ts';
import { writePrivate } from '../private-file.ts';
import { plain } from '../terminal.ts';
import { askForKeys, type Vended, vendUnder } from './obtain.ts';

/** SDKs give the process a minute (Go); so somebody else's call is not waited for longer. */
const PATIENCE_MS = 50_000;

/**
 * Keys for an SDK that called us: the cached ones, else new ones under a grant that is there, else a new
 * grant where policy gives it at once. Never waits for people.
 *
 * @returns the one JSON document that may stand on stdout.
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
    const vended = await fresh(broker, await body());
    const entry = entryOf(vended, Date.now());
    keep(file, entry);
    return entry.output;
  });
}

async function fresh(broker: Broker, body: RequestBody): Promise<Vended> {
  const running = await runningGrant(broker, body);
  if (running !== null) return vendUnder(broker, running.id);
  // Asked first, so that no approver is called for nothing.
  const { decision } = await broker.post('/v1/evaluate', body, evaluation);
  if (decision.outcome === 'approve') throw needsPeople(body);
  const { grant, credentials } = await askForKeys(broker, body);
  if (credentials !== undefined) return { grant, credentials };
  await broker.post(`/v1/grants/${grant.id}/revoke`, { reason: 'not waited for' }, grantSchema);
  throw needsPeople(body);
}

function needsPeople({ entitlement }: RequestBody): Failure {
  return new Failure(
    'notYet',
    `${entitlement} needs an approval, which is not waited for here.`,
    `Ask for it with \`valetkey request ${entitlement}\`, and run this again once it is active.`,
  );
}

/** One that was approved before, say, and still lasts long enough. */
async function runningGrant(broker: Broker, body: RequestBody): Promise<Grant | null> {
  const query = new URLSearchParams({
    ...{ requester: 'me', status: 'active', entitlement: body.entitlement, limit: '100' },
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
    until: end - windowOf(end - now),
    grantId: grant.id,
    expiresAt: grant.expiresAt ?? credentials.expiration,
    output: `${JSON.stringify(processJson(credentials))}\n`,
  };
}

/** botocore asks again when less than 15 minutes are left; short-lived keys are used for two thirds. */
function windowOf(lifetimeMs: number): number {
  return Math.min(15 * 60_000, lifetimeMs / 3);
}

function processJson(keys: Credentials): object {
  return {
    Version: 1,
    AccessKeyId: keys.accessKeyId,
    SecretAccessKey: keys.secretAccessKey,
    SessionToken: keys.sessionToken,
    Expiration: keys.expiration,
  };
}

/** Without a cache it is slower, and nothing else. */
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
