import { useState } from 'react';
import { SELDOM_MS, useRead } from '../api/queries.ts';
import { goTo, linkTo } from '../place.ts';
import { type Changes, changesOf, type Row } from './changes.ts';
import { type ListPlace, pathOf, queryOf } from './list-place.ts';

export type List<T> = Changes<T> & {
  /** Whether the shown rows are of another place, until those of this one are there. */
  readonly loading: boolean;
  readonly error: Error | null;
  readonly next: string | null;
  /** Shows what is there now. */
  readonly refresh: () => void;
  readonly showChanges: () => void;
};

type Read<T> = { readonly rows: readonly T[]; readonly next: string | null };
type Snapshot<T> = Read<T> & { readonly path: string };

const NONE: ReadonlySet<string> = new Set();

/**
 * One page of a list. Only the first one is asked for again and again, and nothing that one reads moves: what is new
 * waits to be shown.
 */
export function useList<Answer, T extends Row>(
  call: string,
  place: ListPlace,
  read: (answer: Answer) => Read<T>,
): List<T> {
  const path = pathOf(call, place);
  const answer = useRead<Answer>(path, place.page === 1 ? SELDOM_MS : false);
  const [shown, setShown] = useState<Snapshot<T> | null>(null);
  const latest =
    answer.data === undefined || answer.isPlaceholderData ? null : { path, ...read(answer.data) };
  const isEmpty = shown?.path === path && shown.rows.length === 0;
  const takes = latest !== null && (shown?.path !== path || (isEmpty && latest.rows.length > 0));
  if (takes) setShown(latest);
  const snapshot = takes ? latest : shown;
  const loading = snapshot?.path !== path;
  const changes =
    snapshot === null || latest === null || loading
      ? { rows: snapshot?.rows ?? [], fresh: 0, gone: NONE }
      : changesOf(snapshot.rows, latest.rows);
  return {
    ...changes,
    loading: loading && answer.error === null,
    error: answer.error,
    next: snapshot?.next ?? null,
    refresh: () => {
      void answer.refetch().then(({ data }) => {
        if (data !== undefined) setShown({ path, ...read(data) });
      });
    },
    showChanges: () => setShown(latest),
  };
}

/** Goes to another place of the list that is at `path` of the page. */
export function goToPlace(path: string, place: ListPlace): void {
  goTo(linkTo(path, queryOf(place)));
}
