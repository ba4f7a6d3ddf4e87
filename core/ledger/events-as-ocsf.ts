import type { AuditEvent } from '../audit.ts';
import type { Unavailable } from '../failure.ts';
import type { Requester } from '../grant.ts';
import type { OcsfVersion } from '../ocsf/classes.ts';
import { toOcsf } from '../ocsf/to-ocsf.ts';
import type { GrantStore } from '../ports.ts';
import { ok, type Result } from '../result.ts';
import type { Notice, Trail } from './record-events.ts';

export type DeliveryPorts = {
  readonly trail: Trail;
  readonly store: Pick<GrantStore, 'find'>;
};

type OfGrant = { readonly requester: Requester; readonly events: ReadonlyMap<string, AuditEvent> };

/**
 * The events that notices tell of, in OCSF and in the same order, as the trail has them: a notice lacks what only
 * auditors and SIEMs need. Null where the trail has no such event.
 */
export async function eventsAsOcsf(
  { trail, store }: DeliveryPorts,
  notices: readonly (Notice | null)[],
  version: OcsfVersion,
): Promise<Result<readonly (object | null)[], Unavailable>> {
  const options = { version, ledger: null };
  const grants = new Map<string, OfGrant | null>();
  const made: (object | null)[] = [];
  for (const notice of notices) {
    if (notice === null) {
      made.push(null);
    } else if ('principalId' in notice) {
      const event = await trail.ofPrincipal(notice);
      if (!event.ok) return event;
      made.push(event.value && toOcsf(event.value, options));
    } else {
      const { grantId } = notice;
      const known = grants.has(grantId) ? ok(grants.get(grantId) ?? null) : null;
      const grant = known ?? (await readGrant({ trail, store }, grantId));
      if (!grant.ok) return grant;
      grants.set(grantId, grant.value);
      const event = grant.value?.events.get(notice.id);
      const whose = grant.value && { requester: grant.value.requester };
      made.push(event && whose ? toOcsf(event, { ...options, ...whose }) : null);
    }
  }
  return ok(made);
}

async function readGrant(
  { trail, store }: DeliveryPorts,
  grantId: string,
): Promise<Result<OfGrant | null, Unavailable>> {
  const grant = await store.find(grantId);
  if (!grant.ok) return grant;
  if (grant.value === null) return ok(null);
  const events = new Map<string, AuditEvent>();
  let before: string | null = null;
  do {
    const page: Awaited<ReturnType<Trail['latest']>> = await trail.latest(grantId, before);
    if (!page.ok) return page;
    for (const event of page.value.events) events.set(event.id, event);
    before = page.value.next;
  } while (before !== null);
  return ok({ requester: grant.value.requester, events });
}
