import type { AuditEvent, PrincipalEvent } from '../audit.ts';
import type { Unavailable } from '../failure.ts';
import type { Instant } from '../instant.ts';
import { ok, type Result } from '../result.ts';
import type { Conflict } from '../retry-on-conflict.ts';
import { type EntryContent, entryOf } from './entry.ts';
import type { Broken, LedgerPorts, LedgerStore } from './ledger-ports.ts';
import { placeEntries } from './place-entries.ts';
import { publishLog } from './publish-log.ts';

/** Says that an event was written. What happened is read from the trail, so a false notice changes nothing. */
export type Notice = { readonly id: string; readonly at: Instant } & (
  | { readonly grantId: string }
  | { readonly principalId: string }
);

/** `next` is the place before which the following page ends; null at the beginning of the trail. */
export type LatestPage = { readonly events: readonly AuditEvent[]; readonly next: string | null };

/** The durable trail of grants and principals. Everything is read consistently. */
export type Trail = {
  /** A page of a grant's events, the latest first. */
  readonly latest: (
    grantId: string,
    before: string | null,
  ) => Promise<Result<LatestPage, Unavailable>>;
  /** Null where there is no such event. */
  readonly ofPrincipal: (
    notice: Extract<Notice, { readonly principalId: string }>,
  ) => Promise<Result<PrincipalEvent | null, Unavailable>>;
};

export type RecordPorts = LedgerPorts & {
  readonly trail: Trail;
  readonly content: EntryContent;
};

export type Recorded = {
  /** Entries of the published log. */
  readonly size: number;
  /** Notices whose event has no place: the trail does not know it. */
  readonly unknown: readonly Notice[];
};

export type RecordFailure = Unavailable | Conflict | Broken;

/**
 * Brings events into the log, and publishes it. A grant's events go in together and in the order of its trail,
 * whatever the order of the notices: those that no notice came for, too.
 */
export async function recordEvents(
  ports: RecordPorts,
  notices: readonly Notice[],
): Promise<Result<Recorded, RecordFailure>> {
  const events = await findEvents(ports, notices);
  if (!events.ok) return events;
  // Stable, so that the events of a grant keep their order.
  const inOrder = events.value.toSorted((a, b) => a.at - b.at);
  const placed = await placeEntries(
    ports,
    inOrder.map((event) => entryOf(event, ports.content)),
  );
  if (!placed.ok) return placed;
  const published = await publishLog(ports);
  if (!published.ok) return published;
  const places = await ports.store.placed(notices.map(({ id }) => id));
  if (!places.ok) return places;
  const unknown = notices.filter(({ id }) => !places.value.has(id));
  return ok({ size: published.value, unknown });
}

async function findEvents(
  ports: RecordPorts,
  notices: readonly Notice[],
): Promise<Result<readonly (AuditEvent | PrincipalEvent)[], Unavailable>> {
  const events: (AuditEvent | PrincipalEvent)[] = [];
  const grants = new Set(notices.flatMap((one) => ('grantId' in one ? [one.grantId] : [])));
  for (const grantId of grants) {
    const wanted = notices.filter((one) => 'grantId' in one && one.grantId === grantId);
    const found = await unplacedOf(ports, grantId, new Set(wanted.map(({ id }) => id)));
    if (!found.ok) return found;
    events.push(...found.value);
  }
  for (const notice of notices) {
    if (!('principalId' in notice)) continue;
    const found = await ports.trail.ofPrincipal(notice);
    if (!found.ok) return found;
    if (found.value !== null) events.push(found.value);
  }
  return ok(events);
}

/** From the latest event back to a page that is in the log already, once every wanted event was seen. */
async function unplacedOf(
  { trail, store }: { readonly trail: Trail; readonly store: LedgerStore },
  grantId: string,
  wanted: ReadonlySet<string>,
): Promise<Result<readonly AuditEvent[], Unavailable>> {
  const found: AuditEvent[] = [];
  const missing = new Set(wanted);
  let before: string | null = null;
  do {
    const page: Result<LatestPage, Unavailable> = await trail.latest(grantId, before);
    if (!page.ok) return page;
    const { events, next } = page.value;
    const placed = await store.placed(events.map(({ id }) => id));
    if (!placed.ok) return placed;
    const unplaced = events.filter(({ id }) => !placed.value.has(id));
    found.push(...unplaced);
    for (const { id } of events) missing.delete(id);
    before = unplaced.length === 0 && missing.size === 0 ? null : next;
  } while (before !== null);
  return ok(found.toReversed());
}
