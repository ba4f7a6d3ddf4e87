import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Idempotency } from '../../core/call.ts';
import type { Unavailable } from '../../core/failure.ts';
import type { Instant } from '../../core/instant.ts';
import { type InForce, inForce, type Quarantine } from '../../core/quarantine.ts';
import { OLDEST_READ_MS, type QuarantineRead } from '../../core/read-quarantine.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { QuarantineStore, QuarantineWrite } from '../../core/upkeep/order-quarantine.ts';
import { DamagedItem } from './damaged-item.ts';
import { type Item, principalEventItem } from './items.ts';
import { type Key, QUARANTINE_KEY, RECOVERY_KEY } from './keys.ts';
import { idempotencyKey } from './principal-keys.ts';
import { reported } from './reported.ts';
import { ENDING } from './retries.ts';
import type { Table } from './table.ts';
import { type Part, transact } from './transaction.ts';
import { KEY_LIFETIME_SECONDS, notSuspended } from './transaction-parts.ts';

type Refused = Extract<
  Awaited<ReturnType<QuarantineStore['write']>>,
  { readonly ok: false }
>['error'];

/** The record of the quarantine. Everything is read strongly consistently. */
export function dynamoQuarantines(table: Table, clock: () => Instant): QuarantineStore {
  return {
    read: () => readRecord(table),
    recoveryGoesOn: () =>
      reported(table, 'GetItem', async () => {
        const item = await readItem(table, RECOVERY_KEY);
        return item !== null && item['phase']?.S !== 'ended';
      }),
    write: (write) =>
      transact<Refused>(table, (gate) => writeParts(table.name, write, clock(), gate), ENDING),
    givenUnder: (idempotency) => givenUnder(table, idempotency, clock()),
  };
}

/**
 * What is in force, read at most every two seconds: calls in between, and calls during the read, share it. A read that
 * fails is not kept.
 *
 * @param deployed Whether the deployment keeps a quarantine in force; a table that does not answer ends none.
 */
export function watchQuarantine(
  table: Table,
  clock: () => Instant,
  deployed: boolean,
): QuarantineRead {
  let last: { readonly at: Instant; readonly read: ReturnType<QuarantineRead> } | null = null;
  const look = async (): Promise<Result<InForce | null, Unavailable>> => {
    const record = await readRecord(table);
    if (!record.ok && !deployed) return record;
    return ok(inForce(record.ok ? record.value : null, deployed));
  };
  return () => {
    const now = clock();
    const age = last === null ? Number.NaN : now - last.at;
    if (last !== null && age >= 0 && age <= OLDEST_READ_MS) return last.read;
    const made = { at: now, read: look() };
    last = made;
    void made.read.then(({ ok: succeeded }) => {
      if (!succeeded && last === made) last = null;
    });
    return made.read;
  };
}

function readRecord(table: Table): Promise<Result<Quarantine | null, Unavailable>> {
  return reported(table, 'GetItem', async () => {
    const item = await readItem(table, QUARANTINE_KEY);
    return item === null ? null : quarantineIn(item);
  });
}

async function readItem({ client, name }: Table, key: Key): Promise<Item | null> {
  const command = { TableName: name, Key: marshall(key), ConsistentRead: true };
  const { Item } = await client.send(new GetItemCommand(command));
  return Item ?? null;
}

/** A record that says less than it should is an error, and refuses what gives access. */
function quarantineIn(item: Item): Quarantine {
  const { revision, cause, at, by, reason, release } = unmarshall(item) as Quarantine;
  const known = cause === 'order' || cause === 'recovery';
  const texts = [revision, reason].every((text) => typeof text === 'string');
  if (!known || !texts || typeof at !== 'number' || by === undefined || release === undefined) {
    throw new DamagedItem('the record of the quarantine');
  }
  return { revision, cause, at, by, reason, release };
}

/** Whether the key was used for such an order, which is the only one with its fingerprint. */
async function givenUnder(
  table: Table,
  { principal, key, fingerprint }: Idempotency,
  now: Instant,
): ReturnType<QuarantineStore['givenUnder']> {
  const read = await reported(table, 'GetItem', () =>
    readItem(table, idempotencyKey(principal, key)),
  );
  if (!read.ok) return read;
  if (read.value === null || Number(read.value['ttl']?.N) < seconds(now)) return ok(false);
  return read.value['fingerprint']?.S === fingerprint ? ok(true) : err({ code: 'key-reused' });
}

function writeParts(
  table: string,
  { before, after, event, idempotency, unsuspended }: QuarantineWrite,
  now: Instant,
  gate: number,
): readonly Part<Refused>[] {
  return [
    ...(idempotency === null ? [] : [newKey(table, idempotency, now)]),
    ...(unsuspended === null ? [] : [notSuspended(table, unsuspended, gate)]),
    recordPart(table, before, after),
    ...(event === null
      ? []
      : [
          {
            write: { Put: { TableName: table, Item: principalEventItem(event) } },
            refusal: noCondition,
          },
        ]),
  ];
}

function recordPart(
  table: string,
  before: Quarantine | null,
  after: Quarantine | null,
): Part<Refused> {
  const condition =
    before === null
      ? { ConditionExpression: 'attribute_not_exists(pk)' }
      : {
          ConditionExpression: 'revision = :revision',
          ExpressionAttributeValues: marshall({ ':revision': before.revision }),
        };
  const Key = marshall(QUARANTINE_KEY);
  const refusal = () => CONFLICT;
  if (before === after || (before === null && after === null)) {
    return { write: { ConditionCheck: { TableName: table, Key, ...condition } }, refusal };
  }
  if (after === null)
    return { write: { Delete: { TableName: table, Key, ...condition } }, refusal };
  const Item = marshall({ ...QUARANTINE_KEY, ...after });
  return { write: { Put: { TableName: table, Item, ...condition } }, refusal };
}

const CONFLICT = { code: 'conflict' } as const;

function newKey(
  table: string,
  { principal, key, fingerprint }: Idempotency,
  now: Instant,
): Part<Refused> {
  const ttl = seconds(now) + KEY_LIFETIME_SECONDS;
  return {
    write: {
      Put: {
        TableName: table,
        Item: marshall({ ...idempotencyKey(principal, key), fingerprint, ttl }),
        ConditionExpression: 'attribute_not_exists(pk) OR #ttl < :now',
        ExpressionAttributeNames: { '#ttl': 'ttl' },
        ExpressionAttributeValues: marshall({ ':now': seconds(now) }),
      },
    },
    // The next read of the key tells what it was used for.
    refusal: () => CONFLICT,
  };
}

function seconds(at: Instant): number {
  return Math.floor(at / 1000);
}

function noCondition(): never {
  throw new Error('a write without a condition cannot fail its condition');
}
