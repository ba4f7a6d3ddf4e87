import type { ConditionCheck } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { AuditEvent } from '../../core/audit.ts';
import type { Idempotency } from '../../core/call.ts';
import type { Decision } from '../../core/decision.ts';
import { isClosed } from '../../core/gates.ts';
import type { ActiveGrant, Grant } from '../../core/grant.ts';
import type { Instant } from '../../core/instant.ts';
import { hashOf } from '../../core/kill/deny-policy.ts';
import type { RoomUse } from '../../core/kill/pressure.ts';
import { sweepAt } from '../../core/lifecycle/next-step.ts';
import { type Limited, limitedByKillSwitch } from '../../core/limits.ts';
import type { CreateRefusal, Repeated, VendRefusal } from '../../core/ports.ts';
import { gateOpen, readGate } from './gates.ts';
import { eventItem, grantItem, type Item } from './items.ts';
import { grantKey, statusShard } from './keys.ts';
import { idempotencyKey, suspensionKey } from './principal-keys.ts';
import { freezeKey } from './role-keys.ts';
import { STORE_UNAVAILABLE } from './table.ts';
import type { Part } from './transaction.ts';

/** The conditions and writes that the store's transactions consist of. */

/** Keys are remembered for a day. DynamoDB deletes late, so conditions compare the time as well. */
export const KEY_LIFETIME_SECONDS = 86_400;

type Refusal<Code extends string> = Extract<CreateRefusal | VendRefusal, { code: Code }>;

export function newGrant(table: string, grant: Grant): Part<Refusal<'unavailable'>> {
  return {
    write: {
      Put: {
        TableName: table,
        Item: grantItem(grant),
        ConditionExpression: 'attribute_not_exists(pk)',
      },
    },
    refusal: () => STORE_UNAVAILABLE,
  };
}

export function newEvent(table: string, event: AuditEvent, position = 0): Part<never> {
  return {
    write: { Put: { TableName: table, Item: eventItem(event, position) } },
    refusal: noCondition,
  };
}

/** An `Idempotency-Key` that no request has used yet. */
export function newIdempotencyKey(
  table: string,
  idempotency: Idempotency,
  grantId: string,
  now: Instant,
  decision: Decision | null = null,
): Part<Repeated | Refusal<'key-reused'>> {
  const condition = 'attribute_not_exists(pk) OR #ttl < :now';
  return {
    write: putIdempotencyKey(table, idempotency, { grantId, decision }, now, condition),
    refusal: (found) =>
      found?.['fingerprint']?.S === idempotency.fingerprint && found['grantId']?.S !== undefined
        ? { code: 'repeated', grantId: found['grantId'].S }
        : { code: 'key-reused' },
  };
}

/** An `Idempotency-Key` that is new, or that the very same request has used. */
export function sameIdempotencyKey(
  table: string,
  idempotency: Idempotency,
  grantId: string,
  now: Instant,
): Part<Refusal<'key-reused'>> {
  const condition = 'attribute_not_exists(pk) OR #ttl < :now OR fingerprint = :fingerprint';
  const write = putIdempotencyKey(table, idempotency, { grantId }, now, condition);
  const fingerprint = marshall({ ':fingerprint': idempotency.fingerprint });
  Object.assign(write.Put.ExpressionAttributeValues, fingerprint);
  return { write, refusal: () => ({ code: 'key-reused' }) };
}

/** This gate of the principal is open. */
export function notSuspended(
  table: string,
  principal: string,
  gate: number,
): Part<Refusal<'suspended'>> {
  const of = { record: suspensionKey(principal), number: gate };
  return gateOpen(table, of, { code: 'suspended', principal });
}

/** Who is about to vend, and how much of the room of the role's kill switch it may need. */
type VendOn = {
  readonly grant: Pick<Grant, 'principalKey'>;
  readonly killSwitchPercent?: number;
};

/**
 * This gate of the role is open; one that was closed until a time opens then. The gate also says whose ended grants need
 * much of the room of the role's kill switch, so that the limit on it costs no further read.
 */
export function mayVendOn(
  table: string,
  roleArn: string,
  { grant, killSwitchPercent: most }: VendOn,
  now: Instant,
  gate: number,
): Part<Refusal<'role-frozen'> | Limited> {
  const frozen: Refusal<'role-frozen'> = { code: 'role-frozen' };
  const open = gateOpen(table, { record: freezeKey(roleArn), number: gate }, frozen, now);
  const hash = hashOf(grant);
  if (most === undefined || hash === null) return open;
  return {
    ...open,
    write: { ConditionCheck: withRoom(open.write.ConditionCheck, hash, most) },
    refusal: (found) => {
      const { room = {}, ...gateFound } = found === undefined ? {} : unmarshall(found);
      const { percent = 0, until = 0 } = (room as Readonly<Record<string, RoomUse>>)[hash] ?? {};
      const over = percent >= most && until > now;
      if (isClosed(readGate(gateFound), now) || !over) return frozen;
      return limitedByKillSwitch(most, until, now);
    },
  };
}

function withRoom(open: ConditionCheck, hash: string, most: number): ConditionCheck {
  return {
    ...open,
    ConditionExpression: `(${open.ConditionExpression}) AND (attribute_not_exists(room.#hash) OR room.#hash.#until <= :now OR room.#hash.#percent < :most)`,
    ExpressionAttributeNames: {
      ...open.ExpressionAttributeNames,
      '#hash': hash,
      '#percent': 'percent',
    },
    ExpressionAttributeValues: {
      ...open.ExpressionAttributeValues,
      ...marshall({ ':most': most }),
    },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  };
}

/** The grant before credentials are vended under it: it may vend now, and its end is the one that was read. */
export function vendedGrant(
  table: string,
  grant: ActiveGrant,
  now: Instant,
): Part<Refusal<'conflict'>> {
  const begun = '(#status = :active OR (#status = :scheduled AND startsAt <= :now))';
  const longer = '(keysValidUntil = :none OR keysValidUntil <= :end)';
  return {
    write: {
      Update: {
        TableName: table,
        Key: marshall(grantKey(grant.id)),
        UpdateExpression:
          'SET keysValidUntil = :end, #status = :active, statusShard = :shard, dueAt = :due',
        ConditionExpression: `${begun} AND expiresAt = :expires AND expiresAt > :now AND denial = :none AND ${longer}`,
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: marshall({
          ':end': grant.keysValidUntil,
          ':active': 'active',
          ':shard': statusShard({ id: grant.id, status: 'active' }),
          ':scheduled': 'scheduled',
          ':expires': grant.expiresAt,
          ':due': sweepAt(grant),
          ':none': null,
          ':now': now,
        }),
      },
    },
    refusal: () => ({ code: 'conflict' }),
  };
}

/** The next version of a grant that is still as it was read, vends included. */
export function nextVersion(table: string, before: Grant, grant: Grant): Part<Refusal<'conflict'>> {
  return {
    write: {
      Put: {
        TableName: table,
        Item: grantItem(grant),
        ConditionExpression: 'version = :version AND keysValidUntil = :keys',
        ExpressionAttributeValues: marshall({
          ':version': before.version,
          ':keys': before.keysValidUntil,
        }),
      },
    },
    refusal: () => ({ code: 'conflict' }),
  };
}

function putIdempotencyKey(
  table: string,
  { principal, key, fingerprint }: Idempotency,
  answer: { readonly grantId: string; readonly decision?: Decision | null },
  now: Instant,
  condition: string,
) {
  const seconds = Math.floor(now / 1000);
  const ttl = seconds + KEY_LIFETIME_SECONDS;
  return {
    Put: {
      TableName: table,
      Item: marshall({ ...idempotencyKey(principal, key), fingerprint, ...answer, ttl }),
      ConditionExpression: condition,
      ExpressionAttributeNames: { '#ttl': 'ttl' },
      ExpressionAttributeValues: marshall({ ':now': seconds }) as Item,
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
    },
  };
}

function noCondition(): never {
  throw new Error('a write without a condition cannot fail its condition');
}
