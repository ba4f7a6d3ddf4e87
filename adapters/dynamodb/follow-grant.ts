import { marshall } from '@aws-sdk/util-dynamodb';
import { type Grant, isOpen } from '../../core/grant.ts';
import { denialKey, type Key, openGrantKey, reviewKey } from './keys.ts';
import type { Part } from './transaction.ts';

/**
 * What hangs on a grant, written in the grant's own transaction: the list of its principal's open
 * grants, the review that is owed, and the denials on roles.
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
  const { id, requester, review, denial } = grant;
  const open = isOpen(grant) ? [{ key: openGrantKey(requester.id, id), data: {} }] : [];
  const owed =
    review?.status === 'due'
      ? [{ key: reviewKey(requester.id, id), data: { dueAt: review.dueAt } }]
      : [];
  const denied = (denial?.roles ?? []).map((role) => ({
    key: denialKey(role, id),
    data: { at: denial?.at, until: denial?.until },
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
