import { readFileSync } from 'node:fs';
import { AthenaClient } from '@aws-sdk/client-athena';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { S3Client } from '@aws-sdk/client-s3';
import { athenaLogs, type QueryCost, queryCost } from '../../adapters/cloudtrail/athena.ts';
import { LOGS_CALL } from '../../adapters/cloudtrail/logs-call.ts';
import { stopAt } from '../../adapters/cloudtrail/out-of-time.ts';
import { REAL_TIME } from '../../adapters/cloudtrail/run-query.ts';
import { s3Logs } from '../../adapters/cloudtrail/s3-files.ts';
import { cloudTrails } from '../../adapters/cloudtrail/trails.ts';
import { dynamoUsageStore } from '../../adapters/dynamodb/usage-store.ts';
import type { UsageConfig } from '../../core/config/usage-schema.ts';
import type { Instant } from '../../core/instant.ts';
import type { UsageSetting } from '../../core/usage/answer-grant-usage.ts';
import { judgeNow } from '../../core/usage/judge-now.ts';
import { LogsUnavailable } from '../../core/usage/logs-unavailable.ts';
import { makeReading } from '../../core/usage/make-reading.ts';
import { readRecord } from '../../core/usage/read-record.ts';
import type { LogPlace } from '../../core/usage/trail-place.ts';
import type { TrailReader, UsageSource, Window } from '../../core/usage/usage-ports.ts';
import type { UsageJudge, UsageReading } from '../../core/usage/usage-seams.ts';
import type { UsageStore } from '../../core/usage/usage-store.ts';
import { logger } from '../logger.ts';
import { bundle } from './deciding.ts';
import { clock, deployment, env, packaged, random } from './environment.ts';
import { store, table } from './stores.ts';

/** The part of the composition root that reads what was called under grants. */

/**
 * What is read; null where the deployment reads nothing. The broker's own Region always is: there, STS vends, and without
 * the record of its vend nothing can be said of a grant.
 */
export function usageConfig(): UsageConfig | null {
  const config = JSON.parse(readFileSync(packaged('usage.json'), 'utf8')) as UsageConfig | null;
  if (config?.regions === undefined) return config;
  return { ...config, regions: [...new Set([...config.regions, env('AWS_REGION')])] };
}

/** @param keepDays for whoever writes */
export function usages(keepDays?: number): UsageStore {
  return dynamoUsageStore(table(), clock, keepDays);
}

/** For whoever answers: of which accounts logs are read, and how long that is kept. */
export function usageSetting(): UsageSetting {
  const config = usageConfig();
  if (config === null) return null;
  return { accounts: config.accounts ?? null, keepDays: config.keepDays };
}

/** The judge, with the statements of the entitlements as they are now. */
export function usageJudge(): UsageJudge {
  return judgeNow(deployment());
}

/** Logs, trails, and what is made of them. */
export function usageReading(config: UsageConfig, usages: UsageStore): UsageReading {
  const made = makeReading({
    bundle: bundle(),
    store: store(),
    usages,
    judge: usageJudge(),
    random,
  });
  return { ...made, source: logSource(config), trails: trailReader(config) };
}

function logPlace({ logs: { bucket, prefix, organization = '' } }: UsageConfig): LogPlace {
  const parts = [prefix, 'AWSLogs', organization].filter((part) => part !== '');
  return { bucket, prefix: `${parts.join('/')}/` };
}

function logSource(config: UsageConfig): UsageSource {
  const { athena } = config;
  const client = new S3Client({ ...LOGS_CALL, followRegionRedirects: true });
  const from = { client, ...logPlace(config) };
  if (athena === undefined) return s3Logs(from, readRecord);
  const names = JSON.parse(env('USAGE_ATHENA')) as AthenaNames;
  const source = athenaLogs(
    {
      ...{ client: new AthenaClient(LOGS_CALL), s3: client, timing: REAL_TIME, ...names },
      report: (why) => logger.warn('results not deleted', { why }),
    },
    readRecord,
  );
  const cost: CostOf = (window, until) => queryCost({ ...from, stop: stopAt(until) }, window);
  return costShown(source, cost, athena.scanLimitGb);
}

type CostOf = (window: Window, until: Instant | undefined) => Promise<QueryCost>;

type AthenaNames = {
  readonly workgroup: string;
  readonly database: string;
  readonly table: string;
};

/** Says what a query costs at most before it runs, and runs none that Athena would cancel for what it reads. */
function costShown(source: UsageSource, cost: CostOf, limitGb: number): UsageSource {
  return {
    source: source.source,
    read: async function* (window, needles, until) {
      const { bytes, usd } = await cost(window, until);
      logger.info('usage query', { bytes, usd, limitGb });
      if (bytes > limitGb * 1_000_000_000) {
        const why = { reason: 'too much to read' };
        throw new LogsUnavailable('the files are more than scanLimitGb', why);
      }
      yield* source.read(window, needles, until);
    },
  };
}

/** Trails of one Region are seen there alone. */
function trailReader(config: UsageConfig): TrailReader {
  const { regions } = config;
  const own = env('AWS_REGION');
  const clients = new Map<string, CloudTrailClient>();
  return cloudTrails({
    in: (region) => {
      const client = clients.get(region) ?? new CloudTrailClient({ ...LOGS_CALL, region });
      clients.set(region, client);
      return client;
    },
    regions: [...new Set([own, ...(regions ?? [])])],
    place: logPlace(config),
    report: (why) => logger.warn('trails not read', { why }),
  });
}
