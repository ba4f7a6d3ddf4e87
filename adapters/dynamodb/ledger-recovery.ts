import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { LedgerRecovery, RecoveryMarks } from '../../core/recovery/ledger-recovery.ts';
import type { Key } from './keys.ts';
import { LEDGER_CHECKED_KEY, LEDGER_RECOVERY_KEY } from './ledger-keys.ts';
import { reported } from './reported.ts';
import type { Table } from './table.ts';

/** How far a recovery of the ledger has come, in the table that it is of. */
export function dynamoLedgerRecovery(table: Table): RecoveryMarks {
  const get = async (key: Key) => {
    const input = { TableName: table.name, Key: marshall(key), ConsistentRead: true };
    const { Item } = await table.client.send(new GetItemCommand(input));
    return Item === undefined ? null : unmarshall(Item);
  };
  return {
    read: () =>
      reported(table, 'GetItem', async () => {
        const found = await get(LEDGER_RECOVERY_KEY);
        return found === null ? null : (found['recovery'] as LedgerRecovery);
      }),
    note: (recovery) =>
      reported(table, 'PutItem', async () => {
        const Item = marshall({ ...LEDGER_RECOVERY_KEY, recovery });
        await table.client.send(new PutItemCommand({ TableName: table.name, Item }));
        return null;
      }),
    origin: () =>
      reported(table, 'GetItem', async () => {
        const { origin } = (await get(LEDGER_CHECKED_KEY)) ?? {};
        return typeof origin === 'string' ? origin : null;
      }),
  };
}
