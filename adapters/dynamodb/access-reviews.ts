import { GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { AccessReview, DecidedItem } from '../../core/access-review.ts';
import type { Unavailable } from '../../core/failure.ts';
import type { Instant } from '../../core/instant.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { ReviewPlace, ReviewStore } from '../../core/reviewing/review-ports.ts';
import type { Item } from './items.ts';
import { ACCESS_REVIEWS, accessReviewKey, type Key, reviewItemKey, reviewListKey } from './keys.ts';
import { idempotencyKey } from './principal-keys.ts';
import { CALL } from './retries.ts';
import { reviewParts } from './review-parts.ts';
import { STORE_UNAVAILABLE, type Table } from './table.ts';
import { transact } from './transaction.ts';

/** Access reviews and their items. Everything is read strongly consistently. */
export function dynamoReviewStore(table: Table, clock: () => Instant): ReviewStore {
  return {
    write: (write) =>
      transact(table, (gate) => reviewParts(table.name, write, clock(), gate), CALL),
    changedUnder: async ({ principal, key, fingerprint }) => {
      const row = await get(table, idempotencyKey(principal, key));
      if (!row.ok) return row;
      const found = row.value;
      if (found === null || Number(found['ttl']?.N) < Math.floor(clock() / 1000)) return ok(null);
      const reviewId = found['reviewId']?.S;
      const same = found['fingerprint']?.S === fingerprint && reviewId !== undefined;
      return same ? ok(reviewId) : err({ code: 'key-reused' });
    },
    find: (id) => find(table, id),
    items: (id, { after, limit }) => readItems(table, id, after, limit),
    list: (page) => list(table, page),
  };
}

async function find(table: Table, id: string): Promise<Result<AccessReview | null, Unavailable>> {
  const found = await get(table, accessReviewKey(id));
  if (!found.ok || found.value === null) return found as Result<null, Unavailable>;
  return ok(withoutKey(found.value) as AccessReview);
}

async function readItems(
  table: Table,
  id: string,
  after: number,
  limit: number,
): Promise<Result<readonly DecidedItem[], Unavailable>> {
  const [first, end] = [reviewItemKey(id, after + 1), reviewItemKey(id, 99_999_999)];
  const rows: DecidedItem[] = [];
  let ExclusiveStartKey: Item | undefined;
  try {
    do {
      const { Items = [], LastEvaluatedKey } = await table.client.send(
        new QueryCommand({
          TableName: table.name,
          KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :end',
          ExpressionAttributeValues: marshall({
            ':pk': first.pk,
            ':first': first.sk,
            ':end': end.sk,
          }),
          ConsistentRead: true,
          Limit: limit - rows.length,
          ...(ExclusiveStartKey !== undefined && { ExclusiveStartKey }),
        }),
      );
      rows.push(...Items.map((item) => withoutKey(item) as DecidedItem));
      ExclusiveStartKey = LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined && rows.length < limit);
    return ok(rows);
  } catch (error) {
    table.report('Query', error);
    return err(STORE_UNAVAILABLE);
  }
}

async function list(
  table: Table,
  { limit, after }: { readonly limit: number; readonly after: ReviewPlace | null },
): ReturnType<ReviewStore['list']> {
  const values = { ':pk': ACCESS_REVIEWS, ...(after && { ':after': reviewListKey(after).sk }) };
  try {
    const { Items = [] } = await table.client.send(
      new QueryCommand({
        TableName: table.name,
        KeyConditionExpression: `pk = :pk${after === null ? '' : ' AND sk < :after'}`,
        ExpressionAttributeValues: marshall(values),
        ScanIndexForward: false,
        ConsistentRead: true,
        Limit: limit + 1,
      }),
    );
    const places = Items.map((item) => placeIn(item['sk']?.S ?? ''));
    const reviews: AccessReview[] = [];
    for (const { id } of places.slice(0, limit)) {
      const found = await find(table, id);
      if (!found.ok) return found;
      if (found.value === null) throw new Error(`the access review ${id} is listed, but missing`);
      reviews.push(found.value);
    }
    return ok({ reviews, next: places.length > limit ? (places[limit - 1] ?? null) : null });
  } catch (error) {
    table.report('Query', error);
    return err(STORE_UNAVAILABLE);
  }
}

function placeIn(sk: string): ReviewPlace {
  const [time = '', id = ''] = sk.split('#');
  return { at: Date.parse(time), id };
}

function withoutKey(item: Item): unknown {
  const { pk: _, sk: __, ...stored } = unmarshall(item);
  return stored;
}

async function get(
  { client, name: TableName, report }: Table,
  key: Key,
): Promise<Result<Item | null, Unavailable>> {
  try {
    const { Item } = await client.send(
      new GetItemCommand({ TableName, Key: marshall(key), ConsistentRead: true }),
    );
    return ok(Item ?? null);
  } catch (error) {
    report('GetItem', error);
    return err(STORE_UNAVAILABLE);
  }
}
