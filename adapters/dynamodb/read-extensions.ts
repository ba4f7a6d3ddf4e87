import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Unavailable } from '../../core/failure.ts';
import type { Grant } from '../../core/grant.ts';
import type { GrantQuery, ListPlace } from '../../core/ports.ts';
import { ok, type Result } from '../../core/result.ts';
import { createdKey, EXTENSIONS } from './keys.ts';
import { readGrants } from './read-grants.ts';
import type { Table } from './table.ts';

/**
 * The grants with an extension that waits for votes, newest first. They have rows of their own, because
 * among all running grants they would be too few to be found.
 *
 * @returns also the place up to which it read; null when there is nothing older.
 * @throws DamagedItem where such a grant is missing.
 */
export async function readExtensions(
  table: Table,
  { limit, after }: GrantQuery,
): Promise<
  Result<{ readonly grants: readonly Grant[]; readonly upTo: ListPlace | null }, Unavailable>
> {
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
  const found = await readGrants(
    table,
    places.map(({ id }) => id),
  );
  if (!found.ok) return found;
  const upTo = LastEvaluatedKey === undefined ? null : (places.at(-1) ?? null);
  return ok({ grants: found.value, upTo });
}

/** The inverse of `createdKey`. */
function placeOf(sk: string): ListPlace {
  const [created = '', id = ''] = sk.split('#');
  return { createdAt: Date.parse(created), id };
}
