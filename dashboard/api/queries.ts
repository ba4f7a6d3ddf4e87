import {
  keepPreviousData,
  QueryClient,
  type UseQueryResult,
  useQuery,
} from '@tanstack/react-query';
import { get } from './client.ts';
import { NoAnswer, Problem } from './problem.ts';
import type { Me } from './types.ts';

/** How often a view asks again while somebody looks at it. Nothing asks in a hidden tab. */
export const OFTEN_MS = 5_000;
export const SELDOM_MS = 30_000;

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      refetchOnWindowFocus: true,
      retry: (failures, error) => isPassing(error) && failures < 3,
      retryDelay: (failures, error) =>
        error instanceof Problem && error.retryAfter !== null
          ? error.retryAfter * 1000
          : Math.min(1000 * 2 ** failures, 15_000),
    },
  },
});

/** Whether it may be better the next time. */
function isPassing(error: unknown): boolean {
  return (
    error instanceof NoAnswer ||
    (error instanceof Problem && [429, 502, 503, 504].includes(error.status))
  );
}

/**
 * What `GET path` answers, asked again every `every` milliseconds while the page is seen.
 *
 * @param path null to ask nothing yet
 */
export function useRead<T>(
  path: string | null,
  every: number | false = OFTEN_MS,
): UseQueryResult<T, Error> {
  return useQuery<T, Error>({
    queryKey: [path],
    queryFn: ({ signal }) => get<T>(path ?? '', signal),
    enabled: path !== null,
    refetchInterval: every,
    placeholderData: keepPreviousData,
  });
}

export function useMe(): UseQueryResult<Me, Error> {
  return useRead<Me>('/v1/whoami', false);
}

/** After a change: everything that is seen is read again. */
export function readAgain(): Promise<void> {
  return queries.invalidateQueries();
}
