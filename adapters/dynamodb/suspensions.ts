import { GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Unavailable } from '../../core/failure.ts';
import type { Suspended, SuspensionPage, SuspensionPlace } from '../../core/ports.ts';
import type { Suspension } from '../../core/principal-order.ts';
import { err, ok, type Result } from '../../core/result.ts';
import {
  SUSPENSIONS,
  suspensionKey,
  suspensionListKey,
  suspensionPlace,
} from './principal-keys.ts';
import { STORE_UNAVAILABLE, type Table } from './table.ts';

/** Who is suspended. The row of the principal decides; the list only finds it. */

/** Strongly consistent. A row without facts is a suspension as well. */
export async function suspensionOf(
  { client, name: TableName, report }: Table,
  principal: string,
): Promise<Result<Suspension | null, Unavailable>> {
  const Key = marshall(suspensionKey(principal));
  try {
    const { Item } = await client.send(
      new GetItemCommand({ TableName, Key, ConsistentRead: true }),
    );
    if (Item === undefined) return ok(null);
    const { at = 0, by = 'broker', reason = '' } = unmarshall(Item) as Partial<Suspension>;
    return ok({ at, by, reason });
  } catch (error) {
    report('GetItem', error);
    return err(STORE_UNAVAILABLE);
  }
}

/**
 * Everybody who is suspended, the latest first. Lambdas of version 0.1 and people with write access to the
 * table end suspensions without the list, so each line is compared with its principal's row.
 */
export async function suspended(
  table: Table,
  { limit, after }: { readonly limit: number; readonly after?: SuspensionPlace },
): Promise<Result<SuspensionPage, Unavailable>> {
  const listed = await readList(table, limit + 1, after);
  if (!listed.ok) return listed;
  const page = listed.value.slice(0, limit);
  const rows = await Promise.all(page.map(({ principal }) => suspensionOf(table, principal)));
  const failed = rows.find((row) => !row.ok);
  if (failed !== undefined && !failed.ok) return failed;
  const stands = rows.map((row, index) => row.ok && row.value?.at === page[index]?.at);
  const last = page.at(-1);
  const more = listed.value.length > limit && last !== undefined;
  return ok({
    principals: page.filter((_, index) => stands[index]),
    next: more ? suspensionPlace(last.principal, last.at) : null,
  });
}

async function readList(
  { client, name, report }: Table,
  limit: number,
  after: SuspensionPlace | undefined,
): Promise<Result<readonly Suspended[], Unavailable>> {
  const values = {
    ':pk': SUSPENSIONS,
    ...(after !== undefined && { ':after': suspensionListKey(after).sk }),
  };
  try {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: name,
        KeyConditionExpression: `pk = :pk${after === undefined ? '' : ' AND sk < :after'}`,
        ExpressionAttributeValues: marshall(values),
        ScanIndexForward: false,
        ConsistentRead: true,
        Limit: limit,
      }),
    );
    const lines = Items.map((item) => unmarshall(item) as Suspended);
    return ok(lines.map(({ principal, at, by, reason }) => ({ principal, at, by, reason })));
  } catch (error) {
    report('Query', error);
    return err(STORE_UNAVAILABLE);
  }
}
