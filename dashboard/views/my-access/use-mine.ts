import { useRead } from '../../api/queries.ts';
import type { GrantPage } from '../../api/types.ts';
import { type Mine, sorted } from './sorted.ts';

export type Read = {
  /** null while the first answer is under way, or where there is none. */
  readonly mine: Mine | null;
  readonly error: unknown;
  readonly retry: () => void;
};

const LATEST = '/v1/grants?requester=me&limit=50';

/**
 * One call shows most people everything. Who asks for much may have open grants that are older than the page, so those are
 * read by their status.
 */
export function useMine(justEnded: ReadonlySet<string>): Read {
  const latest = useRead<GrantPage>(LATEST);
  const more = latest.data !== undefined && latest.data.nextCursor !== null;
  const of = (status: string): string | null =>
    more ? `/v1/grants?requester=me&status=${status}` : null;
  const active = useRead<GrantPage>(of('active'));
  const pending = useRead<GrantPage>(of('pending'));
  const scheduled = useRead<GrantPage>(of('scheduled'));
  const all = [latest, ...(more ? [active, pending, scheduled] : [])];
  const failed = all.find(({ error }) => error !== null);
  return {
    mine: all.some(({ data }) => data === undefined)
      ? null
      : sorted(
          all.flatMap(({ data }) => data?.grants ?? []),
          justEnded,
        ),
    error: failed?.error ?? null,
    retry: () => {
      for (const one of all) void one.refetch();
    },
  };
}
