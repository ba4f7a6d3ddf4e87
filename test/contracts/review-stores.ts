import {
  type DynamoDBClient,
  GetItemCommand,
  TransactionCanceledException,
  TransactionInProgressException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { dynamoReviewStore } from '../../adapters/dynamodb/access-reviews.ts';
import { gatePorts } from '../../adapters/dynamodb/gates.ts';
import { principalEventItem } from '../../adapters/dynamodb/items.ts';
import { suspensionKey } from '../../adapters/dynamodb/principal-keys.ts';
import type { Timing } from '../../adapters/dynamodb/retries.ts';
import { GATES } from '../../core/gates.ts';
import { NOW } from '../support/sample-grants.ts';
import type { ReviewStores } from './review-store.contract.ts';
import type { TestTable } from './stores.contract.ts';

/** The store of access reviews on a table, and what disturbs it. */
export function reviewStoresOn({ client, name }: TestTable): ReviewStores {
  const tableWith = (through: DynamoDBClient) => ({
    ...{ client: through, name, report: () => undefined, timing: noTime() },
  });
  const storeWith = (through: DynamoDBClient) => dynamoReviewStore(tableWith(through), () => NOW);
  return {
    reviews: dynamoReviewStore({ client, name, report: () => undefined }, () => NOW),
    at: (now) => dynamoReviewStore(tableWith(client), () => now),
    conflicting: (times) => storeWith(disturbed(client, times, refuse)),
    losing: (times) => storeWith(disturbed(client, times, lose)),
    suspend: (principal) => {
      const { write } = gatePorts(tableWith(client), suspensionKey(principal));
      const gate = { epoch: 1, closed: true, until: null };
      return Promise.all(Array.from({ length: GATES }, (_, number) => write(number, gate)));
    },
    isRecorded: async (event) => {
      const { pk, sk } = principalEventItem(event);
      const Key = { pk: pk ?? marshall(''), sk: sk ?? marshall('') };
      const command = { TableName: name, Key, ConsistentRead: true };
      return (await client.send(new GetItemCommand(command as never))).Item !== undefined;
    },
  };
}

type Disturb = (client: DynamoDBClient, command: TransactWriteItemsCommand) => Promise<never>;

/** Another transaction touches the first item. */
const refuse: Disturb = async (_, { input: { TransactItems = [] } }) => {
  throw new TransactionCanceledException({
    message: 'Transaction cancelled',
    $metadata: {},
    CancellationReasons: TransactItems.map((_, at) => ({
      Code: at === 0 ? 'TransactionConflict' : 'None',
    })),
  });
};

/** It is written, and the answer says only that it is being written. */
const lose: Disturb = async (client, command) => {
  await client.send(command);
  throw new TransactionInProgressException({ message: 'in progress', $metadata: {} });
};

function disturbed(client: DynamoDBClient, times: number, disturb: Disturb): DynamoDBClient {
  let left = times;
  const send = async (command: unknown) => {
    if (!(command instanceof TransactWriteItemsCommand) || left <= 0) {
      return client.send(command as GetItemCommand);
    }
    left -= 1;
    return disturb(client, command);
  };
  return { send } as unknown as DynamoDBClient;
}

/** Pauses take no time, and patience ends all the same. */
function noTime(): Timing {
  let now = 0;
  return {
    now: () => now,
    pause: async (milliseconds) => {
      now += milliseconds;
    },
    chance: Math.random,
  };
}
