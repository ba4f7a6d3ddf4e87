import { type AuditEvent, isAppended } from '../../core/audit.ts';
import type { Grant, GrantStatus } from '../../core/grant.ts';

/**
 * The keys of grants, of what is there once, and of the indexes; those of principals, roles and the ledger are in files of
 * their own. `docs/storage-schema.md` shows an example of each.
 */

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

/** The grant of a partition key. */
export function grantIdOf(pk = ''): string {
  return pk.slice('GRANT#'.length);
}

/** How the sort keys of events begin. */
export const EVENT = 'EVENT#';

/** Sorts behind the positions of a transaction, which has at most 100 items, the grant among them. */
const APPENDED_POSITION = 99;

/**
 * Events sort by time; `position` keeps the events of one transaction in order. What is appended alone comes after what its
 * call wrote in the same millisecond.
 */
export function eventKey(event: AuditEvent, position = 0): Key {
  const time = new Date(event.at).toISOString();
  const place = isAppended(event) ? APPENDED_POSITION : position;
  return { pk: `GRANT#${event.grantId}`, sk: `${EVENT}${time}#${place}#${event.id}` };
}

/** The gates of a suspension or a freeze, of which each request or vend checks one. */
export function gateKey({ pk, sk }: Key, number: number): Key {
  return { pk, sk: `${sk}#${String(number).padStart(2, '0')}` };
}

/** What the gates follow. */
export function gateHeadKey({ pk, sk }: Key): Key {
  return { pk, sk: `${sk}#HEAD` };
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

/** Exists while the broker is in quarantine. */
export const QUARANTINE_KEY: Key = { pk: 'QUARANTINE', sk: 'RECORD' };

/** How far the sweep has listed the suspensions of version 0.1, which knew no list. */
export const LISTING_KEY: Key = { pk: 'LISTING', sk: 'SUSPENSIONS' };

/** How far the sweep has brought the grants of the version before into {@link BY_STATUS_SHARD}. */
export const GRANT_LISTING_KEY: Key = { pk: 'LISTING', sk: 'GRANTS' };

/** The partition of the extensions that wait for votes. */
export const EXTENSIONS = 'EXTENSIONS';

/** Exists while the grant has an extension that waits for votes. */
export function extensionKey(grant: Pick<Grant, 'createdAt' | 'id'>): Key {
  return { pk: EXTENSIONS, sk: createdKey(grant) };
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

/**
 * What a chat shows of a grant or a crowd. Not in the partition of the grant: IAM knows partition keys alone, and the
 * Lambda that talks to chats may write no grant.
 */
export function chatKey(about: string, place: string): Key {
  return { pk: `CHAT#${about}`, sk: place };
}

/** How many requests of a crowd a place was told of. */
export function chatCountKey(crowd: string, place: string): Key {
  return { pk: `CHATCOUNT#${crowd}`, sk: place };
}

/** A signature of Slack that was used. */
export function chatPressKey(signature: string): Key {
  return { pk: `CHATPRESS#${signature}`, sk: 'USED' };
}

/** How far the recovery of a restored table has come. */
export const RECOVERY_KEY: Key = { pk: 'RECOVERY', sk: 'STATE' };

/** What the policy of a role had denied by the ids of grants before the recovery of this table. */
export function recoveredRoleKey(tableId: string, roleArn: string): Key {
  return { pk: `RECOVERY#${tableId}`, sk: `ROLE#${roleArn}` };
}
