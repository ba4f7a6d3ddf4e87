import { DeleteItemCommand, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Unavailable } from '../../core/failure.ts';
import type { PrincipalStore, Suspension } from '../../core/ports.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Table } from './grant-store.ts';
import { suspensionKey } from './keys.ts';
import { openGrants } from './read-principal.ts';
import { STORE_UNAVAILABLE } from './transaction.ts';

/** Suspensions, and what a principal has open. */
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
      attempt('PutItem', async () => {
        const Item = marshall({ ...suspensionKey(principal), ...suspension });
        await client.send(new PutItemCommand({ TableName, Item }));
        return null;
      }),
    resume: (principal) =>
      attempt('DeleteItem', async () => {
        const Key = marshall(suspensionKey(principal));
        await client.send(new DeleteItemCommand({ TableName, Key }));
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
