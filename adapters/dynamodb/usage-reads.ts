import { GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Unavailable } from '../../core/failure.ts';
import type { Instant } from '../../core/instant.ts';
import type { Result } from '../../core/result.ts';
import type {
  DueUsage,
  FoundUsage,
  KeptUsage,
  UsagePage,
  UsageStore,
} from '../../core/usage/usage-store.ts';
import { DamagedItem } from './damaged-item.ts';
import type { Item } from './items.ts';
import type { Key } from './keys.ts';
import { reported } from './reported.ts';
import type { Table } from './table.ts';
import { dueAtOf, dueUsageSpan, placeOf, USAGE_BEGUN_KEY, usageKey } from './usage-keys.ts';

/** What is read of usage, all of it strongly consistently. */

export function readDueUsages(
  table: Table,
  by: Instant,
  limit: number,
): Promise<Result<readonly DueUsage[], Unavailable>> {
  const { from, to } = dueUsageSpan(by);
  return reported(table, 'Query', async () => {
    const { Items = [] } = await table.client.send(
      new QueryCommand({
        TableName: table.name,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
        ExpressionAttributeValues: marshall({ ':pk': from.pk, ':from': from.sk, ':to': to.sk }),
        ConsistentRead: true,
        Limit: limit,
      }),
    );
    return Items.map((item) => {
      const { sk, since, attempts } = unmarshall(item);
      return { ...dueAtOf(sk), since, attempts };
    });
  });
}

export function findUsage(
  table: Table,
  { entitlement, createdAt, id }: Parameters<UsageStore['find']>[0],
  now: Instant,
): Promise<Result<FoundUsage | null, Unavailable>> {
  return reported(table, 'GetItem', async () => {
    const item = await get(table, usageKey(entitlement, { createdAt, id }));
    return item === null || isOver(item, now) ? null : foundIn(item);
  });
}

export function readBegun(table: Table): Promise<Result<Instant | null, Unavailable>> {
  return reported(table, 'GetItem', async () => {
    const item = await get(table, USAGE_BEGUN_KEY);
    return item === null ? null : Number(item['at']?.N);
  });
}

async function get({ client, name }: Table, key: Key): Promise<Item | null> {
  const command = { TableName: name, Key: marshall(key), ConsistentRead: true };
  const { Item } = await client.send(new GetItemCommand(command));
  return Item ?? null;
}

export function readUsagePage(
  table: Table,
  entitlement: string,
  { since, limit, after }: Parameters<UsageStore['ofEntitlement']>[1],
  now: Instant,
): Promise<Result<UsagePage, Unavailable>> {
  const { pk, sk: from } = usageKey(entitlement, { createdAt: since, id: '' });
  return reported(table, 'Query', async () => {
    const { Items = [], LastEvaluatedKey: last } = await table.client.send(
      new QueryCommand({
        TableName: table.name,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
        ExpressionAttributeValues: marshall({ ':pk': pk, ':from': from, ':to': '~' }),
        ConsistentRead: true,
        ScanIndexForward: false,
        Limit: limit,
        ...(after !== null && { ExclusiveStartKey: marshall(usageKey(entitlement, after)) }),
      }),
    );
    const found = Items.filter((item) => !isOver(item, now)).map((item) => ({
      ...foundIn(item),
      ...placeOf(item['sk']?.S ?? ''),
    }));
    return { found, next: last === undefined ? null : placeOf(last['sk']?.S ?? '') };
  });
}

/** DynamoDB deletes late, and nobody is shown what is not kept any more. */
function isOver(item: Item, now: Instant): boolean {
  return Number(item['ttl']?.N) * 1000 <= now;
}

/** `waiting`: when it is due, until it is read. */
type StoredUsage = KeptUsage & { readonly waiting: Instant };

/** @throws DamagedItem where it is neither waited for nor there. */
function foundIn(item: Item): FoundUsage {
  const { waiting, of, usage, readAt, vended, logs } = unmarshall(item) as Partial<StoredUsage>;
  if (of !== undefined && waiting !== undefined) return { state: 'waiting', of, dueAt: waiting };
  if ([of, usage, readAt, vended, logs].includes(undefined)) {
    throw new DamagedItem('the use of a grant');
  }
  return { state: 'kept', kept: { of, usage, readAt, vended, logs } as KeptUsage };
}
