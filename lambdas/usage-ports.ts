import { readFileSync } from 'node:fs';
import { AthenaClient } from '@aws-sdk/client-athena';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { S3Client } from '@aws-sdk/client-s3';
import { athenaLogs, type QueryCost, queryCost } from '../adapters/cloudtrail/athena.ts';
import { REAL_TIME } from '../adapters/cloudtrail/run-query.ts';
import { s3Logs } from '../adapters/cloudtrail/s3-files.ts';
import { cloudTrails } from '../adapters/cloudtrail/trails.ts';
import { dynamoUsageStore } from '../adapters/dynamodb/usage-store.ts';
import type { UsageConfig } from '../core/config/usage-schema.ts';
import type { UsageSetting } from '../core/usage/answer-grant-usage.ts';
import { judgeNow } from '../core/usage/judge-now.ts';
import { makeReading } from '../core/usage/make-reading.ts';
import { readRecord } from '../core/usage/read-record.ts';
import type { TrailReader, UsageSource, Window } from '../core/usage/usage-ports.ts';
import type { UsageJudge, UsageReading } from '../core/usage/usage-seams.ts';
import type { UsageStore } from '../core/usage/usage-store.ts';
import { bundle, clock, deployment, env, packaged, random, store, table } from './container.ts';
import { logger } from './logger.ts';

/** The part of the composition root that reads what was called under grants. */

/** Files are large: a stalled download fails, and the pass comes again. */
const LOGS_CALL = {
  maxAttempts: 5,
  requestHandler: { connectionTimeout: 1000, requestTimeout: 30_000, throwOnRequestTimeout: true },
};

/**
 * What is read, where the deployment reads anything. The broker's own Region always is: there, STS vends, and without the
 * record of its vend nothing can be said of a grant.
 */
export function usageConfig(): UsageConfig {
  const config = JSON.parse(readFileSync(packaged('usage.json'), 'utf8')) as UsageConfig;
  const { regions } = config;
  if (regions === undefined) return config;
  return { ...config, regions: [...new Set([...regions, env('AWS_REGION')])] };
}

/** @param keepDays for whoever writes */
export function usages(keepDays?: number): UsageStore {
  return dynamoUsageStore(table(), clock, keepDays);
}

/** For whoever answers: of which accounts logs are read, and how long that is kept. */
export function usageSetting(): UsageSetting {
  const accounts = process.env['USAGE_ACCOUNTS'] ?? '';
  if (accounts === '') return null;
  const keepDays = Number(env('USAGE_KEEP_DAYS'));
  return { accounts: accounts === '*' ? null : accounts.split(','), keepDays };
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

function logSource({ logs, athena }: UsageConfig): UsageSource {
  const { bucket, prefix, organization = '' } = logs;
  const parts = [prefix, 'AWSLogs', organization].filter((part) => part !== '');
  const client = new S3Client({ ...LOGS_CALL, followRegionRedirects: true });
  const from = { client, bucket, prefix: `${parts.join('/')}/` };
  if (athena === undefined) return s3Logs(from, readRecord);
  const names = JSON.parse(env('USAGE_ATHENA')) as AthenaNames;
  const workgroup = { client: new AthenaClient(LOGS_CALL), output: null, timing: REAL_TIME };
  const source = athenaLogs({ ...workgroup, ...names }, readRecord);
  return costShown(source, (window) => queryCost(from, window), athena.scanLimitGb);
}

type AthenaNames = {
  readonly workgroup: string;
  readonly database: string;
  readonly table: string;
};

/** Says what a query costs at most before it runs, and runs none that Athena would cancel for what it reads. */
function costShown(
  source: UsageSource,
  cost: (window: Window) => Promise<QueryCost>,
  limitGb: number,
): UsageSource {
  return {
    source: source.source,
    read: async function* (window, needles) {
      const { bytes, usd } = await cost(window);
      logger.info('usage query', { bytes, usd, limitGb });
      if (bytes > limitGb * 1_000_000_000) throw new TooMuchToRead();
      yield* source.read(window, needles);
    },
  };
}

/** Compressed files that are more than `scanLimitGb`. */
class TooMuchToRead extends Error {
  override readonly name = 'TooMuchToRead';
}

/** Trails of one Region are seen there alone. */
function trailReader({ regions }: UsageConfig): TrailReader {
  const own = env('AWS_REGION');
  const clients = new Map<string, CloudTrailClient>();
  return cloudTrails({
    in: (region) => {
      const client = clients.get(region) ?? new CloudTrailClient({ ...LOGS_CALL, region });
      clients.set(region, client);
      return client;
    },
    regions: [...new Set([own, ...(regions ?? [])])],
    report: (why) => logger.warn('trails not read', { why }),
  });
}
