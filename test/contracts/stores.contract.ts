import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { appendPrincipalEvent } from '../../adapters/dynamodb/append-event.ts';
import { gatePorts } from '../../adapters/dynamodb/gates.ts';
import { dynamoGrantStore } from '../../adapters/dynamodb/grant-store.ts';
import type { Key } from '../../adapters/dynamodb/keys.ts';
import { dynamoKillStore } from '../../adapters/dynamodb/kill-store.ts';
import { principalEventKey, suspensionKey } from '../../adapters/dynamodb/principal-keys.ts';
import { dynamoPrincipalStore } from '../../adapters/dynamodb/principal-store.ts';
import { freezeKey } from '../../adapters/dynamodb/role-keys.ts';
import { dynamoSignalStore } from '../../adapters/dynamodb/signal-store.ts';
import { GATES } from '../../core/gates.ts';
import { NOW } from '../support/sample-grants.ts';
import { grantStoreContract } from './grant-store.contract.ts';
import { endingStoresContract } from './kill-store.contract.ts';
import { limitsContract } from './limits.contract.ts';
import { listsContract } from './lists.contract.ts';
import { principalStoreContract } from './principal-store.contract.ts';
import { signalStoreContract } from './signal-store.contract.ts';

export type TestTable = { readonly client: DynamoDBClient; readonly name: string };

/** The contracts of all ports that are kept in DynamoDB, on one implementation of it. */
export function storeContracts(dynamo: string, open: () => Promise<TestTable>): void {
  const table = async () => ({ ...(await open()), report: () => undefined });

  grantStoreContract(dynamo, async () => {
    const on = await table();
    const close = async (record: Key) => {
      const gate = { epoch: 1, closed: true, until: null };
      const { write } = gatePorts(on, record);
      await Promise.all(Array.from({ length: GATES }, (_, number) => write(number, gate)));
    };
    return {
      store: dynamoGrantStore(on, () => NOW),
      backdoor: {
        suspend: (principal) => close(suspensionKey(principal)),
        freeze: (roleArn) => close(freezeKey(roleArn)),
      },
    };
  });

  listsContract(dynamo, open);

  signalStoreContract(dynamo, async () => {
    const on = await table();
    return {
      store: dynamoGrantStore(on, () => NOW),
      signals: dynamoSignalStore(on),
      append: (event) => appendPrincipalEvent(on, event),
      trailOf: async (principalId) => {
        const { pk } = principalEventKey({ principalId, at: NOW, id: '' });
        const { Items = [] } = await on.client.send(
          new QueryCommand({
            TableName: on.name,
            KeyConditionExpression: 'pk = :pk',
            ExpressionAttributeValues: marshall({ ':pk': pk }),
            ConsistentRead: true,
          }),
        );
        return Items.map((item) => item['sk']?.S ?? '');
      },
    };
  });

  limitsContract(
    dynamo,
    async () => {
      const on = await table();
      return { storeAt: (now) => dynamoGrantStore(on, () => now) };
    },
    { fast: false },
  );

  endingStoresContract(dynamo, async () => {
    const on = await table();
    return { store: dynamoGrantStore(on, () => NOW), kills: dynamoKillStore(on) };
  });

  principalStoreContract(dynamo, async () => {
    const on = await table();
    return {
      store: dynamoGrantStore(on, () => NOW),
      principals: dynamoPrincipalStore(on, () => NOW),
      gates: (principal) => gatePorts(on, suspensionKey(principal)),
    };
  });
}
