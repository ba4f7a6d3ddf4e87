import {
  type AttributeValue,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Unavailable } from '../../core/failure.ts';
import { addSeconds, type Instant } from '../../core/instant.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { putPatiently } from './gates.ts';
import { LISTING_KEY, suspensionKey, suspensionListKey, suspensionPlace } from './keys.ts';
import { suspensionOf } from './suspensions.ts';
import { STORE_UNAVAILABLE, type Table } from './table.ts';

/**
 * Version 0.1 wrote suspensions without a line in the list, and without gates. Two passes over the whole
 * table, a part in each call, give them their lines: Lambdas of that version can go on writing for a while, and
 * the second pass catches that.
 */

type Progress = {
  /** Complete ones. */
  readonly passes: number;
  /** The next pass begins no earlier. */
  readonly notBefore: Instant;
  /** Where the table is read on; null at its beginning. */
  readonly place: Record<string, string> | null;
};

const PASSES = 2;
const BETWEEN_SECONDS = 600;

/** Items that one call looks at. */
const PAGE = 5000;
const PAGES = 20;

export async function listOldSuspensions(
  table: Table,
  now: Instant,
): Promise<Result<null, Unavailable>> {
  const { client, name: TableName, report } = table;
  const Key = marshall(LISTING_KEY);
  try {
    const { Item } = await client.send(new GetItemCommand({ TableName, Key }));
    let progress = Item === undefined ? NOTHING_LISTED : (unmarshall(Item) as Progress);
    for (let page = 0; page < PAGES && isDue(progress, now); page += 1) {
      const { place } = progress;
      const found = await client.send(
        new ScanCommand({
          TableName,
          Limit: PAGE,
          FilterExpression: 'sk = :suspension',
          ExpressionAttributeValues: { ':suspension': { S: SUSPENSION } },
          ...(place !== null && { ExclusiveStartKey: marshall(place) }),
          ConsistentRead: true,
        }),
      );
      const listed = await listAll(table, found.Items ?? []);
      if (!listed.ok) return listed;
      const { LastEvaluatedKey: last } = found;
      progress =
        last === undefined ? afterPass(progress, now) : { ...progress, place: unmarshall(last) };
      const kept = marshall({ ...LISTING_KEY, ...progress });
      await client.send(new PutItemCommand({ TableName, Item: kept }));
    }
    return ok(null);
  } catch (error) {
    report('Scan', error);
    return err(STORE_UNAVAILABLE);
  }
}

const NOTHING_LISTED: Progress = { passes: 0, notBefore: 0, place: null };

function isDue({ passes, notBefore }: Progress, now: Instant): boolean {
  return passes < PASSES && notBefore <= now;
}

function afterPass({ passes }: Progress, now: Instant): Progress {
  return { passes: passes + 1, notBefore: addSeconds(now, BETWEEN_SECONDS), place: null };
}

const [SUSPENSION, PRINCIPAL] = [suspensionKey('').sk, suspensionKey('').pk];

async function listAll(
  table: Table,
  items: readonly Record<string, AttributeValue>[],
): Promise<Result<null, Unavailable>> {
  for (const item of items) {
    const principal = String(item['pk']?.S).slice(PRINCIPAL.length);
    const suspension = await suspensionOf(table, principal);
    if (!suspension.ok) return suspension;
    if (suspension.value === null) continue;
    const key = suspensionListKey(suspensionPlace(principal, suspension.value.at));
    const listed = await putPatiently(table, {
      TableName: table.name,
      Item: marshall({ ...key, principal, ...suspension.value }),
      ConditionExpression: 'attribute_not_exists(pk)',
    });
    if (!listed.ok) return listed;
  }
  return ok(null);
}
