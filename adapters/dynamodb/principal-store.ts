import { GetItemCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Unavailable } from '../../core/failure.ts';
import type { PrincipalStore, Suspension } from '../../core/ports.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { principalEventKey, suspensionKey } from './keys.ts';
import { openGrants } from './read-principal.ts';
import type { Table } from './table.ts';
import { STORE_UNAVAILABLE } from './table.ts';

/** Suspensions, and the open grants of a principal. */
export function dynamoPrincipalStore(table: Table): PrincipalStore {
  const { client, name: TableName } = table;
  const attempt = async <T>(
    operation: string,
    what: () => Promise<T>,
  ): Promise<Result<T, Unavailable>> => {
    try {
      return ok(await what());
    } catch (error) {
      table.report(operation, error);
      return err(STORE_UNAVAILABLE);
    }
  };
  return {
    suspend: (principal, suspension) =>
      attempt('TransactWriteItems', async () => {
        const Item = marshall({ ...suspensionKey(principal), ...suspension });
        const kept = record(TableName, principal, 'suspended', suspension);
        const TransactItems = [{ Put: { TableName, Item } }, kept];
        await client.send(new TransactWriteItemsCommand({ TransactItems }));
        return null;
      }),
    resume: (principal, resumption) =>
      attempt('TransactWriteItems', async () => {
        const Key = marshall(suspensionKey(principal));
        const kept = record(TableName, principal, 'resumed', resumption);
        const TransactItems = [{ Delete: { TableName, Key } }, kept];
        await client.send(new TransactWriteItemsCommand({ TransactItems }));
        return null;
      }),
    suspensionOf: (principal) =>
      attempt('GetItem', async () => {
        const Key = marshall(suspensionKey(principal));
        const { Item } = await client.send(
          new GetItemCommand({ TableName, Key, ConsistentRead: true }),
        );
        if (Item === undefined) return null;
        const { at, by, reason } = unmarshall(Item) as Suspension;
        return { at, by, reason };
      }),
    openGrants: (principal) => openGrants(table, principal),
  };
}

/** One line of the principal's own audit trail. */
function record(TableName: string, principal: string, type: string, by: Suspension) {
  return {
    Put: { TableName, Item: marshall({ ...principalEventKey(principal, by.at), type, ...by }) },
  };
}
