import { readFileSync } from 'node:fs';
import { dynamoUsageStore } from '../adapters/dynamodb/usage-store.ts';
import type { UsageConfig } from '../core/config/usage-schema.ts';
import type { UsageSetting } from '../core/usage/answer-grant-usage.ts';
import type { UsageJudge, UsageReading } from '../core/usage/usage-seams.ts';
import type { UsageStore } from '../core/usage/usage-store.ts';
import { clock, packaged, table } from './container.ts';

/** The part of the composition root that reads what was called under grants. */

/** What is read, where the deployment reads anything. */
export function usageConfig(): UsageConfig {
  return JSON.parse(readFileSync(packaged('usage.json'), 'utf8')) as UsageConfig;
}

/** @param keepDays for whoever writes */
export function usages(keepDays?: number): UsageStore {
  return dynamoUsageStore(table(), clock, keepDays);
}

/** For whoever answers: of which accounts logs are read. */
export function usageSetting(): UsageSetting {
  const accounts = process.env['USAGE_ACCOUNTS'] ?? '';
  if (accounts === '') return null;
  return { accounts: accounts === '*' ? null : accounts.split(',') };
}

function notPlugged(): never {
  throw new Error('not plugged');
}

export function usageReading(): UsageReading {
  return {
    source: { source: 'files', read: notPlugged },
    trails: { trails: notPlugged },
    beginFold: notPlugged,
    event: notPlugged,
    signals: notPlugged,
  };
}

export function usageJudge(): UsageJudge {
  return { grant: notPlugged, entitlement: notPlugged };
}
