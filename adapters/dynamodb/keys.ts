import type { AuditEvent, PrincipalEvent } from '../../core/audit.ts';
import type { Grant, GrantStatus } from '../../core/grant.ts';
import { shortHash } from '../../core/ids.ts';
import type { Counted } from '../../core/limits.ts';
import type { CountedEvent } from '../../core/stats/stats-ports.ts';

/** Every key of the table; `docs/storage-schema.md` shows an example of each. */

export type Key = { readonly pk: string; readonly sk: string };

export const BY_REQUESTER = 'byRequester';
export const BY_STATUS_SHARD = 'byStatusShard';
/** The index of the version before. Only the pass that brings its grants into {@link BY_STATUS_SHARD} reads it. */
export const BY_STATUS = 'byStatus';
export const BY_DUE = 'byDue';

/** What is due is spread over this many partitions; each of them bears 1,000 writes a second. */
export const SWEEP_SHARDS = 8;

/** Events are in {@link BY_DUE} as well, in as many partitions of their own, whose numbers are below this one. */
const FIRST_LEDGER_SHARD = -2;

export const LEDGER_SHARDS: readonly number[] = Array.from(
  { length: SWEEP_SHARDS },
  (_, shard) => FIRST_LEDGER_SHARD - shard,
);

/** The grants of one status are spread over this many partitions of {@link BY_STATUS_SHARD}. */
export const STATUS_SHARDS = 4;

/** The kill switches' own partition of {@link BY_DUE}: roles on which something may be left to undo. */
export const SWITCH_SHARD = -1;

export function grantKey(id: string): Key {
  return { pk: `GRANT#${id}`, sk: 'GRANT' };
}

/** How the sort keys of events begin. */
export const EVENT = 'EVENT#';

/** Events sort by time; `position` keeps the events of one transaction in order. */
export function eventKey(event: AuditEvent, position = 0): Key {
  const time = new Date(event.at).toISOString();
  return { pk: `GRANT#${event.grantId}`, sk: `${EVENT}${time}#${position}#${event.id}` };
}

export function idempotencyKey(principal: string, key: string): Key {
  return { pk: `PRINCIPAL#${principal}`, sk: `KEY#${key}` };
}

/** Exists while the principal is suspended. No vend touches it: vends check its gates. */
export function suspensionKey(principal: string): Key {
  return { pk: `PRINCIPAL#${principal}`, sk: 'SUSPENSION' };
}

/** How the sort keys of a principal's events begin. */
export const AUDIT = 'AUDIT#';

/**
 * A line of the principal's own audit trail. Version 0.1 wrote it to the partition of the principal; nobody may
 * delete from this one.
 */
export function principalEventKey({
  principalId,
  at,
  id,
}: Pick<PrincipalEvent, 'principalId' | 'at' | 'id'>): Key {
  return { pk: `TRAIL#${principalId}`, sk: `${AUDIT}${new Date(at).toISOString()}#${id}` };
}

/** The gates of a suspension or a freeze, of which each request or vend checks one. */
export function gateKey({ pk, sk }: Key, number: number): Key {
  return { pk, sk: `${sk}#${String(number).padStart(2, '0')}` };
}

/** What the gates follow. */
export function gateHeadKey({ pk, sk }: Key): Key {
  return { pk, sk: `${sk}#HEAD` };
}

/** Exists while the role vends nothing because its kill switch cannot be written; vends check its gates. */
export function freezeKey(roleArn: string): Key {
  return { pk: `ROLE#${roleArn}`, sk: 'FREEZE' };
}

/** A grant whose sessions the role must deny. */
export function denyKey(roleArn: string, grantId: string): Key {
  return { pk: `ROLE#${roleArn}`, sk: `DENY#${grantId}` };
}

/** Exists while the grant has rightful sessions on the role, or may still get them. */
export function openOnRoleKey(roleArn: string, grantId: string): Key {
  return { pk: `ROLE#${roleArn}`, sk: `OPEN#${grantId}` };
}

/** The role's kill switch as it was last read back, and the lease of its writer. */
export function switchKey(roleArn: string): Key {
  return { pk: `ROLE#${roleArn}`, sk: 'SWITCH' };
}

/** The role of a partition key. */
export function roleOf(pk: string): string {
  return pk.slice('ROLE#'.length);
}

/** Exists while the grant is open. */
export function openGrantKey(principal: string, grantId: string): Key {
  return { pk: `PRINCIPAL#${principal}`, sk: `GRANT#${grantId}` };
}

/** The principal voted on the grant; sorts like every list of grants. */
export function votedKey(principal: string, grant: Pick<Grant, 'createdAt' | 'id'>): Key {
  return { pk: `PRINCIPAL#${principal}`, sk: `${VOTED}${createdKey(grant)}` };
}

export const VOTED = 'VOTED#';

/** A grant of the entitlement began then: the principal's history, in the order of time. */
export function begunKey(principal: string, entitlement: string, at: number, grantId = ''): Key {
  return { pk: `PRINCIPAL#${principal}`, sk: `BEGUN#${entitlement}#${timeOf(at)}#${grantId}` };
}

/** Exists while the grant, or its extension, waits for votes. */
export function waitingKey(principal: string, grantId = ''): Key {
  return { pk: `PRINCIPAL#${principal}`, sk: `WAITING#${grantId}` };
}

/** Uses of a principal or a grant within one minute; several counters share a limit. */
export function countKey({ limit, of }: Counted, minute: number, counter: number): Key {
  return { pk: `COUNT#${of}`, sk: `${limit}#${minute}#${counter}` };
}

/** A request of the principal was denied then. */
export function deniedKey(principal: string, at: number, grantId = ''): Key {
  return { pk: `PRINCIPAL#${principal}`, sk: `DENIED#${timeOf(at)}#${grantId}` };
}

/** A request of the principal lapsed, or was cancelled, then. */
export function droppedKey(
  principal: string,
  how: 'LAPSED' | 'CANCELLED',
  at: number,
  grantId = '',
): Key {
  return { pk: `PRINCIPAL#${principal}`, sk: `${how}#${timeOf(at)}#${grantId}` };
}

/** The principal cast its vote on the grant then. */
export function castKey(principal: string, at: number, grantId = ''): Key {
  return { pk: `PRINCIPAL#${principal}`, sk: `CAST#${timeOf(at)}#${grantId}` };
}

/** A signal of this kind goes on, or did lately. */
export function episodeKey(principal: string, kind: string): Key {
  return { pk: `SIGNALS#${principal}`, sk: kind };
}

/** Approvers refused the principal a request for the entitlement, or an extension, then. */
export function refusedKey(principal: string, entitlement: string, at: number, grantId = ''): Key {
  return { pk: `PRINCIPAL#${principal}`, sk: `REFUSED#${entitlement}#${timeOf(at)}#${grantId}` };
}

function timeOf(at: number): string {
  return new Date(at).toISOString();
}

/** Exists while the grant owes a review. */
export function reviewKey(principal: string, grantId: string): Key {
  return { pk: `PRINCIPAL#${principal}`, sk: `REVIEW#${grantId}` };
}

/** The task token of the waiting execution. */
export function workflowKey(grantId: string): Key {
  return { pk: `GRANT#${grantId}`, sk: 'WORKFLOW' };
}

export function sweepShard(grantId: string): number {
  return lastCharacter(grantId) % SWEEP_SHARDS;
}

export function ledgerShard(eventId: string): number {
  return FIRST_LEDGER_SHARD - (lastCharacter(eventId) % SWEEP_SHARDS);
}

/** The partition of {@link BY_STATUS_SHARD}. It changes with the status, in the same write. */
export function statusShard({ status, id }: Pick<Grant, 'status' | 'id'>): string {
  return `${statusPrefix(status)}${lastCharacter(id) % STATUS_SHARDS}`;
}

export function statusShards(status: GrantStatus): readonly string[] {
  return Array.from({ length: STATUS_SHARDS }, (_, shard) => `${statusPrefix(status)}${shard}`);
}

export function statusPrefix(status: GrantStatus): string {
  return `${status}#`;
}

/** Of an id, whose end is random. */
function lastCharacter(id: string): number {
  return id.codePointAt(id.length - 1) ?? 0;
}

/** The sort key of the listing indexes: unique, newest last. */
export function createdKey(grant: Pick<Grant, 'createdAt' | 'id'>): string {
  return `${new Date(grant.createdAt).toISOString()}#${grant.id}`;
}

/** The policy bundle that the open grants were last checked against. */
export const BUNDLE_KEY: Key = { pk: 'BUNDLE', sk: 'APPLIED' };

/** Everybody who is suspended, by time. A hash, because ids can be longer than a sort key. */
export const SUSPENSIONS = 'SUSPENSIONS';

/** How far the sweep has listed the suspensions of version 0.1, which knew no list. */
export const LISTING_KEY: Key = { pk: 'LISTING', sk: 'SUSPENSIONS' };

/** The bundle whose deployment was recorded last. */
export const DEPLOYED_KEY: Key = { pk: 'LEDGER', sk: 'DEPLOYED' };

/** Until when every event is in the ledger. */
export const LEDGER_CHECKED_KEY: Key = { pk: 'LEDGER', sk: 'CHECKED' };

/** How far the sweep has brought the grants of the version before into {@link BY_STATUS_SHARD}. */
export const GRANT_LISTING_KEY: Key = { pk: 'LISTING', sk: 'GRANTS' };

export function suspensionListKey({
  at,
  hash,
}: {
  readonly at: number;
  readonly hash: string;
}): Key {
  return { pk: SUSPENSIONS, sk: `${new Date(at).toISOString()}#${hash}` };
}

export function suspensionPlace(principal: string, at: number) {
  return { at, hash: shortHash(principal) };
}

/** Orders about principals that may have grants left to end, by time. */
export const ORDERS = 'ORDERS';

export function orderKey({ at, id }: { readonly at: number; readonly id: string }): Key {
  return { pk: ORDERS, sk: `${new Date(at).toISOString()}#${id}` };
}

/** The partition of the extensions that wait for votes. */
export const EXTENSIONS = 'EXTENSIONS';

/** Exists while the grant has an extension that waits for votes. */
export function extensionKey(grant: Pick<Grant, 'createdAt' | 'id'>): Key {
  return { pk: EXTENSIONS, sk: createdKey(grant) };
}

/** All entries of the ledger that have a place, as one tree. */
export const LEDGER_HEAD_KEY: Key = { pk: 'LEDGER', sk: 'HEAD' };

/** Entries that got their places together, by the place of the first. */
export function ledgerBatchKey(place: number): Key {
  return { pk: LEDGER_HEAD_KEY.pk, sk: `${LEDGER_BATCH}${String(place).padStart(16, '0')}` };
}

export const LEDGER_BATCH = 'BATCH#';

/** Where the event has its place in the ledger. */
export function ledgerPlaceKey(eventId: string): Key {
  return { pk: `LEDGER#${eventId}`, sk: 'PLACE' };
}

export function accessReviewKey(id: string): Key {
  return { pk: `ACCESSREVIEW#${id}`, sk: 'REVIEW' };
}

/** An item of an access review, with its current decision; they sort by number. */
export function reviewItemKey(reviewId: string, item: number): Key {
  return { pk: accessReviewKey(reviewId).pk, sk: `ITEM#${String(item).padStart(8, '0')}` };
}

/** All access reviews, by time. */
export const ACCESS_REVIEWS = 'ACCESSREVIEWS';

export function reviewListKey({ at, id }: { readonly at: number; readonly id: string }): Key {
  return { pk: ACCESS_REVIEWS, sk: `${new Date(at).toISOString()}#${id}` };
}

/** The figures: every write of them is made on this item. */
export const STATS_HEAD_KEY: Key = { pk: 'STATS', sk: 'HEAD' };

/** The counters of a day. */
export function statsDayKey(date: string): Key {
  return { pk: 'STATS', sk: `DAY#${date}` };
}

/** Exists where the event is counted in this edition of its day. */
export function countedEventKey({ date, edition, id }: CountedEvent): Key {
  return { pk: `STATS#${date}#${edition}`, sk: `EVENT#${id}` };
}

/** What the grant was last counted as. */
export function countedGrantKey(edition: number, grantId: string): Key {
  return { pk: `STATS#GRANTS#${edition}`, sk: `GRANT#${grantId}` };
}
