import { setTimeout as sleep } from 'node:timers/promises';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { makeTableSetting, readTableSettings } from '../../adapters/dynamodb/table-settings.ts';
import {
  type FoundTable,
  type Setting,
  settingsToMake,
  whyUnusable,
} from '../../core/recovery/table-settings.ts';
import { Failure } from '../failure.ts';
import type { Terminal } from '../terminal.ts';

/** A table takes one change at a time, and is UPDATING for seconds. */
const POLL_MS = 1000;
const PATIENCE_MS = 600_000;

export type Prepared = { readonly table: FoundTable; readonly made: readonly Setting[] };

/**
 * Makes the settings that a restore loses.
 *
 * @param dryRun Only says which.
 * @throws Failure for a table that the broker cannot work on.
 */
export async function prepareTable(
  client: DynamoDBClient,
  name: string,
  { dryRun }: { readonly dryRun: boolean },
  notes: Terminal,
): Promise<Prepared> {
  const table = await active(client, name);
  const reasons = whyUnusable(table);
  if (reasons.length > 0) {
    throw new Failure(
      'failed',
      `The broker cannot work on the table ${name}: ${reasons.join('; ')}.`,
    );
  }
  const made = settingsToMake(table);
  for (const setting of dryRun ? [] : made) {
    await makeTableSetting(client, name, setting);
    await active(client, name);
    notes.note(`table ${name}: ${WORDS[setting]} is on now`, { table: name, setting });
  }
  return {
    table: made.length === 0 || dryRun ? table : await readTableSettings(client, name),
    made,
  };
}

export const WORDS: Readonly<Record<Setting, string>> = {
  stream: 'the stream of new images',
  timeToLive: 'the deletion of old items by ttl',
  pointInTimeRecovery: 'point-in-time recovery',
  deletionProtection: 'deletion protection',
};

async function active(client: DynamoDBClient, name: string): Promise<FoundTable> {
  for (const begun = Date.now(); ; await sleep(POLL_MS)) {
    const table = await readTableSettings(client, name);
    if (table.status === 'ACTIVE' || Date.now() > begun + PATIENCE_MS) return table;
  }
}
