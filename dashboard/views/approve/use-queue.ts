import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query';
import { get } from '../../api/client.ts';
import { OFTEN_MS, SELDOM_MS } from '../../api/queries.ts';
import type { GrantPage } from '../../api/types.ts';
import { linkTo } from '../../place.ts';
import { type Queue, readQueue } from './read-queue.ts';

const PAGE = 50;
const PAUSE_MS = 250;
/** With the pages of 50, the latest thousand that wait for anybody. */
const MOST_PAGES = 20;

/** What waits for the person's vote. A long search is repeated less often. */
export function useQueue(enough: number): UseQueryResult<Queue, Error> {
  return useQuery<Queue, Error>({
    queryKey: ['waits-for-my-vote', enough],
    queryFn: ({ signal }) =>
      readQueue((cursor) => get<GrantPage>(pathOf(cursor), signal), {
        enough,
        most: MOST_PAGES,
        pause: () => new Promise((resolve) => setTimeout(resolve, PAUSE_MS)),
      }),
    refetchInterval: ({ state }) => ((state.data?.pages ?? 1) > 1 ? SELDOM_MS : OFTEN_MS),
    placeholderData: keepPreviousData,
  });
}

function pathOf(cursor: string | null): string {
  const query = { reviewable: 'me', limit: String(PAGE), cursor };
  return `/v1/grants${linkTo('', query).slice('#/'.length)}`;
}
