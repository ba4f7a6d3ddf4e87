import { ConditionalCheckFailedException, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Unavailable } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { chatPressKey } from './keys.ts';
import { STORE_UNAVAILABLE, type Table } from './table.ts';

/** Twice as long as a signature is valid, with its time ahead or behind. */
const KEEP_SECONDS = 1200;

/** @returns whether this signature is seen for the first time: each is good for one press. */
export function chatPresses({ client, name: TableName, report }: Table, now: () => number) {
  return async (signature: string): Promise<Result<boolean, Unavailable>> => {
    const ttl = Math.floor(now() / 1000) + KEEP_SECONDS;
    try {
      await client.send(
        new PutItemCommand({
          TableName,
          Item: marshall({ ...chatPressKey(signature), ttl }),
          ConditionExpression: 'attribute_not_exists(pk)',
        }),
      );
      return ok(true);
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return ok(false);
      report('PutItem', error);
      return err(STORE_UNAVAILABLE);
    }
  };
}
