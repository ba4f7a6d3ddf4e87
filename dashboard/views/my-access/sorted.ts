import type { Grant } from '../../api/types.ts';

/** A person's grants, in the parts of the view. */
export type Mine = {
  readonly active: readonly Grant[];
  readonly pending: readonly Grant[];
  readonly scheduled: readonly Grant[];
  /** Break-glass uses that somebody else has not reviewed yet. */
  readonly unreviewed: readonly Grant[];
  readonly earlier: readonly Grant[];
};

/** How many of those that ended are shown. */
const EARLIER = 10;

/**
 * @param grants newest first; one may come twice, from two calls, and then the later version counts
 * @param justEnded ids of those that the person ended on this view: they stay where they were until they are dead
 */
export function sorted(grants: readonly Grant[], justEnded: ReadonlySet<string>): Mine {
  const latest = new Map<string, Grant>();
  for (const grant of grants) {
    const before = latest.get(grant.id);
    if (before === undefined || before.version < grant.version) latest.set(grant.id, grant);
  }
  const all = [...latest.values()].toSorted((a, b) => b.createdAt.localeCompare(a.createdAt));
  const stays = ({ id, status }: Grant): boolean =>
    status === 'active' || status === 'revoking' || (status === 'revoked' && justEnded.has(id));
  return {
    active: all
      .filter(stays)
      .toSorted((a, b) => (a.expiresAt ?? '').localeCompare(b.expiresAt ?? '')),
    pending: all.filter(({ status }) => status === 'pending'),
    scheduled: all
      .filter(({ status }) => status === 'scheduled')
      .toSorted((a, b) => (a.startsAt ?? '').localeCompare(b.startsAt ?? '')),
    unreviewed: all.filter(({ review }) => review?.status === 'due'),
    earlier: all
      .filter((grant) => grant.endedAt !== null && !stays(grant))
      .toSorted((a, b) => (b.endedAt ?? '').localeCompare(a.endedAt ?? ''))
      .slice(0, EARLIER),
  };
}
