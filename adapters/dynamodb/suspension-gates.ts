import { paginateQuery } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Unavailable } from '../../core/failure.ts';
import { type Gate, nextHead, settleGates } from '../../core/gates.ts';
import { addSeconds, type Instant } from '../../core/instant.ts';
import type { Suspended } from '../../core/ports.ts';
import type { PrincipalOrder } from '../../core/principal-order.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { gatePorts, gatesIn, newHead, putPatiently, readFamily } from './gates.ts';
import type { Key } from './keys.ts';
import { isListed, listOldSuspensions, noteGated, type Progress } from './list-suspensions.ts';
import {
  SUSPENSIONS,
  suspensionKey,
  suspensionListKey,
  suspensionPlace,
} from './principal-keys.ts';
import { ENDING } from './retries.ts';
import { STORE_UNAVAILABLE, type Table } from './table.ts';
import { type Part, transact } from './transaction.ts';

/** The gates of suspensions. A line of the list says `gated` once all of them are closed. */

type Line = Key & Suspended;

/** What the gates must follow after the order; null where it leaves them as they are. */
export async function headAfter(
  table: Table,
  { what, principal }: PrincipalOrder,
): Promise<Result<Gate | null, Unavailable>> {
  if (what === 'revoke') return ok(null);
  const family = await readFamily(table, suspensionKey(principal));
  return family.ok ? ok(nextHead(gatesIn(family.value), what === 'suspend', null)) : family;
}

export async function settleSuspension(
  table: Table,
  { what, principal, at, actor: by, reason }: PrincipalOrder,
): Promise<Result<null, Unavailable>> {
  const settled = await settleGates(gatePorts(table, suspensionKey(principal)));
  if (!settled.ok || what !== 'suspend') return settled;
  const key = suspensionListKey(suspensionPlace(principal, at));
  return markGated(table, { ...key, principal, at, by, reason });
}

/**
 * Lines without `gated`: of earlier versions, by hand, or of a call that stopped in the middle. One that
 * cannot be settled does not hold up the others; it is reported when they are done.
 */
export async function closeMissingGates(
  table: Table,
  before: Instant,
  limit: number,
): Promise<Result<number, Unavailable>> {
  const old = await listOldSuspensions(table, before);
  const lines = await listUngated(table, before, limit);
  if (!lines.ok) return lines;
  let closed = 0;
  let failed: Result<never, Unavailable> | null = null;
  for (const line of lines.value) {
    const done = await closeGates(table, line);
    if (!done.ok) failed = done;
    else if (done.value) closed += 1;
  }
  if (failed !== null) return failed;
  if (!old.ok) return old;
  const noted = await noteIfGated(table, old.value, before);
  return noted.ok ? ok(closed) : noted;
}

/**
 * After the passes over the table, once no line lacks its gates: one that is younger than `before`, which belongs to a
 * call under way, puts it off.
 */
async function noteIfGated(
  table: Table,
  progress: Progress,
  before: Instant,
): Promise<Result<null, Unavailable>> {
  if (progress.gated === true || !isListed(progress)) return ok(null);
  const left = await listUngated(table, addSeconds(before, LATEST_SECONDS), 1);
  if (!left.ok) return left;
  return left.value.length > 0 ? ok(null) : noteGated(table, progress);
}

/** From `before` to the latest line that there can be, by any clock. */
const LATEST_SECONDS = 3600;

/** False where the suspension is over. */
async function closeGates(table: Table, line: Line): Promise<Result<boolean, Unavailable>> {
  const record = suspensionKey(line.principal);
  const family = await readFamily(table, record);
  if (!family.ok) return family;
  if (!family.value.has('')) {
    // Nobody shows this line, and the next sweep need not look at it again.
    const seen = await markGated(table, line);
    return seen.ok ? ok(false) : seen;
  }
  const gates = gatesIn(family.value);
  if (gates.head?.closed !== true) {
    const head = nextHead(gates, true, null);
    const parts = [
      stillSuspended(table.name, line.principal),
      newHead(table.name, record, head, RACED),
    ];
    const written = await transact<typeof RACED>(table, () => parts, ENDING);
    // The next sweep looks again.
    if (!written.ok && written.error.code === 'raced') return ok(false);
    if (!written.ok) return err(STORE_UNAVAILABLE);
  }
  const settled = await settleGates(gatePorts(table, record));
  const marked = settled.ok ? await markGated(table, line) : settled;
  return marked.ok ? ok(true) : marked;
}

const RACED = { code: 'raced' } as const;

function stillSuspended(table: string, principal: string): Part<typeof RACED> {
  const Key = marshall(suspensionKey(principal));
  const ConditionCheck = { TableName: table, Key, ConditionExpression: 'attribute_exists(pk)' };
  return { write: { ConditionCheck }, refusal: () => RACED };
}

/** A line that has gone meanwhile does not come back. */
async function markGated(table: Table, line: Line): Promise<Result<null, Unavailable>> {
  const marked = await putPatiently(table, {
    TableName: table.name,
    Item: marshall({ ...line, gated: true }),
    ConditionExpression: 'attribute_exists(pk)',
  });
  return marked.ok ? ok(null) : marked;
}

async function listUngated(
  { client, name, report }: Table,
  before: Instant,
  limit: number,
): Promise<Result<readonly Line[], Unavailable>> {
  const query = {
    TableName: name,
    KeyConditionExpression: 'pk = :pk AND sk < :before',
    FilterExpression: 'attribute_not_exists(gated)',
    ExpressionAttributeValues: marshall({
      ':pk': SUSPENSIONS,
      ':before': new Date(before).toISOString(),
    }),
    ConsistentRead: true,
  };
  const lines: Line[] = [];
  try {
    for await (const { Items = [] } of paginateQuery({ client }, query)) {
      lines.push(...Items.map((item) => unmarshall(item) as Line));
      if (lines.length >= limit) break;
    }
    return ok(lines.slice(0, limit));
  } catch (error) {
    report('Query', error);
    return err(STORE_UNAVAILABLE);
  }
}
