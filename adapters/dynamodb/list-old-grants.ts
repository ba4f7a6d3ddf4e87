import {
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Unavailable } from '../../core/failure.ts';
import { GRANT_STATUSES, type GrantStatus } from '../../core/grant.ts';
import { addSeconds, type Instant } from '../../core/instant.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { writePatiently } from './gates.ts';
import { BY_STATUS, GRANT_LISTING_KEY, grantKey, statusPrefix, statusShard } from './keys.ts';
import { REAL_TIME } from './retries.ts';
import { STORE_UNAVAILABLE, type Table } from './table.ts';

/**
 * The version before wrote grants without `statusShard`, so that no list has them. Two passes over its index
 * give them the attribute: Lambdas of that version can go on writing for a while, and the second pass catches that.
 */

type Progress = {
  /** Complete ones. */
  readonly passes: number;
  /** The next pass begins no earlier. */
  readonly notBefore: Instant;
  readonly status: GrantStatus;
  /** Where the index is read on; null at the beginning of the status. */
  readonly place: Record<string, string> | null;
};

const PASSES = 2;
const BETWEEN_SECONDS = 600;
/** Of each call, so that the sweep gets to its other work. */
const MILLISECONDS = 20_000;
/** Grants that one query looks at. */
const PAGE = 500;
const AT_ONCE = 20;

/** Open grants come first: approvers and the check against the bundle look for them. */
const [FIRST, ...LATER] = ['pending', 'scheduled', 'active', 'revoking'] as const;
const ORDER: readonly GrantStatus[] = [...new Set([FIRST, ...LATER, ...GRANT_STATUSES])];

export async function listOldGrants(
  table: Table,
  now: Instant,
): Promise<Result<null, Unavailable>> {
  const { client, name: TableName, report, timing = REAL_TIME } = table;
  const until = timing.now() + MILLISECONDS;
  try {
    const Key = marshall(GRANT_LISTING_KEY);
    const { Item } = await client.send(
      new GetItemCommand({ TableName, Key, ConsistentRead: true }),
    );
    let progress = Item === undefined ? NOTHING_LISTED : (unmarshall(Item) as Progress);
    while (progress.passes < PASSES && progress.notBefore <= now && timing.now() < until) {
      const listed = await listPage(table, progress, now);
      if (!listed.ok) return listed;
      progress = listed.value;
      const kept = marshall({ ...GRANT_LISTING_KEY, ...progress });
      await client.send(new PutItemCommand({ TableName, Item: kept }));
    }
    return ok(null);
  } catch (error) {
    report('Query', error);
    return err(STORE_UNAVAILABLE);
  }
}

const NOTHING_LISTED: Progress = { passes: 0, notBefore: 0, status: FIRST, place: null };

/** @returns the progress after the page */
async function listPage(
  table: Table,
  progress: Progress,
  now: Instant,
): Promise<Result<Progress, Unavailable>> {
  const { status, place } = progress;
  const { Items = [], LastEvaluatedKey: last } = await table.client.send(
    new QueryCommand({
      TableName: table.name,
      IndexName: BY_STATUS,
      KeyConditionExpression: '#status = :status',
      FilterExpression: 'NOT begins_with(statusShard, :prefix)',
      ProjectionExpression: 'id',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: marshall({ ':status': status, ':prefix': statusPrefix(status) }),
      Limit: PAGE,
      ...(place !== null && { ExclusiveStartKey: marshall(place) }),
    }),
  );
  const ids = Items.map(({ id }) => id?.S ?? '');
  for (let first = 0; first < ids.length; first += AT_ONCE) {
    const some = ids.slice(first, first + AT_ONCE);
    const listed = await Promise.all(some.map((id) => listGrant(table, { id, status })));
    const failed = listed.find((one) => !one.ok);
    if (failed !== undefined && !failed.ok) return failed;
  }
  if (last !== undefined) return ok({ ...progress, place: unmarshall(last) });
  return ok(afterStatus(progress, now));
}

function afterStatus(progress: Progress, now: Instant): Progress {
  const following = ORDER[ORDER.indexOf(progress.status) + 1];
  if (following !== undefined) return { ...progress, status: following, place: null };
  const { passes } = progress;
  return { ...NOTHING_LISTED, passes: passes + 1, notBefore: addSeconds(now, BETWEEN_SECONDS) };
}

/** The attribute follows from the id and the status alone; whoever changed the status since has written it. */
function listGrant(table: Table, grant: { readonly id: string; readonly status: GrantStatus }) {
  const update = new UpdateItemCommand({
    TableName: table.name,
    Key: marshall(grantKey(grant.id)),
    UpdateExpression: 'SET statusShard = :shard',
    ConditionExpression: '#status = :status',
    ExpressionAttributeNames: { '#status': 'status' },
    ExpressionAttributeValues: marshall({ ':shard': statusShard(grant), ':status': grant.status }),
  });
  return writePatiently(table, 'UpdateItem', () => table.client.send(update));
}
