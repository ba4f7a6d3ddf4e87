import { useQueries } from '@tanstack/react-query';
import { get } from '../../api/client.ts';
import type { Grant } from '../../api/types.ts';

export type Titles = ReadonlyMap<string, { readonly title: string; readonly risk: string }>;

/** The title and risk of each entitlement in the list: lists have neither, so one grant of each is read, once. */
export function useTitles(grants: readonly Grant[]): Titles {
  const first = new Map(
    grants.map((grant) => [grant.entitlement, grant.id]).toReversed() as [string, string][],
  );
  return useQueries({
    queries: [...first].map(([entitlement, id]) => ({
      queryKey: ['title', entitlement],
      queryFn: ({ signal }: { readonly signal: AbortSignal }) =>
        get<Grant>(`/v1/grants/${encodeURIComponent(id)}`, signal),
      staleTime: Number.POSITIVE_INFINITY,
    })),
    combine: (answers) =>
      new Map(
        answers.flatMap(({ data }) =>
          data?.details === undefined ? [] : [[data.entitlement, data.details] as const],
        ),
      ),
  });
}
