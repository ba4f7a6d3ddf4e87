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
import { createParts, denialParts, patienceOf, updateParts, vendParts } from './grant-parts.ts';
import { eventItem, readGrant } from './items.ts';
import { grantKey } from './keys.ts';
import { listGrants } from './list-grants.ts';
import { listOldGrants } from './list-old-grants.ts';
import { readAsked } from './read-asked.ts';
import { readDue } from './read-due.ts';
import { readEvents, readRequestedEvent } from './read-events.ts';
import { readHistory } from './read-history.ts';
import { overdueReview } from './read-principal.ts';
import { readCastVotes, readSignalPast } from './read-signals.ts';
import { CALL } from './retries.ts';
import { STORE_UNAVAILABLE, type Table } from './table.ts';
import { transact } from './transaction.ts';
import { usedKey } from './used-key.ts';

/** The store on one DynamoDB table; `docs/storage-schema.md` describes its items. */
export function dynamoGrantStore(table: Table, clock: () => Instant): GrantStore {
  return {
    create: (write) =>
      transact<CreateRefusal>(table, (gate) => createParts(table.name, write, clock(), gate), CALL),
    recordVend: (write) =>
      transact<VendRefusal>(table, (gate) => vendParts(table.name, write, gate), CALL),
    update: (write) =>
      transact<UpdateRefusal>(
        table,
        (gate) => updateParts(table.name, write, clock(), gate),
        patienceOf(write),
      ),
    appendEvent: (event) => appendEvent(table, event),
    recordDenial: (write) =>
      transact<KeyRefusal>(table, () => denialParts(table.name, write, clock()), CALL),
    usedKey: (idempotency) => usedKey(table, idempotency, clock()),
    find: (id) => find(table, id),
    list: (query) => listGrants(table, query),
    history: (principal, query) => readHistory(table, principal, query),
    signalPast: (principal, query) => readSignalPast(table, principal, query),
    votesOf: (principal, before) => readCastVotes(table, principal, before),
    asked: (principal, entitlement, now) => readAsked(table, principal, entitlement, now),
    overdueReview: (principal, now) => overdueReview(table, principal, now),
    events: (grantId, page) => readEvents(table, grantId, page),
    requestedEvent: (grantId) => readRequestedEvent(table, grantId),
    due: (before, limit) => readDue(table, before, limit),
    completeLists: () => listOldGrants(table, clock()),
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
