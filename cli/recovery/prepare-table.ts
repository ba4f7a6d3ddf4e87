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
import { plain, type Terminal } from '../terminal.ts';

/** A table takes one change at a time, and is UPDATING for seconds. */
const POLL_MS = 1000;
const PATIENCE_MS = 600_000;

/**
 * Makes the settings that a restore loses.
 *
 * @param dryRun Only says which.
 * @throws Failure for a table that the broker cannot work on, and the errors of AWS.
 */
export async function prepareTable(
  client: DynamoDBClient,
  name: string,
  { dryRun }: { readonly dryRun: boolean },
  notes: Terminal,
): Promise<FoundTable> {
  const table = await active(client, name);
  const reasons = whyUnusable(table);
  if (reasons.length > 0) {
    const why = reasons.join('; ');
    throw new Failure('failed', `The broker cannot work on the table ${plain(name)}: ${why}.`);
  }
  const settings = settingsToMake(table);
  for (const setting of settings) {
    if (!dryRun) {
      await makeTableSetting(client, name, setting);
      await active(client, name);
    }
    const verb = dryRun ? 'would be turned on' : 'is on now';
    notes.note(`${WORDS[setting]} of ${plain(name)} ${verb}`, { table: name, setting, dryRun });
  }
  return settings.length === 0 || dryRun ? table : readTableSettings(client, name);
}

const WORDS: Readonly<Record<Setting, string>> = {
  stream: 'the stream',
  timeToLive: 'the deletion of old items',
  pointInTimeRecovery: 'point-in-time recovery',
  deletionProtection: 'deletion protection',
};

async function active(client: DynamoDBClient, name: string): Promise<FoundTable> {
  for (const begun = Date.now(); ; await sleep(POLL_MS)) {
    const table = await readTableSettings(client, name);
    if (table.status === 'ACTIVE' || Date.now() > begun + PATIENCE_MS) return table;
  }
}
