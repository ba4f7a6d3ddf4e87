import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Unavailable } from '../../core/failure.ts';
import type { Instant } from '../../core/instant.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { BY_DUE, SWEEP_SHARDS } from './keys.ts';
import type { Table } from './table.ts';
import { STORE_UNAVAILABLE } from './table.ts';

/** Reads only what is due: the index contains no grant on which nothing is left to do. */
export async function readDue(
  table: Table,
  before: Instant,
  limit: number,
): Promise<Result<readonly string[], Unavailable>> {
  try {
    const shards = Array.from({ length: SWEEP_SHARDS }, (_, shard) => shard);
    const pages = await Promise.all(
      shards.map((shard) =>
        table.client.send(new QueryCommand(toQuery(table, shard, before, limit))),
      ),
    );
    const due = pages
      .flatMap(({ Items = [] }) => Items)
      .map(({ pk, dueAt }) => ({ id: pk?.S?.slice('GRANT#'.length) ?? '', at: Number(dueAt?.N) }));
    return ok(
      due
        .toSorted((a, b) => a.at - b.at)
        .slice(0, limit)
        .map(({ id }) => id),
    );
  } catch (error) {
    table.report('Query', error);
    return err(STORE_UNAVAILABLE);
  }
}

function toQuery(table: Table, shard: number, before: Instant, limit: number) {
  return {
    TableName: table.name,
    IndexName: BY_DUE,
    KeyConditionExpression: 'sweepShard = :shard AND dueAt < :before',
    ExpressionAttributeValues: marshall({ ':shard': shard, ':before': before }),
    Limit: limit,
  };
}
