import type { AuditEvent, PrincipalEvent } from '../audit.ts';
import type { Observed, ObservedGrant } from '../observing/read-observed.ts';
import { bucketOf } from './sketch.ts';
import {
  APPROVE_SECONDS,
  BREAK_GLASS,
  bucketCounter,
  EMPTY_TALLY,
  EVENTS,
  entitlementCounter,
  outcomeCounter,
  policyCounter,
  REVOKE_MS,
  REVOKED,
  SIGNALS,
  type Tally,
  VENDS,
} from './tally.ts';

/** What one event adds to the tally of its day. */
export function countEvent(observed: Observed): Tally {
  return observed.grant === null ? countPrincipalEvent(observed.event) : countGrantEvent(observed);
}

function countPrincipalEvent(event: PrincipalEvent): Tally {
  if (event.type !== 'signal-raised') return tallyOf([EVENTS]);
  const { kind, principal, at, count } = event;
  return { ...tallyOf([EVENTS, SIGNALS]), signals: [{ kind, principal, at, count }] };
}

function countGrantEvent(observed: ObservedGrant): Tally {
  const counters = [EVENTS, ...countersOf(observed.event)];
  if (observed.breaksGlass) counters.push(BREAK_GLASS);
  const measured = measure(observed);
  if (measured === null) return tallyOf(counters);
  const { of, value } = measured;
  counters.push(bucketCounter(of, bucketOf(value)));
  return { ...tallyOf(counters), greatest: new Map([[of, value]]) };
}

function tallyOf(counters: readonly string[]): Tally {
  return { ...EMPTY_TALLY, counts: new Map(counters.map((name) => [name, 1])) };
}

function countersOf(event: AuditEvent): readonly string[] {
  switch (event.type) {
    case 'requested': {
      const { outcome, policies } = event.decision;
      const ask = [outcomeCounter(outcome), entitlementCounter(outcome, event.entitlement)];
      return outcome === 'deny' ? [...ask, ...policies.map(policyCounter)] : ask;
    }
    case 'vended':
      return [VENDS, entitlementCounter(VENDS, event.entitlement)];
    case 'revoked':
      return [REVOKED];
    default:
      return [];
  }
}

type Measured = { readonly of: typeof REVOKE_MS | typeof APPROVE_SECONDS; readonly value: number };

/** Clocks differ, so a later event can have an earlier time. */
function measure({ event, grant }: ObservedGrant): Measured | null {
  if (event.type === 'approved') {
    return { of: APPROVE_SECONDS, value: Math.max(0, (event.at - grant.createdAt) / 1000) };
  }
  // Where no key was alive, there was nothing to deny, and nothing to wait for.
  if (event.type !== 'revoked' || event.killSeconds === null) return null;
  const orderedAt = grant.kill?.at ?? event.at - event.killSeconds * 1000;
  return { of: REVOKE_MS, value: Math.max(0, event.at - orderedAt) };
}
