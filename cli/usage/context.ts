import type { CompiledEntitlement } from '../../core/bundle/bundle.ts';
import { findEntitlement } from '../../core/bundle/bundle.ts';
import { didYouMean } from '../../core/did-you-mean.ts';
import type { Deployment } from '../../core/entitlement.ts';
import type { Instant } from '../../core/instant.ts';
import type { BundleSources } from '../../core/policy/read-bundle.ts';
import type { Broker } from '../broker/client.ts';
import { Failure, UsageError } from '../failure.ts';
import { type Opened, openBundle, type Tools, tools } from '../policy/open-bundle.ts';
import { reviewPage } from '../review-access/answers.ts';
import { plain } from '../terminal.ts';
import { windowOf } from './grants.ts';
import type { Logs, Progress, ReadUsage, ToRead, UsageReading } from './reading.ts';

/** What the commands of usage have in common, and what tests replace. */
export type UsageContext = {
  readonly broker: Broker;
  /** Loaded on use: the reader of logs, the map of actions and the SDK are of no use to other commands. */
  readonly reading: () => Promise<UsageReading>;
  readonly now: () => Instant;
};

export type OpenBundle = {
  readonly using: Tools;
  readonly opened: Opened;
  readonly sources: BundleSources;
};

/** @throws Failure if the bundle is not valid: nothing can be said about it then. */
export function validBundle(folder: string | undefined): OpenBundle {
  const using = tools();
  const opened = openBundle(folder, using);
  if (opened.read.ok) return { using, opened, sources: opened.read.value };
  throw new Failure(
    'failed',
    `${opened.folder} is not a valid policy bundle.`,
    `See its mistakes: valetkey policy check --policy ${opened.folder}`,
  );
}

/** @throws UsageError if the bundle has no entitlement of that id. */
export function entitlementIn({ sources, opened }: OpenBundle, id: string): CompiledEntitlement {
  const found = findEntitlement(sources.bundle, id);
  if (found !== null) return found;
  const near = didYouMean(id, Object.keys(sources.bundle.entitlements));
  throw new UsageError(`${opened.folder} has no entitlement ${id}${near}.`);
}

/** The broker's account and Region, which its page of access reviews says. Its readers may audit, as those of usage. */
export async function deploymentOf(broker: Broker): Promise<Deployment> {
  const { account, region } = await broker.get('/v1/audit/access-reviews?limit=1', reviewPage);
  return { account, region };
}

/** @throws Failure if the logs cannot be read. */
export async function readLogs(
  reading: UsageReading,
  logs: Logs,
  wanted: Omit<ToRead, 'window'>,
  now: Instant,
  progress: Progress,
): Promise<ReadUsage> {
  const window = windowOf(wanted.grants, now);
  const read = await reading.readUsage({ ...logs, ...wanted, window }, progress);
  if (read.ok) return read.value;
  throw unreadable(logs.logs, read.error);
}

export function unreadable(logs: string, why: string): Failure {
  const hint =
    'Name a file or folder of CloudTrail files, or s3://bucket/prefix that your AWS credentials may read.';
  return new Failure('failed', plain(`Cannot read ${logs}: ${why}.`), hint);
}

export type LogOptions = { readonly logs?: string; readonly trails?: string };

/** @returns null where the broker is to be asked. @throws UsageError for --trails without --logs. */
export function logsOf({ logs, trails }: LogOptions): Logs | null {
  if (logs !== undefined) return { logs, trails: trails ?? null };
  if (trails === undefined) return null;
  throw new UsageError('--trails says what the files of --logs cover.', 'Add --logs PATH.');
}
