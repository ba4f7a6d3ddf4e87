import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { Bundle } from '../../../core/bundle/bundle.ts';
import type { Deployment } from '../../../core/entitlement.ts';
import { get, getBytes, getText } from '../../api/client.ts';
import { SELDOM_MS, useRead } from '../../api/queries.ts';
import type { Stats } from '../../api/types.ts';
import { findBundle } from './find-bundle.ts';

const READS = { bytes: getBytes, text: getText, json: get };

/** The hash of the bundle in force, and the bundle; `data` is null until the log has it. */
export function useBundle(): {
  readonly stats: UseQueryResult<Stats, Error>;
  readonly bundle: UseQueryResult<Bundle | null, Error>;
} {
  const stats = useRead<Stats>('/v1/stats', SELDOM_MS);
  const hash = stats.data?.bundle ?? null;
  const bundle = useQuery<Bundle | null, Error>({
    queryKey: ['bundle', hash],
    queryFn: () => findBundle(READS, hash ?? ''),
    enabled: hash !== null,
    // A bundle never changes under its hash.
    staleTime: ({ state }) => (state.data ? Number.POSITIVE_INFINITY : 0),
    refetchInterval: ({ state }) => (state.data ? false : SELDOM_MS),
  });
  return { stats, bundle };
}

/** The account and the Region that the templates of entitlements are filled with. */
export function useDeployment(): UseQueryResult<Deployment, Error> {
  return useRead<Deployment>('/v1/audit/access-reviews?limit=1', false);
}
