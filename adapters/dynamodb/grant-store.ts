import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { AuditEvent } from '../../core/audit.ts';
import type { Unavailable } from '../../core/failure.ts';
import type { Grant } from '../../core/grant.ts';
import type { Instant } from '../../core/instant.ts';
import type {
  CreateRefusal,
  GrantStore,
  KeyRefusal,
  UpdateRefusal,
  VendRefusal,
} from '../../core/ports.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { begun, followGrant } from './follow-grant.ts';
import { eventItem, readGrant } from './items.ts';
import { grantKey } from './keys.ts';
import { listGrants } from './list-grants.ts';
import { readDue } from './read-due.ts';
import { readEvents, readRequestedEvent } from './read-events.ts';
import { readHistory } from './read-history.ts';
import { overdueReview } from './read-principal.ts';
import { STORE_UNAVAILABLE, type Table } from './table.ts';
import { transact } from './transaction.ts';
import * as parts from './transaction-parts.ts';
import { usedKey } from './used-key.ts';

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
          parts.notSuspended(table.name, grant.requester.id),
          ...vendsOn.map((role) => parts.notFrozen(table.name, role, clock())),
          parts.newGrant(table.name, grant),
          ...followGrant(table.name, null, grant),
          ...events.map((event, position) => parts.newEvent(table.name, event, position)),
        ],
        table.report,
      ),
    recordVend: ({ grant, begins, event, idempotency, vendsOn, now }) =>
      transact<VendRefusal>(
        table.client,
        [
          ...(idempotency === null
            ? []
            : [parts.sameIdempotencyKey(table.name, idempotency, grant.id, now)]),
          parts.notSuspended(table.name, grant.requester.id),
          ...vendsOn.map((role) => parts.notFrozen(table.name, role, now)),
          parts.vendedGrant(table.name, grant, now),
          ...(begins ? [begun(table.name, grant, grant.startsAt ?? now)] : []),
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
    recordDenial: ({ event, decision, idempotency }) =>
      transact<KeyRefusal>(
        table.client,
        [
          ...(idempotency === null
            ? []
            : [parts.newIdempotencyKey(table.name, idempotency, event.grantId, clock(), decision)]),
          parts.newEvent(table.name, event),
        ],
        table.report,
      ),
    usedKey: (idempotency) => usedKey(table, idempotency, clock()),
    find: (id) => find(table, id),
    list: (query) => listGrants(table, query, (id) => find(table, id)),
    history: (principal, query) => readHistory(table, principal, query),
    overdueReview: (principal, now) => overdueReview(table, principal, now),
    events: (grantId, page) => readEvents(table, grantId, page),
    requestedEvent: (grantId) => readRequestedEvent(table, grantId),
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
