import { gzipSync } from 'node:zlib';
import type { Put } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Unavailable } from '../../core/failure.ts';
import type { LedgerEntry, LedgerStore } from '../../core/ledger/ledger-ports.ts';
import type { Tree } from '../../core/ledger/merkle.ts';
import { encodeBundle } from '../../core/ledger/tiles.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Conflict } from '../../core/retry-on-conflict.ts';
import { LEDGER_HEAD_KEY, ledgerBatchKey, ledgerPlaceKey } from './ledger-keys.ts';
import { readBatches, readHead, readPlaces } from './ledger-reads.ts';
import { CALL } from './retries.ts';
import type { Table } from './table.ts';
import { type Part, transact } from './transaction.ts';

/** The table keeps entries for this long. The ledger's files have them after seconds. */
const BATCH_DAYS = 90;

const CONFLICT: Conflict = { code: 'conflict' };

/** The order of the ledger's entries: a head, a batch for each transaction, and a place for each event. */
export function dynamoLedgerStore(table: Table, now: () => number = Date.now): LedgerStore {
  return {
    head: () => readHead(table),
    placed: (ids) => readPlaces(table, ids),
    add: (head, next, entries) => add(table, now(), { head, next, entries }),
    read: (from, to) => readBatches(table, from, to),
    complete: (places) => complete(table, places),
    adopt: (head, next) => write(table, [headPut(table.name, head, next)]),
  };
}

type Addition = {
  readonly head: Tree;
  readonly next: Tree;
  readonly entries: readonly LedgerEntry[];
};

async function add(
  table: Table,
  now: number,
  addition: Addition,
): Promise<Result<void, Conflict | Unavailable>> {
  return write(table, additionPuts(table.name, now, addition));
}

async function write(
  table: Table,
  puts: readonly Put[],
): Promise<Result<void, Conflict | Unavailable>> {
  const parts = puts.map((Put): Part<Conflict> => ({ write: { Put }, refusal: () => CONFLICT }));
  const written = await transact<Conflict>(table, () => parts, CALL);
  return written.ok ? ok(undefined) : written;
}

/** A transaction of DynamoDB writes at most so many items. */
const MOST_PUTS = 100;

async function complete(
  table: Table,
  places: ReadonlyMap<string, number>,
): Promise<Result<void, Conflict | Unavailable>> {
  const items = [...places].map(([id, place]) => ({ ...ledgerPlaceKey(id), place }));
  for (let from = 0; from < items.length; from += MOST_PUTS) {
    const some = items.slice(from, from + MOST_PUTS);
    const puts = some.map((item) => ({ TableName: table.name, Item: marshall(item) }));
    const written = await write(table, puts);
    if (!written.ok) return written;
  }
  return ok(undefined);
}

/** Whoever adds at the same time writes the same head: one of them gets through. */
function additionPuts(
  TableName: string,
  now: number,
  { head, next, entries }: Addition,
): readonly Put[] {
  const ttl = Math.floor(now / 1000) + BATCH_DAYS * 86_400;
  const batch = {
    ...ledgerBatchKey(head.size),
    // Events of one kind are alike: what is written costs a quarter.
    bundle: gzipSync(encodeBundle(entries.map(({ bytes }) => bytes))),
    ttl,
  };
  const places = entries.map(({ id }, at) => ({ ...ledgerPlaceKey(id), place: head.size + at }));
  return [
    headPut(TableName, head, next),
    // The head is the condition: a batch at its size is what a restore left of a later one.
    { TableName, Item: marshall(batch) },
    ...places.map((item) => ({ TableName, Item: marshall(item), ...unplaced(head) })),
  ];
}

function headPut(TableName: string, head: Tree, { size, subtrees }: Tree): Put {
  const Item = marshall({ ...LEDGER_HEAD_KEY, size, subtrees });
  return { TableName, Item, ...unchanged(head) };
}

const ABSENT = { ConditionExpression: 'attribute_not_exists(pk)' };

function unplaced({ size }: Tree) {
  return {
    ConditionExpression: 'attribute_not_exists(pk) OR place >= :size',
    ExpressionAttributeValues: marshall({ ':size': size }),
  };
}

function unchanged({ size, subtrees }: Tree) {
  if (size === 0) return ABSENT;
  return {
    ConditionExpression: '#size = :size AND subtrees = :subtrees',
    ExpressionAttributeNames: { '#size': 'size' },
    ExpressionAttributeValues: marshall({ ':size': size, ':subtrees': subtrees }),
  };
}
