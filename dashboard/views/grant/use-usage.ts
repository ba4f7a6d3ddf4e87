import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { get } from '../../api/client.ts';
import { now } from '../../api/clock.ts';
import type { Grant, GrantUsage } from '../../api/types.ts';
import { askAgainIn } from './usage-when.ts';

/** What was called under a grant, asked for anew when the grant is another, and once its logs are due. */
export function useUsage({ id, status }: Grant): UseQueryResult<GrantUsage, Error> {
  return useQuery<GrantUsage, Error>({
    queryKey: ['usage', id, status],
    queryFn: ({ signal }) => get<GrantUsage>(`/v1/grants/${encodeURIComponent(id)}/usage`, signal),
    refetchInterval: ({ state }) => askAgainIn(state.data, now()),
  });
}
