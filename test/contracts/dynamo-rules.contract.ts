import { randomUUID } from 'node:crypto';
import {
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { BY_DUE } from '../../adapters/dynamodb/keys.ts';
import type { TestTable } from './stores.contract.ts';

/**
 * What the adapters count on, as AWS documents it (docs/decisions/0026-second-dynamodb.md lists where).
 * Whatever the two implementations answer differently is no ground to build on.
 */
export function dynamoRulesContract(dynamo: string, open: () => Promise<TestTable>): void {
  describe(`${dynamo} and the documented rules`, () => {
    let table: TestTable;
    let pk: string;
    beforeAll(async () => {
      table = await open();
      pk = `RULES#${randomUUID()}`;
      for (const sk of ['1', '2', '3']) await put({ pk, sk, sweepShard: 77, dueAt: Number(sk) });
    });

    const put = (item: object) =>
      table.client.send(new PutItemCommand({ TableName: table.name, Item: marshall(item) }));
    const query = (input: Partial<QueryCommandInput>) =>
      table.client.send(
        new QueryCommand({
          TableName: table.name,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: marshall({ ':pk': pk }),
          ...input,
        }),
      );
    const transact = (items: readonly TransactWriteItem[]) =>
      table.client.send(new TransactWriteItemsCommand({ TransactItems: [...items] }));
    const adding = (sk: string, condition?: string): TransactWriteItem => ({
      Put: {
        TableName: table.name,
        Item: marshall({ pk, sk }),
        ConditionExpression: condition,
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    });
    const errorOf = (call: Promise<unknown>) =>
      call.then(
        () => null,
        (error: Error) => error.name,
      );

    test('a cancelled transaction names the reason of each part, and writes none', async () => {
      const refused = transact([adding('new'), adding('1', 'attribute_not_exists(pk)')]);
      const reasons = await refused.catch(
        (error: { CancellationReasons?: readonly object[] }) => error.CancellationReasons,
      );
      const Item = marshall({ pk, sk: '1', sweepShard: 77, dueAt: 1 });
      expect(reasons).toMatchObject([{ Code: 'None' }, { Code: 'ConditionalCheckFailed', Item }]);
      expect((await query({})).Count).toBe(3);
    });

    test('a transaction holds 100 parts, and no item twice', async () => {
      const many = (count: number) => Array.from({ length: count }, (_, at) => adding(`m${at}`));
      expect(await errorOf(transact(many(101)))).toBe('ValidationException');
      expect(await errorOf(transact([adding('x'), adding('x')]))).toBe('ValidationException');
      expect(await errorOf(transact(many(100)))).toBeNull();
    });

    test('a page that stops at its limit names where the next one begins', async () => {
      const between = {
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
        ExpressionAttributeValues: marshall({ ':pk': pk, ':from': '1', ':to': '3' }),
      };
      const first = await query({ ...between, Limit: 2 });
      expect(first).toMatchObject({
        Count: 2,
        ScannedCount: 2,
        LastEvaluatedKey: { sk: { S: '2' } },
      });
      const rest = await query({ ...between, ExclusiveStartKey: first.LastEvaluatedKey });
      expect(rest.Items).toMatchObject([{ sk: { S: '3' } }]);
      expect(rest.LastEvaluatedKey).toBeUndefined();
    });

    test('an index of keys holds nothing else, and cannot be read consistently', async () => {
      const due = {
        IndexName: BY_DUE,
        KeyConditionExpression: 'sweepShard = :shard AND dueAt < :before',
        ExpressionAttributeValues: marshall({ ':shard': 77, ':before': 2 }),
      };
      const { Items } = await query(due);
      expect(Items).toContainEqual(marshall({ pk, sk: '1', sweepShard: 77, dueAt: 1 }));
      expect(await errorOf(query({ ...due, ConsistentRead: true }))).toBe('ValidationException');
    });

    test('keys have a longest size, and are not empty', async () => {
      expect(await errorOf(put({ pk: 'p'.repeat(2049), sk: '1' }))).toBe('ValidationException');
      expect(await errorOf(put({ pk, sk: 's'.repeat(1025) }))).toBe('ValidationException');
      expect(await errorOf(put({ pk: '', sk: '1' }))).toBe('ValidationException');
      expect(await errorOf(put({ pk, sk: 'big', x: 'x'.repeat(410_000) }))).toBe(
        'ValidationException',
      );
    });
  });
}
