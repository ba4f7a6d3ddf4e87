import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Unavailable } from '../../core/failure.ts';
import type { Grant } from '../../core/grant.ts';
import type { Instant } from '../../core/instant.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { UsageStore } from '../../core/usage/usage-store.ts';
import { spanOf } from '../../core/usage/window-of.ts';
import type { Key } from './keys.ts';
import { reported } from './reported.ts';
import { CALL } from './retries.ts';
import { STORE_UNAVAILABLE, type Table } from './table.ts';
import { type Part, transact } from './transaction.ts';
import { newEvent } from './transaction-parts.ts';
import { dueUsageKey, USAGE_BEGUN_KEY, usageKey } from './usage-keys.ts';
import { findUsage, readBegun, readDueUsages, readUsagePage } from './usage-reads.ts';

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
    due: (by, limit) => readDueUsages(table, by, limit),
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
    find: (grant) => findUsage(table, grant, now()),
    ofEntitlement: (entitlement, page) => readUsagePage(table, entitlement, page, now()),
    begin: (at) => begin(table, at),
    begunAt: () => readBegun(table),
  };
}

const NEW = 'attribute_not_exists(pk)';

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
