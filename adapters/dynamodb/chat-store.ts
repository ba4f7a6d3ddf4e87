import {
  ConditionalCheckFailedException,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { ChatStore, Posted } from '../../core/chat/chat-ports.ts';
import { err, ok } from '../../core/result.ts';
import type { Item } from './items.ts';
import { chatCountKey, chatKey } from './keys.ts';
import { STORE_UNAVAILABLE, type Table } from './table.ts';

const DAY_SECONDS = 86_400;
/** Longer than anything happens to a grant. */
const KEEP_DAYS = 400;
const KEEP_COUNTS_DAYS = 1;

/** What chats show of grants. Everything is read consistently. */
export function dynamoChatStore(
  { client, name: TableName, report }: Table,
  now: () => number,
): ChatStore {
  const unavailable = (operation: string, error: unknown) => {
    report(operation, error);
    return err(STORE_UNAVAILABLE);
  };
  const ttl = (days: number) => Math.floor(now() / 1000) + days * DAY_SECONDS;
  return {
    list: async (about) => {
      try {
        const { Items = [] } = await client.send(
          new QueryCommand({
            TableName,
            KeyConditionExpression: 'pk = :pk',
            ExpressionAttributeValues: marshall({ ':pk': chatKey(about, '').pk }),
            ConsistentRead: true,
          }),
        );
        return ok(Items.map(readPosted));
      } catch (error) {
        return unavailable('Query', error);
      }
    },
    find: async (about, place) => {
      try {
        const Key = marshall(chatKey(about, place));
        const { Item } = await client.send(
          new GetItemCommand({ TableName, Key, ConsistentRead: true }),
        );
        return ok(Item === undefined ? null : readPosted(Item));
      } catch (error) {
        return unavailable('GetItem', error);
      }
    },
    save: async (posted) => {
      const keys = { ...chatKey(posted.about, posted.place), ttl: ttl(KEEP_DAYS) };
      const before = posted.revision - 1;
      const condition =
        before === 0
          ? { ConditionExpression: 'attribute_not_exists(pk)' }
          : {
              ConditionExpression: 'revision = :before',
              ExpressionAttributeValues: marshall({ ':before': before }),
            };
      try {
        const Item = marshall({ ...posted, ...keys });
        await client.send(new PutItemCommand({ TableName, Item, ...condition }));
        return ok(true);
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return ok(false);
        return unavailable('PutItem', error);
      }
    },
    count: async (crowd, place) => {
      try {
        const { Attributes } = await client.send(
          new UpdateItemCommand({
            TableName,
            Key: marshall(chatCountKey(crowd, place)),
            UpdateExpression: 'SET #ttl = :ttl ADD requests :one',
            ExpressionAttributeNames: { '#ttl': 'ttl' },
            ExpressionAttributeValues: marshall({ ':one': 1, ':ttl': ttl(KEEP_COUNTS_DAYS) }),
            ReturnValues: 'UPDATED_NEW',
          }),
        );
        return ok(Number(Attributes?.['requests']?.N ?? 0));
      } catch (error) {
        return unavailable('UpdateItem', error);
      }
    },
  };
}

function readPosted(item: Item): Posted {
  const { pk: _, sk: __, ttl: ___, ...posted } = unmarshall(item);
  return posted as Posted;
}
