import { marshall } from '@aws-sdk/util-dynamodb';
import { type Grant, isOpen } from '../../core/grant.ts';
import { denyKey, type Key, openGrantKey, reviewKey } from './keys.ts';
import type { Part } from './transaction.ts';

/**
 * The rows that follow a grant, written in its transaction: its principal's open grants, the review it
 * owes, and its denies on roles.
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
  const gone = [...was].filter(([key]) => !is.has(key)).map(([, row]) => remove(table, row.key));
  const changed = [...is].filter(([key, row]) => text(was.get(key)) !== text(row));
  return [...gone, ...changed.map(([, row]) => put(table, row))];
}

type Row = { readonly key: Key; readonly data: Readonly<Record<string, unknown>> };

function rowsOf(grant: Grant): Map<string, Row> {
  const { id, requester, review, kill } = grant;
  const open = isOpen(grant) ? [{ key: openGrantKey(requester.id, id), data: {} }] : [];
  const owed =
    review?.status === 'due'
      ? [{ key: reviewKey(requester.id, id), data: { dueAt: review.dueAt } }]
      : [];
  const denied = (kill?.roles ?? []).map((role) => ({
    key: denyKey(role, id),
    data: { at: kill?.at, until: kill?.until },
  }));
  return new Map([...open, ...owed, ...denied].map((row) => [`${row.key.pk} ${row.key.sk}`, row]));
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
