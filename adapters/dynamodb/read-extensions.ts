import { GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Grant } from '../../core/grant.ts';
import type { GrantQuery, ListPlace } from '../../core/ports.ts';
import { DamagedItem } from './damaged-item.ts';
import { readGrant } from './items.ts';
import { createdKey, EXTENSIONS, grantKey } from './keys.ts';
import type { Table } from './table.ts';

/**
 * The grants with an extension that waits for votes, newest first. They have rows of their own, because
 * among all running grants they would be too few to be found.
 *
 * @returns also the place up to which it read; null when there is nothing older.
 */
export async function readExtensions(
  table: Table,
  { limit, after }: GrantQuery,
): Promise<{ readonly grants: readonly Grant[]; readonly upTo: ListPlace | null }> {
  const values = { ':pk': EXTENSIONS, ...(after && { ':after': createdKey(after) }) };
  const { Items = [], LastEvaluatedKey } = await table.client.send(
    new QueryCommand({
      TableName: table.name,
      KeyConditionExpression: `pk = :pk${after ? ' AND sk < :after' : ''}`,
      ExpressionAttributeValues: marshall(values),
      ScanIndexForward: false,
      Limit: limit + 1,
    }),
  );
  const places = Items.map(({ sk }) => placeOf(sk?.S ?? ''));
  const found = await Promise.all(places.map(({ id }) => read(table, id)));
  const upTo = LastEvaluatedKey === undefined ? null : (places.at(-1) ?? null);
  return { grants: found, upTo };
}

/** Grants are never deleted, so an extension without one is damage. */
async function read(table: Table, id: string): Promise<Grant> {
  const query = { TableName: table.name, Key: marshall(grantKey(id)), ConsistentRead: true };
  const { Item } = await table.client.send(new GetItemCommand(query));
  if (Item === undefined) throw new DamagedItem(`the grant ${id}`);
  return readGrant(Item);
}

/** The inverse of `createdKey`. */
function placeOf(sk: string): ListPlace {
  const [created = '', id = ''] = sk.split('#');
  return { createdAt: Date.parse(created), id };
}
