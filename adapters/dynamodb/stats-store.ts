import { gunzipSync, gzipSync } from 'node:zlib';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Unavailable } from '../../core/failure.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Conflict } from '../../core/retry-on-conflict.ts';
import { type CountedAs, NO_GAUGES } from '../../core/stats/gauges.ts';
import type { StatsChange, StatsDay, StatsHead, StatsStore } from '../../core/stats/stats-ports.ts';
import type { Tally } from '../../core/stats/tally.ts';
import { getAll } from './batch-get.ts';
import { DamagedItem } from './damaged-item.ts';
import type { Item } from './items.ts';
import { reported } from './reported.ts';
import { CALL } from './retries.ts';
import { countedEventKey, countedGrantKey, STATS_HEAD_KEY, statsDayKey } from './stats-keys.ts';
import type { Table } from './table.ts';
import { type Part, transact } from './transaction.ts';

/** The counters behind the figures: a head that serialises all writes, a tally for each day, and marks of what is counted. */
export function dynamoStatsStore(table: Table, now: () => number = Date.now): StatsStore {
  return {
    head: () => readHead(table, now),
    days: async (dates) => {
      const found = await getAll(table, dates.map(statsDayKey));
      if (!found.ok) return found;
      return reported(table, 'BatchGetItem', async () => new Map(found.value.map(dayIn)));
    },
    counted: async (events) => {
      const found = await getAll(table, events.map(countedEventKey));
      return found.ok ? ok(new Set(found.value.map(lastOfKey))) : found;
    },
    grants: async (edition, ids) => {
      const found = await getAll(
        table,
        ids.map((id) => countedGrantKey(edition, id)),
      );
      if (!found.ok) return found;
      const counted = found.value.map((item): [string, CountedAs] => {
        const { status, version } = unmarshall(item);
        return [lastOfKey(item), { status, version }];
      });
      return ok(new Map(counted));
    },
    write: (version, change) => write(table, now(), version, change),
  };
}

function readHead(table: Table, now: () => number): Promise<Result<StatsHead, Unavailable>> {
  return reported(table, 'GetItem', async () => {
    const { Item } = await table.client.send(
      new GetItemCommand({
        TableName: table.name,
        Key: marshall(STATS_HEAD_KEY),
        ConsistentRead: true,
      }),
    );
    if (Item !== undefined) return headIn(Item);
    return {
      ...{ version: 0, edition: now(), gauges: NO_GAUGES },
      ...{ countedAt: null, checkedUntil: null },
    };
  });
}

type StoredHead = Omit<StatsHead, 'gauges'> & {
  readonly active: number;
  readonly pending: number;
  readonly reviewsDue: Readonly<Record<string, number>>;
};

function headIn(item: Item): StatsHead {
  const { version, edition, active, pending, reviewsDue, countedAt, checkedUntil } = unmarshall(
    item,
  ) as Partial<StoredHead>;
  const numbers = [version, edition, active, pending].filter(Number.isSafeInteger);
  if (numbers.length < 4 || reviewsDue === undefined) throw new DamagedItem('the head of figures');
  const gauges = { active, pending, reviewsDue: new Map(Object.entries(reviewsDue)) };
  return { version, edition, gauges, countedAt, checkedUntil } as StatsHead;
}

type StoredTally = {
  readonly counts: readonly [string, number][];
  readonly greatest: readonly [string, number][];
  readonly signals: Tally['signals'];
};

/** A day has some hundred counters, which are alike. */
function tallyBytes({ counts, greatest, signals }: Tally): Uint8Array {
  const stored: StoredTally = { counts: [...counts], greatest: [...greatest], signals };
  return gzipSync(JSON.stringify(stored));
}

function dayIn(item: Item): [string, StatsDay] {
  const { edition, tally } = unmarshall(item);
  if (!Number.isSafeInteger(edition) || !(tally instanceof Uint8Array)) {
    throw new DamagedItem('the figures of a day');
  }
  const { counts, greatest, signals } = JSON.parse(gunzipSync(tally).toString()) as StoredTally;
  const read = { counts: new Map(counts), greatest: new Map(greatest), signals };
  return [lastOfKey(item), { edition, tally: read }];
}

/** Marks of events and of grants end their sort keys with the id, days with the date. */
function lastOfKey(item: Item): string {
  const sk = item['sk']?.S ?? '';
  return sk.slice(sk.lastIndexOf('#') + 1);
}

const CONFLICT: Conflict = { code: 'conflict' };

/** A notice comes again for two weeks at most; what is counted anew after that has marks of its own. */
const MARK_DAYS = 30;
/** No grant runs for so long. */
const GRANT_DAYS = 400;

async function write(
  table: Table,
  now: number,
  version: number,
  { head, days, events, grants }: StatsChange,
): Promise<Result<null, Conflict | Unavailable>> {
  const ttlAfter = (count: number): number => Math.floor(now / 1000) + count * 86_400;
  const { gauges, ...rest } = head;
  const reviewsDue = Object.fromEntries(gauges.reviewsDue);
  const items = [
    ...[...days].map(([date, { edition, tally }]) => ({
      ...statsDayKey(date),
      ...{ edition, tally: tallyBytes(tally) },
    })),
    ...events.map((event) => ({ ...countedEventKey(event), ttl: ttlAfter(MARK_DAYS) })),
    ...[...grants].map(([id, counted]) => ({
      ...countedGrantKey(head.edition, id),
      ...{ ...counted, ttl: ttlAfter(GRANT_DAYS) },
    })),
  ];
  const first = {
    TableName: table.name,
    Item: marshall({
      ...STATS_HEAD_KEY,
      ...rest,
      ...{ version: version + 1, active: gauges.active, pending: gauges.pending, reviewsDue },
    }),
    ...(version === 0 ? ABSENT : unchanged(version)),
  };
  const puts = [first, ...items.map((item) => ({ TableName: table.name, Item: marshall(item) }))];
  const parts = puts.map((Put): Part<Conflict> => ({ write: { Put }, refusal: () => CONFLICT }));
  return transact<Conflict>(table, () => parts, CALL);
}

const ABSENT = { ConditionExpression: 'attribute_not_exists(pk)' };

function unchanged(version: number) {
  return {
    ConditionExpression: '#version = :version',
    ExpressionAttributeNames: { '#version': 'version' },
    ExpressionAttributeValues: marshall({ ':version': version }),
  };
}
