import { marshall } from '@aws-sdk/util-dynamodb';
import { type AuditEvent, isRefusalByPeople } from '../../core/audit.ts';
import {
  type Grant,
  isOpen,
  openRolesOf,
  rolesOf,
  type Vote,
  waitsForVotes,
} from '../../core/grant.ts';
import type { Instant } from '../../core/instant.ts';
import { deniedGrantOf } from '../../core/kill/kill-order.ts';
import { networkOf } from '../../core/network.ts';
import { HABIT_SECONDS } from '../../core/request-signals.ts';
import { extensionKey, type Key } from './keys.ts';
import {
  begunKey,
  castKey,
  deniedKey,
  droppedKey,
  openGrantKey,
  refusedKey,
  reviewKey,
  VOTED,
  votedKey,
  waitingKey,
} from './principal-keys.ts';
import { denyKey, openOnRoleKey } from './role-keys.ts';
import type { Part } from './transaction.ts';

/**
 * The rows that follow a grant, written in its transaction: its principal's open grants and history, the
 * votes on it, the review it owes, its extension that waits for votes, and on roles its denies, or that it is
 * open.
 *
 * @param before Null where the grant is new.
 */
export function followGrant(
  table: string,
  before: Grant | null,
  grant: Grant,
): readonly Part<never>[] {
  const was = before === null ? new Map<string, Row>() : rowsOf(before);
  const is = rowsOf(grant);
  // Votes on an extension that was decided stay listed with their voters.
  const decided = before?.extension != null && grant.extension === null;
  const gone = [...was]
    .filter(([key, row]) => !is.has(key) && !(decided && row.key.sk.startsWith(VOTED)))
    .map(([, row]) => remove(table, row.key));
  const changed = [...is].filter(([key, row]) => text(was.get(key)) !== text(row));
  return [
    ...gone,
    ...changed.map(([, row]) => put(table, row)),
    ...past(table, before, grant),
    ...cast(table, before, grant),
  ];
}

/**
 * Every row that a grant in this state has, and none that it must not have, whatever a restore lost or kept. A deny
 * on a role is never taken away here.
 */
export function allRows(table: string, grant: Grant): readonly Part<never>[] {
  const { id, requester } = grant;
  const is = rowsOf(grant);
  const possible = [
    openGrantKey(requester.id, id),
    waitingKey(requester.id, id),
    reviewKey(requester.id, id),
    extensionKey(grant),
    ...rolesOf(grant).map((role) => openOnRoleKey(role, id)),
  ];
  const gone = possible.filter(({ pk, sk }) => !is.has(`${pk} ${sk}`));
  return [
    ...gone.map((key) => remove(table, key)),
    ...[...is.values()].map((row) => put(table, row)),
    ...(hasEndedInUse(grant) ? [begun(table, grant, grant.startsAt ?? grant.createdAt)] : []),
    ...past(table, null, grant),
    ...cast(table, null, grant),
  ];
}

function hasEndedInUse({ status, keysValidUntil }: Grant): boolean {
  return status !== 'active' && (keysValidUntil !== null || status === 'expired');
}

/** What policies see of the principal's past: a grant that begins, and a request that does not. */
function past(table: string, before: Grant | null, grant: Grant): readonly Part<never>[] {
  if (before?.status === grant.status) return [];
  if (grant.status === 'active') return [begun(table, grant, grant.startsAt ?? grant.createdAt)];
  const at = grant.endedAt ?? grant.createdAt;
  const key = endedKey(grant, at);
  return key === null ? [] : [put(table, { key, data: { ttl: ttlOf(at) } })];
}

function endedKey({ id, status, requester }: Grant, at: Instant): Key | null {
  if (status === 'denied') return deniedKey(requester.id, at, id);
  if (status === 'lapsed') return droppedKey(requester.id, 'LAPSED', at, id);
  return status === 'cancelled' ? droppedKey(requester.id, 'CANCELLED', at, id) : null;
}

/** What policies see of a voter's past: the votes that are new, each in a row of its own. */
function cast(table: string, before: Grant | null, grant: Grant): readonly Part<never>[] {
  const votesOf = ({ approvals, extension, createdAt }: Grant) => [
    ...approvals.votes.map((vote) => ({ ...vote, requestedAt: createdAt })),
    ...(extension?.approvals.votes ?? []).map((vote) => ({
      ...{ ...vote, requestedAt: extension?.requestedAt ?? createdAt },
    })),
  ];
  const nameOf = ({ approver, at }: Pick<Vote, 'approver' | 'at'>) => `${approver.id} ${at}`;
  const known = new Set(before === null ? [] : votesOf(before).map(nameOf));
  return votesOf(grant)
    .filter((vote) => !known.has(nameOf(vote)))
    .map(({ approver, at, vote, requestedAt }) => {
      const data = {
        requester: grant.requester.id,
        vote,
        requestedAt,
        ttl: ttlOf(at, HABIT_SECONDS),
      };
      return put(table, { key: castKey(approver.id, at, grant.id), data });
    });
}

/** What approvers refused: a request, or an extension of a grant that runs on. */
export function refusedByPeople(
  table: string,
  { id, requester, entitlement }: Grant,
  events: readonly AuditEvent[],
): readonly Part<never>[] {
  return events.filter(isRefusalByPeople).map(({ at }) => {
    const key = refusedKey(requester.id, entitlement, at, id);
    return put(table, { key, data: { ttl: ttlOf(at) } });
  });
}

/** Every grant has a row of its own, because a shared one would be in conflict with itself under load. */
export function begun(table: string, grant: Grant, at: Instant): Part<never> {
  const key = begunKey(grant.requester.id, grant.entitlement, at, grant.id);
  const { token } = grant.requestedWith;
  const data = { network: networkOf(grant.sourceIp), ...(token !== undefined && { token }) };
  return put(table, { key, data });
}

const DAY_SECONDS = 86_400;

/** Most of it counts for a day; the rows stay another, because clocks differ. */
function ttlOf(at: Instant, counts = DAY_SECONDS): number {
  return Math.floor(at / 1000) + counts + DAY_SECONDS;
}

type Row = { readonly key: Key; readonly data: Readonly<Record<string, unknown>> };

function rowsOf(grant: Grant): Map<string, Row> {
  const { id, entitlement, requester, principalKey, extension, review, kill, approvals } = grant;
  const open = isOpen(grant) ? [{ key: openGrantKey(requester.id, id), data: {} }] : [];
  const waits = extension === null ? [] : [{ key: extensionKey(grant), data: {} }];
  const { lapseAt: lapsesAt } = extension?.approvals ?? approvals;
  const asks = waitsForVotes(grant)
    ? [{ key: waitingKey(requester.id, id), data: { entitlement, lapsesAt } }]
    : [];
  const owed =
    review?.status === 'due'
      ? [{ key: reviewKey(requester.id, id), data: { dueAt: review.dueAt } }]
      : [];
  const reaches = openRolesOf(grant).map((role) => ({
    key: openOnRoleKey(role, id),
    data: { principalKey },
  }));
  const denied = (kill?.roles ?? []).map((role) => {
    const { grantId: _, ...data } = deniedGrantOf(grant, role) ?? { grantId: id };
    return { key: denyKey(role, id), data };
  });
  const votes = [...approvals.votes, ...(extension?.approvals.votes ?? [])];
  const voted = votes.map(({ approver }) => ({
    key: votedKey(approver.id, grant),
    data: {},
  }));
  return new Map(
    [...open, ...reaches, ...waits, ...asks, ...owed, ...denied, ...voted].map((row) => [
      `${row.key.pk} ${row.key.sk}`,
      row,
    ]),
  );
}

function text(row: Row | undefined): string {
  return JSON.stringify(row?.data);
}

function put(table: string, { key, data }: Row): Part<never> {
  return {
    write: { Put: { TableName: table, Item: marshall({ ...key, ...data }) } },
    refusal: noCondition,
  };
}

function remove(table: string, key: Key): Part<never> {
  return { write: { Delete: { TableName: table, Key: marshall(key) } }, refusal: noCondition };
}

function noCondition(): never {
  throw new Error('a write without a condition cannot fail its condition');
}
