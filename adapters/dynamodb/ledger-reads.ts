import { gunzipSync } from 'node:zlib';
import {
  BatchGetItemCommand,
  GetItemCommand,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Unavailable } from '../../core/failure.ts';
import { EMPTY_TREE, HASH_BYTES, type Tree } from '../../core/ledger/merkle.ts';
import { decodeBundle } from '../../core/ledger/tiles.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { DamagedItem } from './damaged-item.ts';
import type { Item } from './items.ts';
import { LEDGER_BATCH, LEDGER_HEAD_KEY, ledgerBatchKey, ledgerPlaceKey } from './ledger-keys.ts';
import { type Again, CALL, REAL_TIME, repeat } from './retries.ts';
import { STORE_UNAVAILABLE, type Table } from './table.ts';

/** What the table has of the ledger, strongly consistent. What cannot be used is unavailable, never absent. */

export function readHead(table: Table): Promise<Result<Tree, Unavailable>> {
  return reported(table, 'GetItem', async () => {
    const { Item } = await table.client.send(
      new GetItemCommand({
        TableName: table.name,
        Key: marshall(LEDGER_HEAD_KEY),
        ConsistentRead: true,
      }),
    );
    return Item === undefined ? EMPTY_TREE : treeIn(Item);
  });
}

function treeIn(item: Item): Tree {
  const { size, subtrees } = unmarshall(item) as Partial<Tree>;
  const whole =
    isPlace(size) &&
    Array.isArray(subtrees) &&
    subtrees.length === bitsOf(size) &&
    subtrees.every((hash) => hash instanceof Uint8Array && hash.length === HASH_BYTES);
  if (!whole) throw new DamagedItem('the head of the ledger');
  return { size, subtrees };
}

function bitsOf(size: number): number {
  return size.toString(2).replaceAll('0', '').length;
}

/** One BatchGetItem takes so many keys, and none of them twice. */
const KEYS = 100;

export function readPlaces(
  table: Table,
  ids: readonly string[],
): Promise<Result<ReadonlyMap<string, number>, Unavailable>> {
  return reported(table, 'BatchGetItem', async () => {
    const unique = [...new Set(ids)];
    const places = new Map<string, number>();
    for (let from = 0; from < unique.length; from += KEYS) {
      const chunk = unique.slice(from, from + KEYS);
      const found = new Map((await getAll(table, chunk)).map((item) => [item['pk']?.S, item]));
      for (const id of chunk) {
        const item = found.get(ledgerPlaceKey(id).pk);
        if (item !== undefined) places.set(id, placeIn(item));
      }
    }
    return places;
  });
}

function placeIn(item: Item): number {
  const { place } = unmarshall(item);
  if (!isPlace(place)) throw new DamagedItem('the place of an event');
  return place;
}

/** What DynamoDB leaves unprocessed, it was too busy for. */
async function getAll({ client, name, timing = REAL_TIME }: Table, ids: readonly string[]) {
  const items: Item[] = [];
  let Keys = ids.map((id) => marshall(ledgerPlaceKey(id)));
  const attempt = async (): Promise<Result<null, never> | Again> => {
    const { Responses = {}, UnprocessedKeys = {} } = await client.send(
      new BatchGetItemCommand({ RequestItems: { [name]: { Keys, ConsistentRead: true } } }),
    );
    items.push(...(Responses[name] ?? []));
    Keys = UnprocessedKeys[name]?.Keys ?? [];
    return Keys.length === 0 ? ok(null) : { again: new UnprocessedKeysLeft() };
  };
  const done = await repeat(attempt, CALL, timing);
  if ('again' in done) throw done.again;
  return items;
}

type Batch = { readonly place: number; readonly entries: readonly Uint8Array[] };

/**
 * The entries from place `from` up to, not including, `to`. Where one is missing the list ends: no entry
 * ever has another's place.
 */
export function readBatches(
  table: Table,
  from: number,
  to: number,
): Promise<Result<readonly Uint8Array[], Unavailable>> {
  return reported(table, 'Query', async () => {
    if (to <= from) return [];
    const batches = await batchesIn(table, from, to - 1);
    if (batches[0]?.place !== from && from > 0)
      batches.unshift(...(await batchBefore(table, from)));
    const entries: Uint8Array[] = [];
    for (const { place, entries: added } of batches) {
      const next = from + entries.length;
      const follows = place === next || (place < next && entries.length === 0);
      if (!follows) break;
      entries.push(...added.slice(next - place, to - place));
    }
    return entries;
  });
}

async function batchesIn(table: Table, from: number, last: number): Promise<Batch[]> {
  const batches: Batch[] = [];
  let ExclusiveStartKey: Item | undefined;
  do {
    const page = await query(table, from, last, { ExclusiveStartKey });
    batches.push(...(page.Items ?? []).map(batchIn));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
  return batches;
}

/** The last batch that begins before this place. */
async function batchBefore(table: Table, place: number): Promise<readonly Batch[]> {
  const { Items = [] } = await query(table, 0, place - 1, { ScanIndexForward: false, Limit: 1 });
  return Items.map(batchIn);
}

function query(table: Table, from: number, last: number, how: Partial<QueryCommandInput>) {
  const [first, end] = [ledgerBatchKey(from), ledgerBatchKey(last)];
  return table.client.send(
    new QueryCommand({
      TableName: table.name,
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :end',
      ExpressionAttributeValues: marshall({ ':pk': first.pk, ':from': first.sk, ':end': end.sk }),
      ConsistentRead: true,
      ...how,
    }),
  );
}

function batchIn(item: Item): Batch {
  const { sk, bundle } = unmarshall(item);
  const place = Number(String(sk).slice(LEDGER_BATCH.length));
  const entries = entriesIn(bundle);
  if (!isPlace(place) || entries === null) throw new DamagedItem('a batch of the ledger');
  return { place, entries };
}

function entriesIn(bundle: unknown): readonly Uint8Array[] | null {
  if (!(bundle instanceof Uint8Array)) return null;
  try {
    const decoded = decodeBundle(gunzipSync(bundle));
    return decoded.ok ? decoded.value : null;
  } catch {
    return null;
  }
}

function isPlace(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

class UnprocessedKeysLeft extends Error {
  override readonly name = 'UnprocessedKeysLeft';
}

async function reported<T>(
  { report }: Table,
  operation: string,
  read: () => Promise<T>,
): Promise<Result<T, Unavailable>> {
  try {
    return ok(await read());
  } catch (error) {
    report(operation, error);
    return err(STORE_UNAVAILABLE);
  }
}
