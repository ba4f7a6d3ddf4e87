import { type AuditEvent, isPrincipal, type PrincipalEvent, type SignalKind } from '../audit.ts';
import type { Requester } from '../grant.ts';
import type { Observed } from '../observing/read-observed.ts';

/** What the logs tell of calls under keys. */
export type UsageKind = Extract<SignalKind, `keys-${string}`>;

/** What one event tells of. How full kill switches are is known where they are written, and calls where logs are read. */
export type ObservedKind = Exclude<SignalKind, 'kill-switch-pressure' | UsageKind>;

/** What an event may be one too many of, and whose. */
export type Suspicion = { readonly kind: ObservedKind; readonly principal: Requester };

/** How many within how long make a signal. It goes on for as long as the next one comes within this time. */
export type Threshold = { readonly least: number; readonly seconds: number };

const HOUR = 3600;

export const THRESHOLDS: Readonly<Record<ObservedKind, Threshold>> = {
  'many-denials': { least: 3, seconds: HOUR },
  'many-lapses': { least: 3, seconds: 24 * HOUR },
  'refused-administration': { least: 1, seconds: HOUR },
  'token-two-networks': { least: 1, seconds: HOUR },
  'new-network': { least: 1, seconds: 24 * HOUR },
  'fast-votes': { least: 3, seconds: HOUR },
  'approver-burst': { least: 10, seconds: 300 },
};

/** The refusals of calls that count as denials. Who is limited, late or suspended is known already. */
const DENIALS: readonly string[] = ['forbidden', 'denied', 'token-denied'];

/** Calls that only administrators make, and people who start access reviews. */
const ADMINISTRATION = /^\w+ \/v1\/(principals|access-reviews)\b/;

export function isDenial({ type, ...event }: PrincipalEvent): boolean {
  return type === 'principal-refused' && 'problem' in event && DENIALS.includes(event.problem);
}

export function isRefusedAdministration(event: PrincipalEvent): boolean {
  if (event.type !== 'principal-refused') return false;
  return event.problem === 'forbidden' && ADMINISTRATION.test(event.call);
}

export function suspicionsOf(observed: Observed): readonly Suspicion[] {
  if (observed.grant !== null) return ofGrant(observed.event, observed.grant.requester);
  const { event } = observed;
  const { actor } = event;
  if (!isDenial(event) || !isPrincipal(actor)) return [];
  const of = (kind: ObservedKind): Suspicion => ({ kind, principal: actor });
  return isRefusedAdministration(event)
    ? [of('many-denials'), of('refused-administration')]
    : [of('many-denials')];
}

function ofGrant(event: AuditEvent, requester: Requester): readonly Suspicion[] {
  switch (event.type) {
    case 'requested':
      if (event.decision.outcome === 'deny')
        return [{ kind: 'many-denials', principal: requester }];
      // Runners of CI providers come from everywhere.
      return requester.type === 'User'
        ? [
            { kind: 'new-network', principal: requester },
            { kind: 'token-two-networks', principal: requester },
          ]
        : [];
    case 'vended':
      return event.token === undefined
        ? []
        : [{ kind: 'token-two-networks', principal: requester }];
    case 'denied':
      return [{ kind: 'many-denials', principal: requester }];
    case 'lapsed':
      return [{ kind: 'many-lapses', principal: requester }];
    case 'voted': {
      const { actor: principal } = event;
      if (!isPrincipal(principal)) return [];
      return [
        { kind: 'fast-votes', principal },
        { kind: 'approver-burst', principal },
      ];
    }
    default:
      return [];
  }
}
