import {
  ConditionalCheckFailedException,
  type ConditionCheck,
  PutItemCommand,
  type PutItemCommandInput,
  paginateQuery,
  TransactionConflictException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Unavailable } from '../../core/failure.ts';
import { GATES, type Gate, type GatePorts, type Gates } from '../../core/gates.ts';
import type { Instant } from '../../core/instant.ts';
import { type Err, err, ok, type Result } from '../../core/result.ts';
import { gateHeadKey, gateKey, type Key } from './keys.ts';
import { type Again, ENDING, REAL_TIME, repeat } from './retries.ts';
import { STORE_UNAVAILABLE, type Table } from './table.ts';
import type { Part } from './transaction.ts';

/** The gates that belong to a record: a suspension or a freeze. An open gate lacks `closed`, or the item. */

/** A part that checks a condition and writes nothing. */
export type Check<Refusal> = Part<Refusal> & {
  readonly write: { readonly ConditionCheck: ConditionCheck };
};

/** This gate of the record is open; one that is closed until a time opens then. */
export function gateOpen<Refusal>(
  table: string,
  { record, number }: { readonly record: Key; readonly number: number },
  refusal: Refusal,
  now?: Instant,
): Check<Refusal> {
  const check = (key: Key, absent: string) => ({
    ConditionCheck: {
      TableName: table,
      Key: marshall(key),
      ConditionExpression: absent,
      ...(now !== undefined && {
        ConditionExpression: `${absent} OR #until <= :now`,
        ExpressionAttributeNames: { '#until': 'until' },
        ExpressionAttributeValues: marshall({ ':now': now }),
      }),
    },
  });
  return {
    write: check(gateKey(record, number), 'attribute_not_exists(closed)'),
    ungated: check(record, 'attribute_not_exists(pk)'),
    refusal: () => refusal,
  };
}

/** The head of the next order, in the transaction that writes the record. */
export function newHead<Refusal>(
  table: string,
  record: Key,
  head: Gate,
  refusal: Refusal,
): Part<Refusal> {
  return { write: { Put: putGate(table, gateHeadKey(record), head) }, refusal: () => refusal };
}

export function readGate(item: Record<string, unknown>): Gate {
  const { epoch, closed, until } = item as { epoch: number; closed?: true; until?: number };
  return { epoch, closed: closed === true, until: until ?? null };
}

/** The items of a record and its gates, unmarshalled, by what follows the sort key of the record. */
export async function readFamily(
  { client, name, report }: Table,
  { pk, sk }: Key,
): Promise<Result<ReadonlyMap<string, Record<string, unknown>>, Unavailable>> {
  const query = {
    TableName: name,
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
    ExpressionAttributeValues: marshall({ ':pk': pk, ':prefix': sk }),
    ConsistentRead: true,
  };
  const family = new Map<string, Record<string, unknown>>();
  try {
    for await (const { Items = [] } of paginateQuery({ client }, query)) {
      for (const item of Items.map((one) => unmarshall(one))) {
        family.set(String(item['sk']).slice(sk.length), item);
      }
    }
    return ok(family);
  } catch (error) {
    report('Query', error);
    return err(STORE_UNAVAILABLE);
  }
}

export function gatesIn(family: ReadonlyMap<string, Record<string, unknown>>): Gates {
  const head = family.get('#HEAD');
  const gates = new Map<number, Gate>();
  for (const [name, item] of family) {
    if (/^#\d+$/.test(name)) gates.set(Number(name.slice(1)), readGate(item));
  }
  return { head: head === undefined ? null : readGate(head), gates };
}

export function gatePorts(table: Table, record: Key): GatePorts {
  return {
    read: async () => {
      const family = await readFamily(table, record);
      return family.ok ? ok(gatesIn(family.value)) : family;
    },
    together: async (numbers, gate) => {
      const TransactItems = numbers.map((number) => ({
        Put: putGate(table.name, gateKey(record, number), gate),
      }));
      try {
        await table.client.send(new TransactWriteItemsCommand({ TransactItems }));
        return true;
      } catch {
        // One by one, each failure is reported.
        return false;
      }
    },
    write: async (number, gate) => {
      const written = await putPatiently(table, putGate(table.name, gateKey(record, number), gate));
      return written.ok ? ok(null) : written;
    },
  };
}

/**
 * Notes something beside whether the gates are open, which an order may forget. A gate that no order ever wrote counts as
 * one from before the first.
 */
export async function noteAtGates(
  table: Table,
  record: Key,
  attribute: string,
  value: Readonly<Record<string, unknown>>,
): Promise<Result<null, Unavailable>> {
  const numbers = Array.from({ length: GATES }, (_, number) => number);
  const written = await Promise.all(
    numbers.map((number) =>
      writePatiently(table, 'UpdateItem', () =>
        table.client.send(
          new UpdateItemCommand({
            TableName: table.name,
            Key: marshall(gateKey(record, number)),
            UpdateExpression: 'SET #noted = :value, epoch = if_not_exists(epoch, :none)',
            ExpressionAttributeNames: { '#noted': attribute },
            ExpressionAttributeValues: marshall({ ':value': value, ':none': 0 }),
          }),
        ),
      ),
    ),
  );
  return (written.find((one) => !one.ok) as Err<Unavailable> | undefined) ?? ok(null);
}

/** As `mayReplace` says: an item of an earlier order, or none. */
function putGate(table: string, key: Key, { epoch, closed, until }: Gate) {
  const data = { epoch, ...(closed && { closed }), ...(closed && until !== null && { until }) };
  return {
    TableName: table,
    Item: marshall({ ...key, ...data }),
    ConditionExpression: 'attribute_not_exists(epoch) OR epoch < :epoch',
    ExpressionAttributeValues: marshall({ ':epoch': epoch }),
  };
}

/**
 * Writes one item outside of a transaction, between those that touch it.
 *
 * @returns false if its condition failed.
 */
export function putPatiently(
  table: Table,
  input: PutItemCommandInput,
): Promise<Result<boolean, Unavailable>> {
  return writePatiently(table, 'PutItem', () => table.client.send(new PutItemCommand(input)));
}

/** As {@link putPatiently}, for a write of any kind. */
export async function writePatiently(
  { report, timing = REAL_TIME }: Table,
  operation: string,
  send: () => Promise<unknown>,
): Promise<Result<boolean, Unavailable>> {
  const attempt = async (): Promise<Result<boolean, Unavailable> | Again> => {
    try {
      await send();
      return ok(true);
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return ok(false);
      if (error instanceof TransactionConflictException) return { again: error };
      report(operation, error);
      return err(STORE_UNAVAILABLE);
    }
  };
  const done = await repeat(attempt, ENDING, timing);
  if (!('again' in done)) return done;
  report(operation, done.again);
  return err(STORE_UNAVAILABLE);
}
