import { marshall } from '@aws-sdk/util-dynamodb';
import type { Idempotency } from '../../core/call.ts';
import type { Unavailable } from '../../core/failure.ts';
import type { Gate } from '../../core/gates.ts';
import type { Instant } from '../../core/instant.ts';
import type { OrderRefusal, OrderWrite } from '../../core/ports.ts';
import {
  eventOfOrder,
  type OpenOrder,
  type OrderResult,
  type PrincipalOrder,
  type Suspension,
} from '../../core/principal-order.ts';
import { newHead } from './gates.ts';
import { type Item, principalEventItem, restoredItem } from './items.ts';
import type { Key } from './keys.ts';
import {
  idempotencyKey,
  orderKey,
  suspensionKey,
  suspensionListKey,
  suspensionPlace,
} from './principal-keys.ts';
import type { Part } from './transaction.ts';
import { KEY_LIFETIME_SECONDS, notSuspended } from './transaction-parts.ts';

/**
 * The writes of an order about a principal.
 *
 * @param head What the principal's gates must follow; null where the order leaves them as they are.
 */
export function orderParts(
  table: string,
  write: OrderWrite,
  head: Gate | null,
  gate: number,
): readonly Part<OrderRefusal>[] {
  const { order, before, result, open, idempotency, unsuspended, restored } = write;
  const event = eventOfOrder(order);
  return [
    ...(idempotency === null ? [] : [newKey(table, idempotency, order, open ? null : result)]),
    ...(unsuspended === null ? [] : [notSuspended(table, unsuspended, gate)]),
    ...suspensionParts(table, order, before),
    ...(head === null ? [] : [newHead(table, suspensionKey(order.principal), head, CONFLICT)]),
    put(table, restored ? restoredItem(principalEventItem(event)) : principalEventItem(event)),
    ...(open
      ? [put(table, openOrderItem({ order, result, after: null, missed: 0, idempotency }))]
      : []),
  ];
}

const CONFLICT = { code: 'conflict' } as const;

/** Forgets the open order; a key that still counts remembers the result. */
export function finishParts(
  table: string,
  { order, result, idempotency }: OpenOrder,
  now: Instant,
): readonly Part<Unavailable>[] {
  const remembers = idempotency !== null && seconds(now) < ttlOf(order);
  return [
    remove(table, orderKey(order)),
    ...(remembers ? [put(table, keyItem(idempotency, order, result))] : []),
  ];
}

export function openOrderItem({ order, result, ...progress }: OpenOrder): Item {
  return marshall({ ...orderKey(order), ...order, ...result, ...progress });
}

/** An `Idempotency-Key` that nothing was done under. */
function newKey(
  table: string,
  idempotency: Idempotency,
  order: PrincipalOrder,
  result: OrderResult | null,
): Part<OrderRefusal> {
  return {
    write: {
      Put: {
        TableName: table,
        Item: keyItem(idempotency, order, result),
        ConditionExpression: 'attribute_not_exists(pk) OR #ttl < :now',
        ExpressionAttributeNames: { '#ttl': 'ttl' },
        ExpressionAttributeValues: marshall({ ':now': seconds(order.at) }),
      },
    },
    refusal: () => ({ code: 'conflict' }),
  };
}

function keyItem(
  { principal, key, fingerprint }: Idempotency,
  order: PrincipalOrder,
  result: OrderResult | null,
): Item {
  return marshall({
    ...idempotencyKey(principal, key),
    fingerprint,
    orderKey: orderKey(order).sk,
    ...(result !== null && { result }),
    ttl: ttlOf(order),
  });
}

/** The suspension, exactly as it was read, and its place in the list. */
function suspensionParts(
  table: string,
  order: PrincipalOrder,
  before: Suspension | null,
): readonly Part<OrderRefusal>[] {
  if (order.what === 'revoke') return [];
  const { principal, at, actor: by, reason } = order;
  const suspends = order.what === 'suspend';
  const moved = before !== null && !(suspends && before.at === at);
  const facts = { at, by, reason };
  const Key = suspensionKey(principal);
  const listed = (from: Instant): Key => suspensionListKey(suspensionPlace(principal, from));
  return [
    {
      write: suspends
        ? { Put: { TableName: table, Item: marshall({ ...Key, ...facts }), ...asRead(before) } }
        : { Delete: { TableName: table, Key: marshall(Key), ...asRead(before) } },
      refusal: () => ({ code: 'conflict' }),
    },
    ...(moved ? [remove(table, listed(before.at))] : []),
    ...(suspends ? [put(table, marshall({ ...listed(at), principal, ...facts }))] : []),
  ];
}

function asRead(before: Suspension | null) {
  if (before === null) return { ConditionExpression: 'attribute_not_exists(pk)' };
  return {
    // A row that was written by hand may lack the time.
    ConditionExpression: before.at === 0 ? 'attribute_not_exists(#at)' : '#at = :at',
    ExpressionAttributeNames: { '#at': 'at' },
    ...(before.at !== 0 && { ExpressionAttributeValues: marshall({ ':at': before.at }) }),
  };
}

function put(table: string, item: Item): Part<never> {
  return { write: { Put: { TableName: table, Item: item } }, refusal: noCondition };
}

function remove(table: string, key: Key): Part<never> {
  return { write: { Delete: { TableName: table, Key: marshall(key) } }, refusal: noCondition };
}

function ttlOf({ at }: PrincipalOrder): number {
  return seconds(at) + KEY_LIFETIME_SECONDS;
}

function seconds(at: Instant): number {
  return Math.floor(at / 1000);
}

function noCondition(): never {
  throw new Error('a write without a condition cannot fail its condition');
}
