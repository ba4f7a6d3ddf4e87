import type { Instant } from '../../core/instant.ts';
import type {
  CreateRefusal,
  GrantStore,
  GrantUpdate,
  KeyRefusal,
  UpdateRefusal,
  VendRefusal,
} from '../../core/ports.ts';
import { oneMore } from './counters.ts';
import { begun, followGrant, refusedByPeople } from './follow-grant.ts';
import { CALL, ENDING, type Patience } from './retries.ts';
import type { Part } from './transaction.ts';
import * as parts from './transaction-parts.ts';

/** The transactions of grants. Of two that run in parallel, only the gates and counters may be the same items. */

export type NewGrant = Parameters<GrantStore['create']>[0];
export type NewVend = Parameters<GrantStore['recordVend']>[0];
export type NewDenial = Parameters<GrantStore['recordDenial']>[0];

export function createParts(
  table: string,
  { grant, events, idempotency, vendsOn, counted, ...limit }: NewGrant,
  now: Instant,
  gate: number,
): readonly Part<CreateRefusal>[] {
  return [
    ...(idempotency === null ? [] : [parts.newIdempotencyKey(table, idempotency, grant.id, now)]),
    parts.notSuspended(table, grant.requester.id, gate),
    ...vendsOn.map((role) => parts.mayVendOn(table, role, { grant, ...limit }, now, gate)),
    ...counted.map((use) => oneMore(table, use, now, gate)),
    parts.newGrant(table, grant),
    ...followGrant(table, null, grant),
    ...events.map((event, position) => parts.newEvent(table, event, position)),
  ];
}

export function vendParts(
  table: string,
  { grant, begins, event, idempotency, vendsOn, counted, now, ...limit }: NewVend,
  gate: number,
): readonly Part<VendRefusal>[] {
  return [
    ...(idempotency === null ? [] : [parts.sameIdempotencyKey(table, idempotency, grant.id, now)]),
    parts.notSuspended(table, grant.requester.id, gate),
    ...vendsOn.map((role) => parts.mayVendOn(table, role, { grant, ...limit }, now, gate)),
    ...counted.map((use) => oneMore(table, use, now, gate)),
    parts.vendedGrant(table, grant, now),
    ...(begins ? [begun(table, grant, grant.startsAt ?? now)] : []),
    parts.newEvent(table, event),
  ];
}

export function updateParts(
  table: string,
  { before, grant, events, idempotency, unsuspended }: GrantUpdate,
  now: Instant,
  gate: number,
): readonly Part<UpdateRefusal>[] {
  return [
    ...(idempotency === null ? [] : [parts.newIdempotencyKey(table, idempotency, grant.id, now)]),
    ...unsuspended.map((principal) => parts.notSuspended(table, principal, gate)),
    parts.nextVersion(table, before, grant),
    ...followGrant(table, before, grant),
    ...refusedByPeople(table, grant, events),
    ...events.map((event, position) => parts.newEvent(table, event, position)),
  ];
}

/** What ends a grant, or kills its credentials, must get through. */
export function patienceOf({ grant }: Pick<GrantUpdate, 'grant'>): Patience {
  const goesOn = ['pending', 'scheduled', 'active'].includes(grant.status);
  return goesOn && grant.kill === null ? CALL : ENDING;
}

export function denialParts(
  table: string,
  { event, decision, idempotency }: NewDenial,
  now: Instant,
): readonly Part<KeyRefusal>[] {
  const { grantId } = event;
  return [
    ...(idempotency === null
      ? []
      : [parts.newIdempotencyKey(table, idempotency, grantId, now, decision)]),
    parts.newEvent(table, event),
  ];
}
