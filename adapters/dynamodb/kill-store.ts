import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  paginateQuery,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Unavailable } from '../../core/failure.ts';
import type { Cutoff } from '../../core/kill/cutoff.ts';
import {
  type DeniedGrant,
  type KillSwitch,
  NOTHING_DENIED,
  type OpenGrant,
} from '../../core/kill/deny-policy.ts';
import type { KillStore, SwitchState } from '../../core/kill/ports.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { dynamoFreezes } from './freezes.ts';
import { noteAtGates } from './gates.ts';
import { BY_DUE, type Key, SWITCH_SHARD } from './keys.ts';
import { cutoffKey, denyKey, freezeKey, openOnRoleKey, roleOf, switchKey } from './role-keys.ts';
import type { Table } from './table.ts';
import { STORE_UNAVAILABLE } from './table.ts';

/** The kill switch's rows of the table, by role: denies, open grants, the switch with its lease, and its freeze. */
export function dynamoKillStore(table: Table): KillStore {
  const { client, name: TableName } = table;
  /** A failed condition is an answer; any other error means that the store is unavailable. */
  const conditional = async (
    what: () => Promise<unknown>,
  ): Promise<Result<boolean, Unavailable>> => {
    try {
      await what();
      return ok(true);
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return ok(false);
      table.report('kill store', error);
      return err(STORE_UNAVAILABLE);
    }
  };
  const read = async (key: Key): Promise<Result<Record<string, unknown> | null, Unavailable>> => {
    try {
      const command = new GetItemCommand({ TableName, Key: marshall(key), ConsistentRead: true });
      const { Item } = await client.send(command);
      return ok(Item === undefined ? null : unmarshall(Item));
    } catch (error) {
      table.report('GetItem', error);
      return err(STORE_UNAVAILABLE);
    }
  };

  return {
    denied: (role) => readRows(table, denyKey(role, ''), deniedGrant),
    open: (role) => readRows(table, openOnRoleKey(role, ''), openGrant),
    cutoffOf: async (role) => {
      const item = await read(cutoffKey(role));
      return item.ok ? ok(cutoffIn(item.value)) : item;
    },
    cutOff: async (role, cutoff) => {
      try {
        await client.send(
          new UpdateItemCommand({
            TableName,
            Key: marshall(cutoffKey(role)),
            UpdateExpression:
              'SET #at = :at, #until = :until, #reason = :reason, denied = :denied, #ttl = :ttl',
            ConditionExpression: 'attribute_not_exists(#at) OR #at < :at',
            ExpressionAttributeNames: {
              ...{ '#at': 'at', '#until': 'until', '#reason': 'reason', '#ttl': 'ttl' },
            },
            ExpressionAttributeValues: marshall({
              ':at': cutoff.at,
              ':until': cutoff.until,
              ':reason': cutoff.reason,
              ':denied': cutoff.denied,
              ':ttl': Math.ceil(cutoff.until / 1000) + DAY_SECONDS,
            }),
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        );
        return ok(cutoff);
      } catch (error) {
        const found = error instanceof ConditionalCheckFailedException ? error.Item : undefined;
        if (found !== undefined) return ok(cutoffIn(unmarshall(found)) ?? cutoff);
        table.report('kill store', error);
        return err(STORE_UNAVAILABLE);
      }
    },
    readSwitch: async (role) => {
      const item = await read(switchKey(role));
      if (!item.ok) return item;
      const state: SwitchState = { ...NEVER_WRITTEN, ...item.value };
      const { writes, wroteAt } = state;
      const confirmed = switchOf(state.confirmed);
      return ok({ confirmed, writes, wroteAt, leased: item.value?.['leaseUntil'] !== undefined });
    },
    lease: (role, holder, now, until) =>
      conditional(() =>
        client.send(
          new UpdateItemCommand({
            TableName,
            Key: marshall(switchKey(role)),
            UpdateExpression:
              'SET holder = :holder, leaseUntil = :until, sweepShard = :shard, dueAt = if_not_exists(dueAt, :now)',
            ConditionExpression:
              'attribute_not_exists(leaseUntil) OR leaseUntil < :now OR holder = :holder',
            ExpressionAttributeValues: marshall({
              ':holder': holder,
              ':until': until,
              ':now': now,
              ':shard': SWITCH_SHARD,
            }),
          }),
        ),
      ),
    confirm: (role, holder, state) =>
      conditional(() =>
        client.send(
          new UpdateItemCommand({
            TableName,
            Key: marshall(switchKey(role)),
            UpdateExpression: 'SET confirmed = :confirmed, writes = :writes, wroteAt = :wroteAt',
            ConditionExpression: 'holder = :holder',
            ExpressionAttributeValues: marshall({
              ':holder': holder,
              ':confirmed': state.confirmed,
              ':writes': state.writes,
              ':wroteAt': state.wroteAt,
            }),
          }),
        ),
      ),
    release: async (role, holder) =>
      done(
        await conditional(() =>
          client.send(
            new UpdateItemCommand({
              TableName,
              Key: marshall(switchKey(role)),
              UpdateExpression: 'REMOVE holder, leaseUntil',
              ConditionExpression: 'holder = :holder',
              ExpressionAttributeValues: marshall({ ':holder': holder }),
            }),
          ),
        ),
      ),
    forget: (role, holder) =>
      conditional(() =>
        client.send(
          new DeleteItemCommand({
            TableName,
            Key: marshall(switchKey(role)),
            ConditionExpression: 'holder = :holder',
            ExpressionAttributeValues: marshall({ ':holder': holder }),
          }),
        ),
      ),
    noteUses: (role, uses) => {
      const room = Object.fromEntries(
        uses.map(({ hash, percent, until }) => [hash, { percent, until }]),
      );
      return noteAtGates(table, freezeKey(role), 'room', room);
    },
    roles: () => readRoles(table),
    ...dynamoFreezes(table),
  };
}

/** A cutoff that is past demands nothing, and stays for a day for whoever looks. */
const DAY_SECONDS = 86_400;

function cutoffIn(item: Readonly<Record<string, unknown>> | null): Cutoff | null {
  if (item === null) return null;
  const { at, until, reason, denied } = item as Cutoff;
  return { at, until, reason, denied };
}

const NEVER_WRITTEN: SwitchState = { confirmed: NOTHING_DENIED, writes: 0, wroteAt: 0 };

/** A switch that an earlier version wrote has the ids of its grants, and a cutoff. */
function switchOf(
  stored: Partial<KillSwitch> & { readonly grantIds?: readonly string[] },
): KillSwitch {
  const { grantIds = [], ...confirmed } = stored;
  return { ...NOTHING_DENIED, patterns: grantIds, ...confirmed };
}

/** All rows of a role whose sort keys begin like that one, read consistently. */
async function readRows<T>(
  table: Table,
  { pk, sk }: Key,
  rowOf: (grantId: string, row: Readonly<Record<string, unknown>>) => T,
): Promise<Result<readonly T[], Unavailable>> {
  const query = {
    TableName: table.name,
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
    ExpressionAttributeValues: marshall({ ':pk': pk, ':prefix': sk }),
    ConsistentRead: true,
  };
  const rows: T[] = [];
  try {
    for await (const { Items = [] } of paginateQuery({ client: table.client }, query)) {
      for (const item of Items) {
        const row = unmarshall(item);
        rows.push(rowOf(String(row['sk']).slice(sk.length), row));
      }
    }
    return ok(rows);
  } catch (error) {
    table.report('Query', error);
    return err(STORE_UNAVAILABLE);
  }
}

/** Eventually consistent; a role whose grants still end is found through them as well. */
async function readRoles(table: Table): Promise<Result<readonly string[], Unavailable>> {
  const query = {
    TableName: table.name,
    IndexName: BY_DUE,
    KeyConditionExpression: 'sweepShard = :shard',
    ExpressionAttributeValues: marshall({ ':shard': SWITCH_SHARD }),
  };
  const roles: string[] = [];
  try {
    for await (const { Items = [] } of paginateQuery({ client: table.client }, query)) {
      roles.push(...Items.map(({ pk }) => roleOf(pk?.S ?? '')));
    }
    return ok(roles);
  } catch (error) {
    table.report('Query', error);
    return err(STORE_UNAVAILABLE);
  }
}

/** A row of an earlier version does not say whether sessions may still begin: so they may. */
export function deniedGrant(grantId: string, row: Readonly<Record<string, unknown>>): DeniedGrant {
  const {
    at,
    until,
    principalKey = null,
    begins = true,
  } = row as Partial<DeniedGrant> & Pick<DeniedGrant, 'at' | 'until'>;
  return { grantId, at, until, principalKey, begins };
}

function openGrant(grantId: string, row: Readonly<Record<string, unknown>>): OpenGrant {
  const { principalKey = null } = row as Partial<OpenGrant>;
  return { grantId, principalKey };
}

function done(answer: Result<boolean, Unavailable>): Result<null, Unavailable> {
  return answer.ok ? ok(null) : answer;
}
