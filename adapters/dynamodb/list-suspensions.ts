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
import { dynamoFreezes } from './freezes.ts';
import { putPatiently } from './gates.ts';
import { LISTING_KEY } from './keys.ts';
import { suspensionKey, suspensionListKey, suspensionPlace } from './principal-keys.ts';
import { freezeKey, roleOf } from './role-keys.ts';
import { suspensionOf } from './suspensions.ts';
import { STORE_UNAVAILABLE, type Table } from './table.ts';

/**
 * Version 0.1 wrote suspensions without a line in the list, and suspensions and freezes without gates. Two passes
 * over the whole table, a part in each call, give the first their lines and the second their gates: Lambdas of
 * that version can go on writing for a while, and the second pass catches that.
 */

export type Progress = {
  /** Complete ones. */
  readonly passes: number;
  /** The next pass begins no earlier. */
  readonly notBefore: Instant;
  /** Where the table is read on; null at its beginning. */
  readonly place: Record<string, string> | null;
  /** Every freeze has its gates, and so had every suspension that was listed. */
  readonly gated?: true;
};

const PASSES = 2;
const BETWEEN_SECONDS = 600;

/** Items that one call looks at. */
const PAGE = 5000;
const PAGES = 20;

export async function listOldSuspensions(
  table: Table,
  now: Instant,
): Promise<Result<Progress, Unavailable>> {
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
          FilterExpression: 'sk = :suspension OR sk = :freeze',
          ExpressionAttributeValues: marshall({ ':suspension': SUSPENSION, ':freeze': FREEZE }),
          ...(place !== null && { ExclusiveStartKey: marshall(place) }),
          ConsistentRead: true,
        }),
      );
      for (const item of found.Items ?? []) {
        const done = await (item['sk']?.S === FREEZE ? gateFreeze : list)(table, item);
        if (!done.ok) return done;
      }
      const { LastEvaluatedKey: last } = found;
      progress =
        last === undefined ? afterPass(progress, now) : { ...progress, place: unmarshall(last) };
      await keep(table, progress);
    }
    return ok(progress);
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

export function isListed({ passes }: Progress): boolean {
  return passes >= PASSES;
}

/** From now on, no transaction needs to look at a record. */
export async function noteGated(
  table: Table,
  progress: Progress,
): Promise<Result<null, Unavailable>> {
  try {
    await keep(table, { ...progress, gated: true });
    return ok(null);
  } catch (error) {
    table.report('PutItem', error);
    return err(STORE_UNAVAILABLE);
  }
}

async function keep({ client, name }: Table, progress: Progress): Promise<void> {
  const Item = marshall({ ...LISTING_KEY, ...progress });
  await client.send(new PutItemCommand({ TableName: name, Item }));
}

const [SUSPENSION, PRINCIPAL] = [suspensionKey('').sk, suspensionKey('').pk];
const FREEZE = freezeKey('').sk;

type Found = Record<string, AttributeValue>;

async function list(table: Table, item: Found): Promise<Result<null, Unavailable>> {
  const principal = String(item['pk']?.S).slice(PRINCIPAL.length);
  const suspension = await suspensionOf(table, principal);
  if (!suspension.ok) return suspension;
  if (suspension.value === null) return ok(null);
  const key = suspensionListKey(suspensionPlace(principal, suspension.value.at));
  const listed = await putPatiently(table, {
    TableName: table.name,
    Item: marshall({ ...key, principal, ...suspension.value }),
    ConditionExpression: 'attribute_not_exists(pk)',
  });
  return listed.ok ? ok(null) : listed;
}

async function gateFreeze(table: Table, item: Found): Promise<Result<null, Unavailable>> {
  const role = roleOf(String(item['pk']?.S));
  const completed = await dynamoFreezes(table).completeFreeze(role);
  return completed.ok ? ok(null) : completed;
}
