import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Unavailable } from '../../core/failure.ts';
import type { GrantPage, ListPlace } from '../../core/ports.ts';
import { ok, type Result } from '../../core/result.ts';
import { VOTED, votedKey } from './principal-keys.ts';
import { readGrants } from './read-grants.ts';
import type { Table } from './table.ts';

/**
 * One page of the grants that a principal voted on, newest first; `next` is null at the end.
 *
 * @throws DamagedItem where such a grant is missing: grants are never deleted.
 */
export async function listVoted(
  table: Table,
  voter: string,
  { limit, after }: { readonly limit: number; readonly after?: ListPlace },
): Promise<Result<GrantPage, Unavailable>> {
  const { pk } = votedKey(voter, { createdAt: 0, id: '' });
  const end = after === undefined ? `${VOTED}~` : votedKey(voter, after).sk;
  const { Items = [] } = await table.client.send(
    new QueryCommand({
      TableName: table.name,
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :end',
      ExpressionAttributeValues: marshall({ ':pk': pk, ':from': VOTED, ':end': end }),
      ScanIndexForward: false,
      // The place itself is part of the range, and one more shows whether a page follows.
      Limit: limit + 2,
      ConsistentRead: true,
    }),
  );
  const keys = Items.map((item) => item['sk']?.S ?? '').filter((sk) => sk !== end);
  const found = await readGrants(table, keys.slice(0, limit).map(idOf));
  if (!found.ok) return found;
  const grants = found.value;
  const last = grants.at(-1);
  return ok({ grants, next: keys.length > limit && last !== undefined ? last : null });
}

function idOf(sk: string): string {
  return sk.slice(sk.lastIndexOf('#') + 1);
}
