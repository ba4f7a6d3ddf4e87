import {
  ConditionalCheckFailedException,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Unavailable } from '../../core/failure.ts';
import type { DeniedById } from '../../core/kill/recover-role.ts';
import type { RecoveryStore } from '../../core/recovery/recover-ports.ts';
import { PHASES, type Recovery } from '../../core/recovery/recovery.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Conflict } from '../../core/retry-on-conflict.ts';
import { DamagedItem } from './damaged-item.ts';
import { RECOVERY_KEY, recoveredRoleKey } from './keys.ts';
import { reported } from './reported.ts';
import type { Table } from './table.ts';

/** How far a recovery has come, and what the policies of roles had denied. Read strongly consistently. */
export function dynamoRecoveries(table: Table): RecoveryStore {
  const { client, name: TableName } = table;
  return {
    read: () =>
      reported(table, 'GetItem', async () => {
        const Key = marshall(RECOVERY_KEY);
        const found = await client.send(
          new GetItemCommand({ TableName, Key, ConsistentRead: true }),
        );
        return found.Item === undefined ? null : recoveryIn(unmarshall(found.Item));
      }),
    write: (before, after) => write(table, before, after),
    keepRole: (tableId, role, denied) =>
      reported(table, 'PutItem', async () => {
        const Item = marshall({ ...recoveredRoleKey(tableId, role), ...denied });
        await client.send(new PutItemCommand({ TableName, Item }));
        return null;
      }),
    roles: (tableId, after, limit) =>
      reported(table, 'Query', async () => {
        const { pk, sk } = recoveredRoleKey(tableId, after);
        const { Items = [] } = await client.send(
          new QueryCommand({
            TableName,
            KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
            ExpressionAttributeValues: marshall({ ':pk': pk, ':from': sk, ':to': `${ROLES}~` }),
            ConsistentRead: true,
            // The range includes the role to begin after.
            Limit: limit + 1,
          }),
        );
        const roles = Items.map((item) => roleIn(unmarshall(item)));
        return roles.filter(({ role }) => role !== after).slice(0, limit);
      }),
  };
}

const ROLES = recoveredRoleKey('', '').sk;

async function write(
  { client, name: TableName, report }: Table,
  before: Recovery | null,
  after: Recovery,
): Promise<Result<null, Conflict | Unavailable>> {
  const condition =
    before === null
      ? { ConditionExpression: 'attribute_not_exists(pk)' }
      : {
          ConditionExpression: 'revision = :revision',
          ExpressionAttributeValues: marshall({ ':revision': before.revision }),
        };
  const Item = marshall({ ...RECOVERY_KEY, ...after });
  try {
    await client.send(new PutItemCommand({ TableName, Item, ...condition }));
    return ok(null);
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return err({ code: 'conflict' });
    report('PutItem', error);
    return err({ code: 'unavailable', what: 'store' });
  }
}

function recoveryIn(item: Readonly<Record<string, unknown>>): Recovery {
  const { pk: _, sk: __, ...recovery } = item;
  const { tableId, restoredTo, revision, phase, report } = recovery as Partial<Recovery>;
  const whole =
    typeof tableId === 'string' &&
    typeof restoredTo === 'number' &&
    typeof revision === 'number' &&
    report !== undefined &&
    PHASES.some((known) => known === phase);
  if (!whole) throw new DamagedItem('the record of the recovery');
  return recovery as Recovery;
}

function roleIn(item: Readonly<Record<string, unknown>>): DeniedById & { readonly role: string } {
  const { sk, patterns, except } = item as DeniedById & { readonly sk: string };
  if (!Array.isArray(patterns)) throw new DamagedItem('a role of the recovery');
  return { role: sk.slice(ROLES.length), patterns, except };
}
