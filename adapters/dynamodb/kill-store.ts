import {
  ConditionalCheckFailedException,
  GetItemCommand,
  paginateQuery,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Unavailable } from '../../core/failure.ts';
import { type DeniedGrant, NOTHING_DENIED } from '../../core/kill/deny-policy.ts';
import type { KillStore, SwitchState } from '../../core/kill/ports.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { dynamoFreezes } from './freezes.ts';
import { denyKey, type Key, switchKey } from './keys.ts';
import type { Table } from './table.ts';
import { STORE_UNAVAILABLE } from './table.ts';

/** The kill switch's rows of the table, by role: denies, the switch with its lease, and its freeze. */
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
    denied: (role) => readDenied(table, role),
    readSwitch: async (role) => {
      const item = await read(switchKey(role));
      if (!item.ok) return item;
      const state: SwitchState = { ...NEVER_WRITTEN, ...item.value };
      const { confirmed, writes, wroteAt } = state;
      return ok({ confirmed, writes, wroteAt, leased: item.value?.['leaseUntil'] !== undefined });
    },
    lease: (role, holder, now, until) =>
      conditional(() =>
        client.send(
          new UpdateItemCommand({
            TableName,
            Key: marshall(switchKey(role)),
            UpdateExpression: 'SET holder = :holder, leaseUntil = :until',
            ConditionExpression:
              'attribute_not_exists(leaseUntil) OR leaseUntil < :now OR holder = :holder',
            ExpressionAttributeValues: marshall({
              ':holder': holder,
              ':until': until,
              ':now': now,
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
    ...dynamoFreezes(table),
  };
}

const NEVER_WRITTEN: SwitchState = { confirmed: NOTHING_DENIED, writes: 0, wroteAt: 0 };

async function readDenied(
  table: Table,
  role: string,
): Promise<Result<readonly DeniedGrant[], Unavailable>> {
  const { pk, sk } = denyKey(role, '');
  const query = {
    TableName: table.name,
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
    ExpressionAttributeValues: marshall({ ':pk': pk, ':prefix': sk }),
    ConsistentRead: true,
  };
  const denied: DeniedGrant[] = [];
  try {
    for await (const { Items = [] } of paginateQuery({ client: table.client }, query)) {
      for (const item of Items) {
        const { sk: id, at, until } = unmarshall(item);
        denied.push({ grantId: String(id).slice(sk.length), at, until });
      }
    }
    return ok(denied);
  } catch (error) {
    table.report('Query', error);
    return err(STORE_UNAVAILABLE);
  }
}

function done(answer: Result<boolean, Unavailable>): Result<null, Unavailable> {
  return answer.ok ? ok(null) : answer;
}
