import { ConditionalCheckFailedException, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { PrincipalEvent } from '../../core/audit.ts';
import type { Unavailable } from '../../core/failure.ts';
import type { PlacedEvent, Restoration, RestoreStore } from '../../core/recovery/ports.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Conflict } from '../../core/retry-on-conflict.ts';
import { allRows } from './follow-grant.ts';
import { eventItem, type Item, principalEventItem, restoredItem } from './items.ts';
import { reported } from './reported.ts';
import { ENDING } from './retries.ts';
import type { Table } from './table.ts';
import { type Part, transact } from './transaction.ts';
import { newEvent, newGrant, nextVersion } from './transaction-parts.ts';

/** One transaction of DynamoDB writes at most 100 items. */
const MOST_ITEMS = 100;
const CONFLICT: Conflict = { code: 'conflict' };

/** Brings grants back into a restored table. */
export function dynamoRestoreStore(table: Table): RestoreStore {
  return {
    restore: (restoration) => restore(table, restoration),
    events: (events) => putEvents(table, events),
  };
}

/** One by one: a principal has few of them, and each may be there already. */
async function putEvents(
  table: Table,
  events: readonly PrincipalEvent[],
): Promise<Result<null, Unavailable>> {
  for (const event of events) {
    const Item = restoredItem(principalEventItem(event));
    const written = await reported(table, 'PutItem', () => putUnlessThere(table, Item));
    if (!written.ok) return written;
  }
  return ok(null);
}

async function putUnlessThere({ client, name }: Table, Item: Item): Promise<null> {
  const condition = { ConditionExpression: 'attribute_not_exists(pk)' };
  try {
    await client.send(new PutItemCommand({ TableName: name, Item, ...condition }));
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
  return null;
}

/** Events that do not fit go first: without their grant they say nothing wrong, and they are written again. */
async function restore(
  table: Table,
  { missing, ...restoration }: Restoration,
): Promise<Result<null, Conflict | Unavailable>> {
  const { name } = table;
  const grant = grantParts(name, restoration);
  const room = MOST_ITEMS - grant.length;
  let rest = missing;
  while (rest.length > room) {
    const first = rest.slice(0, MOST_ITEMS);
    const parts = first.map((one) => restoredEvent(name, one));
    const written = await transact<Conflict>(table, () => parts, ENDING);
    if (!written.ok) return written;
    rest = rest.slice(first.length);
  }
  const parts = [...grant, ...rest.map((one) => restoredEvent(name, one))];
  const written = await transact<Conflict>(table, () => parts, ENDING);
  return written.ok ? ok(null) : written;
}

function grantParts(
  table: string,
  { before, grant, events }: Omit<Restoration, 'missing'>,
): readonly Part<Conflict>[] {
  const write =
    before === null
      ? { ...newGrant(table, grant), refusal: () => CONFLICT }
      : nextVersion(table, before, grant);
  return [write, ...allRows(table, grant), ...events.map((event) => newEvent(table, event))];
}

function restoredEvent(table: string, { event, position }: PlacedEvent): Part<never> {
  const Put = { TableName: table, Item: restoredItem(eventItem(event, position)) };
  return {
    write: { Put },
    refusal: () => {
      throw new Error('a write without a condition cannot fail its condition');
    },
  };
}
