import {
  GetItemCommand,
  PutItemCommand,
  paginateQuery,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { PrincipalEvent } from '../../core/audit.ts';
import type { Unavailable } from '../../core/failure.ts';
import type { Instant } from '../../core/instant.ts';
import type { OverdueEvents } from '../../core/ledger/find-missed.ts';
import type { LatestPage, Notice, Trail } from '../../core/ledger/record-events.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { type Item, readAnyEvent, readEvent } from './items.ts';
import { BY_DUE, EVENT, grantKey, LEDGER_SHARDS } from './keys.ts';
import { LEDGER_CHECKED_KEY } from './ledger-keys.ts';
import { AUDIT, principalEventKey } from './principal-keys.ts';
import { STORE_UNAVAILABLE, type Table } from './table.ts';

/** The audit trail, as the ledger reads it. */

const PAGE = 25;

export function dynamoTrail(table: Table): Trail {
  return {
    latest: (grantId, before) => readLatest(table, grantId, before),
    ofPrincipal: async (notice) => {
      const Key = marshall(principalEventKey(notice));
      const found = await get(table, Key);
      if (!found.ok) return found;
      return ok(found.value && (readAnyEvent(found.value) as PrincipalEvent | null));
    },
  };
}

async function readLatest(
  table: Table,
  grantId: string,
  before: string | null,
): Promise<Result<LatestPage, Unavailable>> {
  const end = before === null ? `${EVENT}~` : `${EVENT}${before}`;
  try {
    const { Items = [], LastEvaluatedKey: last } = await table.client.send(
      new QueryCommand({
        TableName: table.name,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :start AND :end',
        ExpressionAttributeValues: marshall({
          ':pk': grantKey(grantId).pk,
          ':start': EVENT,
          ':end': end,
        }),
        ScanIndexForward: false,
        Limit: PAGE,
        ConsistentRead: true,
      }),
    );
    // `BETWEEN` has the end, which is the last one of the page before.
    const items = Items.filter((item) => item['sk']?.S !== end);
    const next = last === undefined ? null : (Items.at(-1)?.['sk']?.S?.slice(EVENT.length) ?? null);
    return ok({ events: items.map(readEvent), next });
  } catch (error) {
    table.report('Query', error);
    return err(STORE_UNAVAILABLE);
  }
}

export function dynamoOverdueEvents(table: Table): OverdueEvents {
  return {
    between: (from, until) => readBetween(table, from, until),
    checkedUntil: async () => {
      const found = await get(table, marshall(LEDGER_CHECKED_KEY));
      if (!found.ok) return found;
      return ok(found.value === null ? null : Number(found.value['until']?.N));
    },
    noteChecked: async (until, origin) => {
      const Item = marshall({ ...LEDGER_CHECKED_KEY, until, origin });
      try {
        await table.client.send(new PutItemCommand({ TableName: table.name, Item }));
        return ok(null);
      } catch (error) {
        table.report('PutItem', error);
        return err(STORE_UNAVAILABLE);
      }
    },
  };
}

async function* readBetween(
  { client, name, report }: Table,
  from: Instant,
  until: Instant,
): AsyncIterable<Result<readonly Notice[], Unavailable>> {
  try {
    for (const shard of LEDGER_SHARDS) {
      const query = {
        TableName: name,
        IndexName: BY_DUE,
        KeyConditionExpression: 'sweepShard = :shard AND dueAt BETWEEN :from AND :until',
        ExpressionAttributeValues: marshall({ ':shard': shard, ':from': from, ':until': until }),
      };
      for await (const { Items = [] } of paginateQuery({ client }, query)) {
        const notices = Items.flatMap((item) => noticeOf(item) ?? []);
        if (notices.length > 0) yield ok(notices);
      }
    }
  } catch (error) {
    report('Query', error);
    yield err(STORE_UNAVAILABLE);
  }
}

/** The keys of an event say whose it is, and end with its id. */
function noticeOf(item: Item): Notice | null {
  const [pk = '', sk = ''] = [item['pk']?.S, item['sk']?.S];
  const notice = { id: sk.slice(sk.lastIndexOf('#') + 1), at: Number(item['dueAt']?.N) };
  const owner = pk.slice(pk.indexOf('#') + 1);
  if (sk.startsWith(EVENT)) return { ...notice, grantId: owner };
  return sk.startsWith(AUDIT) ? { ...notice, principalId: owner } : null;
}

async function get(
  { client, name, report }: Table,
  Key: Item,
): Promise<Result<Item | null, Unavailable>> {
  try {
    const { Item } = await client.send(
      new GetItemCommand({ TableName: name, Key, ConsistentRead: true }),
    );
    return ok(Item ?? null);
  } catch (error) {
    report('GetItem', error);
    return err(STORE_UNAVAILABLE);
  }
}
