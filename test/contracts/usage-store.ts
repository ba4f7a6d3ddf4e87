import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { grantKey } from '../../adapters/dynamodb/keys.ts';
import { dynamoUsageStore } from '../../adapters/dynamodb/usage-store.ts';
import { NOW } from '../support/sample-grants.ts';
import type { TestTable } from './stores.contract.ts';

/** The store of usage on a table, with what its contract looks at beside it. */
export function usageStoreOn({ client, name }: TestTable) {
  return {
    usages: dynamoUsageStore({ client, name, report: () => undefined }, () => NOW, 400),
    eventsOf: async (grantId: string) => {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: name,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: marshall({ ':pk': grantKey(grantId).pk }),
          ConsistentRead: true,
        }),
      );
      return Items.map((item) => item['sk']?.S ?? '');
    },
  };
}
