import { type AttributeValue, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Unavailable } from '../../core/failure.ts';
import { GRANT_STATUSES, type Grant, type GrantStatus, waitsForVotes } from '../../core/grant.ts';
import type { GrantPage, GrantQuery, ListPlace } from '../../core/ports.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { readGrant } from './items.ts';
import { BY_REQUESTER, BY_STATUS_SHARD, createdKey, STATUS_SHARDS, statusShards } from './keys.ts';
import { listVoted } from './list-voted.ts';
import { readExtensions } from './read-extensions.ts';
import type { Table } from './table.ts';
import { STORE_UNAVAILABLE } from './table.ts';

/** One index partition, read from the newest grant on. */
type Source = { readonly index: string; readonly attribute: string; readonly value: string };

/** `upTo` is the place of the oldest grant that was read; null when there are no older ones. */
type Read = { readonly grants: readonly Grant[]; readonly upTo: ListPlace | null };

const NOTHING: Read = { grants: [], upTo: null };

/** Queries per source and page, so that a rare filter stays bounded. */
const MOST_QUERIES = 5;
/** What a query reads of one requester or one status where a filter is left to apply. */
const GRANTS_PER_QUERY = 200;

/** One page, newest first: of one requester's grants or, status by status, of all. */
export async function listGrants(
  table: Table,
  query: GrantQuery,
): Promise<Result<GrantPage, Unavailable>> {
  try {
    if (query.voter !== undefined) {
      const page = await listVoted(table, query.voter, query);
      if (!page.ok) return page;
      const { grants, next } = page.value;
      return ok({ grants: grants.filter((grant) => matches(grant, query)), next });
    }
    const [extended, ...reads] = await Promise.all([
      query.waiting ? extensions(table, query) : ok(NOTHING),
      ...sourcesOf(query).map((source) => read(table, query, source)),
    ]);
    return extended.ok ? ok(merge([extended.value, ...reads], query.limit)) : extended;
  } catch (error) {
    table.report('Query', error);
    return err(STORE_UNAVAILABLE);
  }
}

function sourcesOf({ requester, status, waiting }: GrantQuery): readonly Source[] {
  if (waiting) return status === undefined || status === 'pending' ? shardsOf('pending') : [];
  if (requester !== undefined) {
    return [{ index: BY_REQUESTER, attribute: 'requesterId', value: requester }];
  }
  const statuses = status === undefined ? GRANT_STATUSES : [status];
  return statuses.flatMap(shardsOf);
}

function shardsOf(status: GrantStatus): readonly Source[] {
  const source = { index: BY_STATUS_SHARD, attribute: 'statusShard' };
  return statusShards(status).map((value) => ({ ...source, value }));
}

async function extensions(table: Table, query: GrantQuery): Promise<Result<Read, Unavailable>> {
  const found = await readExtensions(table, query);
  if (!found.ok) return found;
  const { grants, upTo } = found.value;
  return ok({ grants: grants.filter((grant) => matches(grant, query)), upTo });
}

async function read(table: Table, query: GrantQuery, source: Source): Promise<Read> {
  const grants: Grant[] = [];
  let start: Record<string, AttributeValue> | undefined;
  let upTo: ListPlace | null = null;
  for (let queries = 0; queries < MOST_QUERIES && grants.length <= query.limit; queries += 1) {
    const page = await table.client.send(
      new QueryCommand({ ...toCommand(table.name, query, source), ExclusiveStartKey: start }),
    );
    const found = (page.Items ?? []).map(readGrant);
    grants.push(...found.filter((grant) => matches(grant, query)));
    start = page.LastEvaluatedKey;
    upTo = start === undefined ? null : (found.at(-1) ?? upTo);
    if (start === undefined) break;
  }
  return { grants, upTo };
}

function toCommand(table: string, query: GrantQuery, source: Source) {
  const { after } = query;
  const values = { ':of': source.value, ...(after && { ':after': createdKey(after) }) };
  return {
    TableName: table,
    IndexName: source.index,
    KeyConditionExpression: `#of = :of${after ? ' AND createdKey < :after' : ''}`,
    ExpressionAttributeNames: { '#of': source.attribute },
    ExpressionAttributeValues: marshall(values),
    ScanIndexForward: false,
    Limit: grantsPerQuery(query, source),
  };
}

/** One more than the page, which shows whether another follows, unless some of them will not match. */
function grantsPerQuery({ requester, status, entitlement, limit }: GrantQuery, { index }: Source) {
  const ofRequester = index === BY_REQUESTER;
  const filtered = entitlement !== undefined || (ofRequester ? status : requester) !== undefined;
  if (!filtered) return limit + 1;
  return ofRequester ? GRANTS_PER_QUERY : GRANTS_PER_QUERY / STATUS_SHARDS;
}

function matches(grant: Grant, query: GrantQuery): boolean {
  const { requester, status, entitlement, waiting } = query;
  return (
    (requester === undefined || grant.requester.id === requester) &&
    (waiting === undefined || waitsForVotes(grant)) &&
    (status === undefined || grant.status === status) &&
    (entitlement === undefined || grant.entitlement === entitlement)
  );
}

/** Grants older than the point up to which every source was read could leave gaps; they wait. */
function merge(reads: readonly Read[], limit: number): GrantPage {
  const boundary = reads
    .flatMap(({ upTo }) => upTo ?? [])
    .toSorted(newestFirst)
    .at(0);
  const grants = reads
    .flatMap((read) => read.grants)
    .filter((grant) => boundary === undefined || newestFirst(grant, boundary) <= 0)
    .toSorted(newestFirst);
  const page = grants.slice(0, limit);
  return { grants: page, next: (grants.length > limit ? page.at(-1) : boundary) ?? null };
}

function newestFirst(a: ListPlace, b: ListPlace): number {
  return createdKey(a) < createdKey(b) ? 1 : createdKey(a) > createdKey(b) ? -1 : 0;
}
