import type { Unavailable } from '../failure.ts';
import type { Grant } from '../grant.ts';
import type { Instant } from '../instant.ts';
import type { GrantStore } from '../ports.ts';
import { ok, type Result } from '../result.ts';
import type { GrantUsage } from '../usage.ts';
import type { UsageStore } from './usage-store.ts';
import { hasEnded, isInLogs, type Places, spanOf, usageDueAt } from './window-of.ts';

export type NotePorts = {
  readonly store: Pick<GrantStore, 'find'>;
  readonly usages: Pick<UsageStore, 'await' | 'keepUnused'>;
  readonly places: Pick<Places, 'accounts'>;
  readonly clock: () => Instant;
};

/**
 * Notes that the calls of a grant are to be read once the logs have them. A grant without keys needs no logs: nothing was
 * called under it. Once is enough, however often it is noted.
 *
 * @returns false where there is nothing to read, now or ever.
 */
export async function noteEnded(
  ports: NotePorts,
  grantId: string,
): Promise<Result<boolean, Unavailable>> {
  const found = await ports.store.find(grantId);
  if (!found.ok) return found;
  const grant = found.value;
  if (grant === null || !hasEnded(grant)) return ok(false);
  if (grant.keysValidUntil === null) {
    return ports.usages.keepUnused(grant, {
      ...{ of: spanOf(grant), usage: unused(grant), readAt: ports.clock(), vended: false },
      logs: { trails: [], accounts: [], regions: [] },
    });
  }
  if (!isInLogs(grant, ports.places)) return ok(false);
  return ports.usages.await(grant, usageDueAt(grant));
}

function unused(grant: Grant): GrantUsage {
  const at = grant.endedAt ?? grant.createdAt;
  const span = { from: grant.startsAt ?? grant.createdAt, until: at };
  return {
    ...{ grantId: grant.id, entitlement: grant.entitlement, principal: grant.requester.id },
    ...{ vends: null, calls: 0, refused: 0, first: null, last: null, actions: [], unmapped: [] },
    traits: {
      ...{ networks: [], agents: [], chained: [], refusedBurst: 0 },
      afterEnd: { calls: 0, refused: 0, last: null },
    },
    read: {
      ...{ source: 'files', ...span, files: 0, records: 0, bytes: 0 },
      ...{ unreadable: 0, duplicates: 0 },
    },
  };
}
