import { gunzipSync } from 'node:zlib';
import { GetItemCommand, QueryCommand, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Unavailable } from '../../core/failure.ts';
import { EMPTY_TREE, HASH_BYTES, type Tree } from '../../core/ledger/merkle.ts';
import { placesBelow } from '../../core/ledger/places.ts';
import { decodeBundle } from '../../core/ledger/tiles.ts';
import { ok, type Result } from '../../core/result.ts';
import { getAll } from './batch-get.ts';
import { DamagedItem } from './damaged-item.ts';
import type { Item } from './items.ts';
import { LEDGER_BATCH, LEDGER_HEAD_KEY, ledgerBatchKey, ledgerPlaceKey } from './ledger-keys.ts';
import { reported } from './reported.ts';
import type { Table } from './table.ts';

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
    return Item === undefined ? EMPTY_TREE : headIn(Item);
  });
}

/** @throws DamagedItem where it cannot be a head of the ledger. */
export function headIn(item: Item): Tree {
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

/**
 * Reads the head in the same call. DynamoDB reads item for item: a place that somebody writes meanwhile may count as
 * none, and whoever then wants to add the entry finds that the head has changed.
 */
export async function readPlaces(
  table: Table,
  ids: readonly string[],
): Promise<Result<ReadonlyMap<string, number>, Unavailable>> {
  if (ids.length === 0) return ok(new Map());
  const found = await getAll(table, [LEDGER_HEAD_KEY, ...ids.map(ledgerPlaceKey)]);
  if (!found.ok) return found;
  return reported(table, 'BatchGetItem', async () => {
    const idOf = new Map(ids.map((id) => [ledgerPlaceKey(id).pk, id]));
    const isHead = (item: Item): boolean => item['pk']?.S === LEDGER_HEAD_KEY.pk;
    const head = found.value.find(isHead);
    const rows = found.value
      .filter((item) => !isHead(item))
      .map((item) => [idOf.get(item['pk']?.S ?? '') ?? '', placeIn(item)] as const);
    return placesBelow(head === undefined ? EMPTY_TREE : headIn(head), rows);
  });
}

function placeIn(item: Item): number {
  const { place } = unmarshall(item);
  if (!isPlace(place)) throw new DamagedItem('the place of an event');
  return place;
}

type Batch = { readonly place: number; readonly entries: readonly Uint8Array[] };

/**
 * The entries from place `from` up to, not including, `to`, and the rest of the last batch. Where one is missing the
 * list ends: no entry ever has another's place.
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
      // Whoever adds writes over the batch at its head. Where others were written, what begins before they end
      // was left by a restore.
      if (place < next && entries.length > 0) continue;
      if (place > next) break;
      entries.push(...added.slice(next - place));
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
