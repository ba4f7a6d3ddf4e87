import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Unavailable } from '../../core/failure.ts';
import type { Grant } from '../../core/grant.ts';
import type { Instant } from '../../core/instant.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { FoundUsage, KeptUsage, UsageStore } from '../../core/usage/usage-store.ts';
import { spanOf } from '../../core/usage/window-of.ts';
import { DamagedItem } from './damaged-item.ts';
import type { Item } from './items.ts';
import type { Key } from './keys.ts';
import { reported } from './reported.ts';
import { CALL } from './retries.ts';
import { STORE_UNAVAILABLE, type Table } from './table.ts';
import { type Part, transact } from './transaction.ts';
import { newEvent } from './transaction-parts.ts';
import {
  dueAtOf,
  dueUsageKey,
  dueUsageSpan,
  placeOf,
  USAGE_BEGUN_KEY,
  usageKey,
} from './usage-keys.ts';

const DAY_SECONDS = 86_400;
const DONE = { code: 'done' } as const;
type Done = typeof DONE;

/** @param keepDays How long usage is kept after the end of its grant. Who only reads needs none. */
export function dynamoUsageStore(table: Table, now: () => Instant, keepDays = 0): UsageStore {
  const ttlOf = ({ endedAt, createdAt }: Grant) => ({
    ttl: Math.floor((endedAt ?? createdAt) / 1000) + keepDays * DAY_SECONDS,
  });
  const put = (key: Key, data: object, condition?: string) => ({
    Put: {
      TableName: table.name,
      Item: marshall({ ...data, ...key }, { removeUndefinedValues: true }),
      ...(condition !== undefined && { ConditionExpression: condition }),
    },
  });
  const remove = (key: Key, condition?: string) => ({
    Delete: {
      TableName: table.name,
      Key: marshall(key),
      ...(condition !== undefined && { ConditionExpression: condition }),
    },
  });
  const write = async (...writes: readonly Part<Done>['write'][]) => {
    const parts = writes.map((one) => ({ write: one, refusal: () => DONE }));
    const written = await transact<Done>(table, () => parts, CALL);
    if (written.ok) return ok(true);
    return written.error.code === 'done' ? ok(false) : err(written.error);
  };
  const drop: UsageStore['drop'] = (due) =>
    reported(table, 'DeleteItem', async () => {
      const Key = marshall(dueUsageKey(due));
      await table.client.send(new DeleteItemCommand({ TableName: table.name, Key }));
      return null;
    });
  return {
    await: (grant, dueAt) => {
      const ttl = ttlOf(grant);
      const due = { since: dueAt, attempts: 0, ...ttl };
      return write(
        put(usageKey(grant.entitlement, grant), { waiting: dueAt, of: spanOf(grant), ...ttl }, NEW),
        put(dueUsageKey({ dueAt, grantId: grant.id }), due),
      );
    },
    keepUnused: (grant, kept) =>
      write(put(usageKey(grant.entitlement, grant), { ...kept, ...ttlOf(grant) }, NEW)),
    due: (by, limit) =>
      reported(table, 'Query', async () => {
        const { from, to } = dueUsageSpan(by);
        const items = await queryUp(table, from, to, limit);
        return items.map((item) => {
          const { sk, since, attempts } = unmarshall(item);
          return { ...dueAtOf(sk), since, attempts };
        });
      }),
    claim: async (due, until) => {
      const next = { ...due, dueAt: until, attempts: due.attempts + 1 };
      const { since, attempts } = next;
      // Whoever never gets through stops with the time in which usage is kept.
      const ttl = Math.floor(since / 1000) + keepDays * DAY_SECONDS;
      const written = await write(
        remove(dueUsageKey(due), 'attribute_exists(pk)'),
        put(dueUsageKey(next), { since, attempts, ttl }),
      );
      return written.ok ? ok(written.value ? next : null) : written;
    },
    put: async ({ due, grant, kept, event }) => {
      const key = usageKey(grant.entitlement, grant);
      const written = await write(
        put(key, { ...kept, ...ttlOf(grant) }, 'attribute_exists(waiting)'),
        remove(dueUsageKey(due)),
        ...(event === null ? [] : [newEvent(table.name, event).write]),
      );
      if (!written.ok || written.value) return written;
      const dropped = await drop(due);
      return dropped.ok ? ok(false) : dropped;
    },
    drop,
    find: ({ entitlement, createdAt, id }) =>
      reported(table, 'GetItem', async () => {
        const item = await get(table, usageKey(entitlement, { createdAt, id }));
        return item === null || isOver(item, now()) ? null : foundIn(item);
      }),
    ofEntitlement: (entitlement, page) => readPage(table, entitlement, page, now()),
    begin: (at) => begin(table, at),
    begunAt: () =>
      reported(table, 'GetItem', async () => {
        const item = await get(table, USAGE_BEGUN_KEY);
        return item === null ? null : Number(item['at']?.N);
      }),
  };
}

const NEW = 'attribute_not_exists(pk)';

async function get({ client, name }: Table, key: Key): Promise<Item | null> {
  const command = { TableName: name, Key: marshall(key), ConsistentRead: true };
  const { Item } = await client.send(new GetItemCommand(command));
  return Item ?? null;
}

async function queryUp(
  { client, name }: Table,
  from: Key,
  to: Key,
  limit: number,
): Promise<readonly Item[]> {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: name,
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
      ExpressionAttributeValues: marshall({ ':pk': from.pk, ':from': from.sk, ':to': to.sk }),
      ConsistentRead: true,
      Limit: limit,
    }),
  );
  return Items;
}

function readPage(
  table: Table,
  entitlement: string,
  { since, limit, after }: Parameters<UsageStore['ofEntitlement']>[1],
  now: Instant,
): ReturnType<UsageStore['ofEntitlement']> {
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

async function begin(table: Table, at: Instant): Promise<Result<null, Unavailable>> {
  try {
    const Item = marshall({ ...USAGE_BEGUN_KEY, at });
    const command = { TableName: table.name, Item, ConditionExpression: NEW };
    await table.client.send(new PutItemCommand(command));
    return ok(null);
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return ok(null);
    table.report('PutItem', error);
    return err(STORE_UNAVAILABLE);
  }
}
