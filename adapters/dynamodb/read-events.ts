import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { RequestedEvent } from '../../core/audit.ts';
import type { Unavailable } from '../../core/failure.ts';
import type { EventPage } from '../../core/ports.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { type Item, readEvent } from './items.ts';
import { EVENT, grantKey } from './keys.ts';
import { STORE_UNAVAILABLE, type Table } from './table.ts';

/** One page of a grant's audit trail, strongly consistent. A place is a sort key without its prefix. */
export async function readEvents(
  table: Table,
  grantId: string,
  { limit, after }: { readonly limit: number; readonly after: string | null },
): Promise<Result<EventPage, Unavailable>> {
  try {
    // One more than the page, to know whether another follows.
    const items = await query(table, grantId, after ?? '', limit + 1);
    const page = items.slice(0, limit);
    const last = page.at(-1)?.['sk']?.S?.slice(EVENT.length) ?? null;
    return ok({ events: page.map(readEvent), next: items.length > limit ? last : null });
  } catch (error) {
    table.report('Query', error);
    return err(STORE_UNAVAILABLE);
  }
}

/** Clocks of Lambdas differ, so that events of the same second can precede that of the request. */
const AMONG_FIRST = 100;

/** The event of the request, which is the first, or among the first. */
export async function readRequestedEvent(
  table: Table,
  grantId: string,
): Promise<Result<RequestedEvent | null, Unavailable>> {
  try {
    for (const limit of [1, AMONG_FIRST]) {
      const events = (await query(table, grantId, '', limit)).map(readEvent);
      const found = events.find((event) => event.type === 'requested');
      if (found !== undefined || events.length < limit) return ok(found ?? null);
    }
    return ok(null);
  } catch (error) {
    table.report('Query', error);
    return err(STORE_UNAVAILABLE);
  }
}

async function query(
  table: Table,
  grantId: string,
  after: string,
  limit: number,
): Promise<readonly Item[]> {
  const { Items = [] } = await table.client.send(
    new QueryCommand({
      TableName: table.name,
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :after AND :end',
      ExpressionAttributeValues: marshall({
        ':pk': grantKey(grantId).pk,
        ':after': `${EVENT}${after === '' ? '' : `${after}!`}`,
        ':end': `${EVENT}~`,
      }),
      Limit: limit,
      ConsistentRead: true,
    }),
  );
  return Items;
}
