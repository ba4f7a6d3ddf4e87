import { BROKER, type SignalStep } from '../audit.ts';
import type { Grant } from '../grant.ts';
import type { Instant } from '../instant.ts';
import { TOLD } from './evidence-of.ts';
import type { SignalEvent } from './signal-store.ts';
import type { UsageKind } from './suspicions.ts';

/** What is wrong with the calls under the keys of a grant, how many calls that is, and which, in the order of time. */
export type FoundInUsage = {
  readonly kind: UsageKind;
  readonly count: number;
  readonly story: readonly SignalStep[];
};

const HOUR = 3600;

/**
 * How long each goes on. Logs come late and are read again where something failed, so a day for what is a habit of a person;
 * keys that outlive their grant are told of again while it happens.
 */
const QUIET_SECONDS: Readonly<Record<UsageKind, number>> = {
  'keys-elsewhere': 24 * HOUR,
  'keys-after-end': HOUR,
  'keys-chained': 24 * HOUR,
  'keys-new-agent': 24 * HOUR,
  'keys-refused-burst': 24 * HOUR,
};

const REASONS: Readonly<Record<UsageKind, string>> = {
  'keys-elsewhere': 'from networks that neither requested it nor got its keys',
  'keys-after-end': 'after its end, not refused',
  'keys-chained': 'in roles that it does not name',
  'keys-new-agent': 'by a program that was never seen before',
  'keys-refused-burst': 'refused within five minutes',
};

/** The signal, of the moment when it was found, and for how long it goes on. */
export function usageSignalOf(
  { id: grantId, requester }: Grant,
  { kind, count, story }: FoundInUsage,
  by: { readonly id: string; readonly at: Instant; readonly requestId: string },
): { readonly event: SignalEvent; readonly quietSeconds: number } {
  const event: SignalEvent = {
    ...{ ...by, type: 'signal-raised', actor: BROKER, sourceIp: null },
    ...{ principalId: requester.id, principal: requester, kind, count },
    story: story.slice(-TOLD),
    reason: `${count} ${count === 1 ? 'call' : 'calls'} under the keys of ${grantId} ${REASONS[kind]}`,
  };
  return { event, quietSeconds: QUIET_SECONDS[kind] };
}
