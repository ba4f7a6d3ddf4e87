import { marshall } from '@aws-sdk/util-dynamodb';
import type { Instant } from '../../core/instant.ts';
import {
  type Counted,
  countersOf,
  type Limited,
  limitedByMinute,
  minuteOf,
  shareOf,
} from '../../core/limits.ts';
import { countKey } from './principal-keys.ts';
import type { Part } from './transaction.ts';

/** Clocks differ, and DynamoDB deletes late. */
const KEEP_SECONDS = 600;

/**
 * One more use in this minute. Parallel calls use different counters, because two transactions on one item are in
 * conflict.
 *
 * @param gate chooses the counter
 */
export function oneMore(
  table: string,
  counted: Counted,
  now: Instant,
  gate: number,
): Part<Limited> {
  const counters = countersOf(counted);
  const counter = gate % counters;
  return {
    oneOf: counters,
    write: {
      Update: {
        TableName: table,
        Key: marshall(countKey(counted, minuteOf(now), counter)),
        UpdateExpression: 'SET #ttl = :ttl ADD uses :one',
        ConditionExpression: 'attribute_not_exists(uses) OR uses < :most',
        ExpressionAttributeNames: { '#ttl': 'ttl' },
        ExpressionAttributeValues: marshall({
          ':one': 1,
          ':most': shareOf(counted, counter),
          ':ttl': Math.floor(now / 1000) + KEEP_SECONDS,
        }),
      },
    },
    refusal: () => limitedByMinute(counted, now),
  };
}
