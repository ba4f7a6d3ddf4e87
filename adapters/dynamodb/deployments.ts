import {
  GetItemCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Deployments } from '../../core/ledger/record-deployment.ts';
import { err, ok } from '../../core/result.ts';
import { principalEventItem } from './items.ts';
import { DEPLOYED_KEY } from './ledger-keys.ts';
import { STORE_UNAVAILABLE, type Table } from './table.ts';

/** The bundle whose deployment was recorded last. */
export function dynamoDeployments({ client, name: TableName, report }: Table): Deployments {
  return {
    last: async () => {
      try {
        const Key = marshall(DEPLOYED_KEY);
        const { Item } = await client.send(
          new GetItemCommand({ TableName, Key, ConsistentRead: true }),
        );
        return ok(Item?.['hash']?.S ?? null);
      } catch (error) {
        report('GetItem', error);
        return err(STORE_UNAVAILABLE);
      }
    },
    record: async (event, hash, before) => {
      const deployed = {
        TableName,
        Item: marshall({ ...DEPLOYED_KEY, hash }),
        ...(before === null
          ? { ConditionExpression: 'attribute_not_exists(pk)' }
          : {
              ConditionExpression: '#hash = :before',
              ExpressionAttributeNames: { '#hash': 'hash' },
              ExpressionAttributeValues: marshall({ ':before': before }),
            }),
      };
      const TransactItems = [
        { Put: deployed },
        { Put: { TableName, Item: principalEventItem(event) } },
      ];
      try {
        await client.send(new TransactWriteItemsCommand({ TransactItems }));
        return ok(true);
      } catch (error) {
        if (isTaken(error)) return ok(false);
        report('TransactWriteItems', error);
        return err(STORE_UNAVAILABLE);
      }
    },
  };
}

/** A condition failed. A conflict or a throttled table says nothing about who was faster. */
function isTaken(error: unknown): boolean {
  if (!(error instanceof TransactionCanceledException)) return false;
  return (error.CancellationReasons ?? []).some(({ Code }) => Code === 'ConditionalCheckFailed');
}
