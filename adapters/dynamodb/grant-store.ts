import { GetItemCommand, PutItemCommand, paginateQuery } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { AuditEvent } from '../../core/audit.ts';
import type { Unavailable } from '../../core/failure.ts';
import type { Grant } from '../../core/grant.ts';
import type { Instant } from '../../core/instant.ts';
import type { CreateRefusal, GrantStore, UpdateRefusal, VendRefusal } from '../../core/ports.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { followGrant } from './follow-grant.ts';
import { eventItem, readEvent, readGrant } from './items.ts';
import { grantKey } from './keys.ts';
import { listGrants } from './list-grants.ts';
import { readDue } from './read-due.ts';
import { readHistory } from './read-history.ts';
import { overdueReview } from './read-principal.ts';
import { STORE_UNAVAILABLE, type Table } from './table.ts';
import { transact } from './transaction.ts';
import * as parts from './transaction-parts.ts';

/** The store on one DynamoDB table; `docs/storage-schema.md` describes its items. */
export function dynamoGrantStore(table: Table, clock: () => Instant): GrantStore {
  return {
    create: ({ grant, events, idempotency, vendsOn }) =>
      transact<CreateRefusal>(
        table.client,
        [
          ...(idempotency === null
            ? []
            : [parts.newIdempotencyKey(table.name, idempotency, grant.id, clock())]),
          ...(grant.status === 'denied'
            ? []
            : [parts.notSuspended(table.name, grant.requester.id)]),
          ...vendsOn.map((role) => parts.notFrozen(table.name, role, clock())),
          parts.newGrant(table.name, grant),
          ...followGrant(table.name, null, grant),
          ...events.map((event, position) => parts.newEvent(table.name, event, position)),
        ],
        table.report,
      ),
    recordVend: ({ grant, event, idempotency, vendsOn, now }) =>
      transact<VendRefusal>(
        table.client,
        [
          ...(idempotency === null
            ? []
            : [parts.sameIdempotencyKey(table.name, idempotency, grant.id, now)]),
          parts.notSuspended(table.name, grant.requester.id),
          ...vendsOn.map((role) => parts.notFrozen(table.name, role, now)),
          parts.vendedGrant(table.name, grant, now),
          parts.newEvent(table.name, event),
        ],
        table.report,
      ),
    update: ({ before, grant, events, idempotency, unsuspended }) =>
      transact<UpdateRefusal>(
        table.client,
        [
          ...(idempotency === null
            ? []
            : [parts.newIdempotencyKey(table.name, idempotency, grant.id, clock())]),
          ...unsuspended.map((principal) => parts.notSuspended(table.name, principal)),
          parts.nextVersion(table.name, before, grant),
          ...followGrant(table.name, before, grant),
          ...events.map((event, position) => parts.newEvent(table.name, event, position)),
        ],
        table.report,
      ),
    appendEvent: (event) => appendEvent(table, event),
    find: (id) => find(table, id),
    list: (query) => listGrants(table, query),
    history: (principal, since) => readHistory(table, principal, since),
    overdueReview: (principal, now) => overdueReview(table, principal, now),
    events: (grantId) => readEvents(table, grantId),
    due: (before, limit) => readDue(table, before, limit),
  };
}

/** Strongly consistent: a grant is found as soon as the call that made it was answered. */
async function find(table: Table, id: string): Promise<Result<Grant | null, Unavailable>> {
  try {
    const { Item } = await table.client.send(
      new GetItemCommand({
        TableName: table.name,
        Key: marshall(grantKey(id)),
        ConsistentRead: true,
      }),
    );
    return ok(Item === undefined ? null : readGrant(Item));
  } catch (error) {
    table.report('GetItem', error);
    return err(STORE_UNAVAILABLE);
  }
}

async function appendEvent(table: Table, event: AuditEvent): Promise<Result<null, Unavailable>> {
  try {
    await table.client.send(new PutItemCommand({ TableName: table.name, Item: eventItem(event) }));
    return ok(null);
  } catch (error) {
    table.report('PutItem', error);
    return err(STORE_UNAVAILABLE);
  }
}

async function readEvents(
  table: Table,
  grantId: string,
): Promise<Result<readonly AuditEvent[], Unavailable>> {
  const query = {
    TableName: table.name,
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :event)',
    ExpressionAttributeValues: marshall({ ':pk': grantKey(grantId).pk, ':event': 'EVENT#' }),
    ConsistentRead: true,
  };
  const events: AuditEvent[] = [];
  try {
    for await (const page of paginateQuery({ client: table.client }, query)) {
      events.push(...(page.Items ?? []).map(readEvent));
    }
    return ok(events);
  } catch (error) {
    table.report('Query', error);
    return err(STORE_UNAVAILABLE);
  }
}
