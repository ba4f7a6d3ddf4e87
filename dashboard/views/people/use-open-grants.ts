import { OFTEN_MS, useRead } from '../../api/queries.ts';
import type { Grant, GrantPage } from '../../api/types.ts';
import { OPEN_STATUSES } from './orders.ts';

export type OpenGrants = {
  /** What orders end, and what is being ended, the newest first; null until it is read. */
  readonly grants: readonly Grant[] | null;
  /** Whether there are more than are shown. */
  readonly isMore: boolean;
  readonly error: Error | null;
  readonly retry: () => void;
};

/** What a principal has: a page of each status, however many grants it ever had. */
export function useOpenGrants(principal: string | null): OpenGrants {
  const pages = [
    usePage(principal, OPEN_STATUSES[0]),
    usePage(principal, OPEN_STATUSES[1]),
    usePage(principal, OPEN_STATUSES[2]),
    usePage(principal, 'revoking'),
  ];
  const read = pages.flatMap(({ data, isPlaceholderData }) =>
    data === undefined || isPlaceholderData ? [] : [data],
  );
  const complete = principal !== null && read.length === pages.length;
  return {
    grants: complete ? read.flatMap(({ grants }) => grants) : null,
    isMore: read.some(({ nextCursor }) => nextCursor !== null),
    error: pages.find(({ error }) => error !== null)?.error ?? null,
    retry: () => {
      for (const page of pages) void page.refetch();
    },
  };
}

function usePage(principal: string | null, status: Grant['status']) {
  const query = new URLSearchParams({ requester: principal ?? '', status, limit: '50' });
  return useRead<GrantPage>(principal === null ? null : `/v1/grants?${query}`, OFTEN_MS);
}
