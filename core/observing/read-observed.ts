import type { AuditEvent, PrincipalEvent } from '../audit.ts';
import type { Unavailable } from '../failure.ts';
import type { Grant } from '../grant.ts';
import type { LatestPage, Notice, Trail } from '../ledger/record-events.ts';
import type { GrantStore } from '../ports.ts';
import { ok, type Result } from '../result.ts';

/** An event of the trail, and for one of a grant the grant as it is now. */
export type Observed = ObservedGrant | { readonly event: PrincipalEvent; readonly grant: null };

export type ObservedGrant = {
  readonly event: AuditEvent;
  readonly grant: Grant;
  /** Whether a break-glass grant began with it; false for others, whose whole trail is not read. */
  readonly breaksGlass: boolean;
};

export type ObservePorts = {
  readonly trail: Trail;
  readonly store: Pick<GrantStore, 'find'>;
};

/**
 * The events that notices tell of, as the trail has them, in the order of time. A notice that the trail does not know is
 * not among them.
 */
export async function readObserved(
  ports: ObservePorts,
  notices: readonly Notice[],
): Promise<Result<readonly Observed[], Unavailable>> {
  const found: Observed[] = [];
  for (const [grantId, wanted] of wantedOfGrants(notices)) {
    const ofGrant = await readOfGrant(ports, grantId, wanted);
    if (!ofGrant.ok) return ofGrant;
    found.push(...ofGrant.value);
  }
  // One batch of a queue may have a notice twice.
  const once = new Map(notices.map((notice) => [notice.id, notice]));
  for (const notice of once.values()) {
    if (!('principalId' in notice)) continue;
    const event = await ports.trail.ofPrincipal(notice);
    if (!event.ok) return event;
    if (event.value !== null) found.push({ event: event.value, grant: null });
  }
  return ok(found.toSorted((a, b) => a.event.at - b.event.at));
}

function wantedOfGrants(notices: readonly Notice[]): ReadonlyMap<string, ReadonlySet<string>> {
  const wanted = new Map<string, Set<string>>();
  for (const notice of notices) {
    if (!('grantId' in notice)) continue;
    const ids = wanted.get(notice.grantId) ?? new Set();
    wanted.set(notice.grantId, ids.add(notice.id));
  }
  return wanted;
}

/** From the latest event back, until every wanted one was seen, or of a break-glass grant the first one. */
async function readOfGrant(
  { trail, store }: ObservePorts,
  grantId: string,
  wanted: ReadonlySet<string>,
): Promise<Result<readonly Observed[], Unavailable>> {
  const grant = await store.find(grantId);
  if (!grant.ok) return grant;
  if (grant.value === null) return ok([]);
  const { breakGlass } = grant.value;
  const found: AuditEvent[] = [];
  let first: AuditEvent | null = null;
  let before: string | null = null;
  do {
    const page: Result<LatestPage, Unavailable> = await trail.latest(grantId, before);
    if (!page.ok) return page;
    for (const event of page.value.events) {
      if (wanted.has(event.id)) found.push(event);
      if (event.status === 'active') first = event;
    }
    const enough = found.length === wanted.size && !breakGlass;
    before = enough ? null : page.value.next;
  } while (before !== null);
  const of = grant.value;
  const observed = found.map((event): ObservedGrant => {
    return { event, grant: of, breaksGlass: breakGlass && event.id === first?.id };
  });
  return ok(observed.toReversed());
}
