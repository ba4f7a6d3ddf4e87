import { randomBytes } from 'node:crypto';
import { BatchWriteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { eventItem, grantItem, type Item } from '../../adapters/dynamodb/items.ts';
import type { Grant } from '../../core/grant.ts';
import { newGrantId } from '../../core/ids.ts';
import type { LocalState } from '../../local/state-folder.ts';
import { activeGrant, requestedEvent } from './sample-grants.ts';

/** Puts grants into the table of a local stack, each with the record of its decision, as the broker writes them. */

const MINUTE = 60_000;
/** What DynamoDB takes in one call. */
const BATCH = 25;

export type Filling = {
  readonly count: number;
  /** The newest is the first; each of the others is a minute older. */
  readonly newest: number;
  readonly changes: (index: number) => Partial<Grant>;
};

export async function fillTable(state: LocalState, filling: Filling): Promise<readonly Grant[]> {
  const grants = Array.from({ length: filling.count }, (_, index) => endedGrant(filling, index));
  const items = grants.flatMap((grant) => [
    grantItem(grant),
    eventItem({ ...requestedEvent(grant), at: grant.createdAt }),
  ]);
  const client = new DynamoDBClient({
    endpoint: state.emulatorUrl,
    region: state.region,
    credentials: { accessKeyId: state.accountId, secretAccessKey: 'local' },
  });
  for (let from = 0; from < items.length; from += 4 * BATCH) {
    const batches = [0, 1, 2, 3].map((at) => items.slice(from + at * BATCH).slice(0, BATCH));
    await Promise.all(batches.map((batch) => write(client, state.tableName, batch)));
  }
  client.destroy();
  return grants;
}

async function write(client: DynamoDBClient, table: string, items: readonly Item[]): Promise<void> {
  if (items.length === 0) return;
  const requests = items.map((Item) => ({ PutRequest: { Item } }));
  const answer = await client.send(
    new BatchWriteItemCommand({ RequestItems: { [table]: requests } }),
  );
  const left = (answer.UnprocessedItems?.[table] ?? []).flatMap(({ PutRequest }) =>
    PutRequest?.Item === undefined ? [] : [PutRequest.Item],
  );
  await write(client, table, left);
}

/** Nothing is due on it, so the broker leaves it alone. */
function endedGrant({ newest, changes }: Filling, index: number): Grant {
  const createdAt = newest - index * MINUTE;
  const id = newGrantId(randomBytes, createdAt);
  const ended = { status: 'expired', endedAt: createdAt + 15 * MINUTE } as const;
  const times = { createdAt, startsAt: createdAt, expiresAt: createdAt + 15 * MINUTE };
  return activeGrant({ id, ...ended, ...times, ...changes(index) });
}
