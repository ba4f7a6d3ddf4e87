import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { get } from '../../api/client.ts';
import { OFTEN_MS, queries } from '../../api/queries.ts';
import type { EventPage, Grant } from '../../api/types.ts';
import { linkTo } from '../../place.ts';
import { readTrail, type Trail } from './read-trail.ts';

/** All events of a grant, and what comes while somebody looks. */
export function useTrail({ id }: Grant): UseQueryResult<Trail, Error> {
  const queryKey = ['trail', id];
  return useQuery<Trail, Error>({
    queryKey,
    queryFn: ({ signal }) =>
      readTrail(
        (cursor) => get<EventPage>(pathOf(id, cursor), signal),
        queries.getQueryData<Trail>(queryKey),
      ),
    refetchInterval: OFTEN_MS,
  });
}

function pathOf(id: string, cursor: string | null): string {
  const query = linkTo('', { limit: '200', cursor }).slice('#/'.length);
  return `/v1/grants/${encodeURIComponent(id)}/events${query}`;
}
