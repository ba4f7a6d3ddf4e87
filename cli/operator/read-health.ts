import type { Instant } from '../../core/instant.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { isOldCheckpoint, signedBy } from '../../core/stats/broker-health.ts';
import { discovery, suspensions } from '../broker/answers.ts';
import { type Broker, Refusal } from '../broker/client.ts';
import { http } from '../broker/http.ts';
import { EXIT, Failure } from '../failure.ts';
import { plain } from '../terminal.ts';
import {
  type Figures,
  figures,
  type GrantTimes,
  grantTimes,
  newestCheckpoint,
  type Suspensions,
} from './answers.ts';
import { type QuarantineState, quarantineIfKnown } from './quarantine.ts';

/** Reads what a broker tells of itself. */

/** What was not read: because the caller may not, or because the broker cannot answer now. */
export type Unread = { readonly may: boolean; readonly why: string };
type Part<T> = Result<T, Unread>;

export type Ledger = {
  readonly entries: number;
  readonly signedAt: Instant | null;
  /** When something happened to grants, if the checkpoint is old. */
  readonly events: readonly Instant[];
};

export type Health = {
  readonly apiVersion: string;
  /** By the broker's clock. */
  readonly now: Instant;
  readonly figures: Part<Figures>;
  readonly ledger: Part<Ledger>;
  readonly suspended: Part<Suspensions>;
  /** Null also where the broker is older than quarantines. */
  readonly quarantine: QuarantineState['quarantine'];
};

const MOST_SUSPENDED = 5;

/** @throws Failure if the broker cannot be reached, the caller is not signed in, or an answer cannot be read. */
export async function readHealth(broker: Broker): Promise<Health> {
  const { apiVersion, now } = await reach(broker.settings.url);
  const suspended = `/v1/principals?suspended=true&limit=${MOST_SUSPENDED}`;
  const [read, ledger, principals, quarantine] = await Promise.all([
    part(broker.get('/v1/stats', figures)),
    part(readLedger(broker, now)),
    part(broker.get(suspended, suspensions)),
    quarantineIfKnown(broker),
  ]);
  return { apiVersion, now, figures: read, ledger, suspended: principals, quarantine };
}

async function reach(url: string): Promise<Pick<Health, 'apiVersion' | 'now'>> {
  const { status, json, headers } = await http({
    method: 'GET',
    url: `${url}/.well-known/valetkey`,
  });
  if (status === 429 || status >= 500) {
    const hint = 'What to do: docs/runbooks/broker-is-down.md';
    throw new Failure('unreachable', `${url} answered ${status}.`, hint);
  }
  const answer = discovery.safeParse(json);
  if (status !== 200 || !answer.success) {
    const message = `${url} is not a Valet Key broker (it answered ${status}).`;
    throw new Failure('failed', message, 'Check the URL: valetkey doctor');
  }
  const { apiVersion } = answer.data;
  if (apiVersion !== 'v1') {
    const message = `The broker has API version ${plain(apiVersion)}, but this command supports only v1.`;
    throw new Failure('failed', message, 'Update valetkey.');
  }
  const date = Date.parse(headers.get('date') ?? '');
  return { apiVersion, now: Number.isNaN(date) ? Date.now() : date };
}

async function readLedger(broker: Broker, now: Instant): Promise<Ledger> {
  const page = await broker.get('/v1/audit/checkpoints?limit=1', newestCheckpoint);
  const [newest] = page.checkpoints;
  const signedAt = newest === undefined ? null : Date.parse(newest.at);
  const events = isOldCheckpoint(signedAt, now) ? await eventTimes(broker, signedBy(now)) : [];
  return { entries: newest?.size ?? 0, signedAt, events };
}

/**
 * Whoever reads checkpoints sees all grants: the newest ones tell whether anything happened. Where a page has only
 * grants that are too new to tell, the next one may have others.
 */
async function eventTimes(broker: Broker, until: Instant): Promise<readonly Instant[]> {
  const times: Instant[] = [];
  let cursor: string | null = '';
  let oldest = Number.POSITIVE_INFINITY;
  while (cursor !== null && oldest >= until) {
    const query = new URLSearchParams({ limit: '100', ...(cursor !== '' && { cursor }) });
    const page: GrantTimes = await broker.get(`/v1/grants?${query}`, grantTimes);
    times.push(...page.grants.flatMap(timesOf));
    const last = page.grants.at(-1);
    if (last !== undefined) oldest = Date.parse(last.createdAt);
    cursor = page.nextCursor;
  }
  return times;
}

function timesOf({ createdAt, endedAt, approvals }: GrantTimes['grants'][number]) {
  const votes = approvals.votes.map(({ at }) => at);
  return [createdAt, ...(endedAt === null ? [] : [endedAt]), ...votes].map((at) => Date.parse(at));
}

async function part<T>(reading: Promise<T>): Promise<Part<T>> {
  try {
    return ok(await reading);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (error instanceof Refusal && error.problem.status === 403) {
      return err({ may: false, why: error.message });
    }
    if (error.exitCode === EXIT.unreachable) return err({ may: true, why: error.message });
    throw error;
  }
}
