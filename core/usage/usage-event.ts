import { type AuditEvent, brokerItself, type UsageFigures } from '../audit.ts';
import type { Grant } from '../grant.ts';
import type { Instant } from '../instant.ts';
import type { GrantUsage, UsedOfGranted } from '../usage.ts';

/** What makes the event one of its own. `requestId` is that of the reading. */
export type UsageEventBasis = {
  readonly id: string;
  readonly at: Instant;
  readonly requestId: string;
};

/**
 * What a grant's trail says of its usage, once: numbers, and no resource, network or program. It changes nothing, so it has
 * status and version of the grant as it is.
 *
 * @param grant It has ended.
 */
export function usageReadEvent(
  { id: grantId, entitlement, status, version: grantVersion }: Grant,
  usage: GrantUsage,
  summary: UsedOfGranted,
  { id, at, requestId }: UsageEventBasis,
): AuditEvent {
  const { from: readFrom, until: readUntil } = usage.read;
  return {
    ...{ id, grantId, entitlement, status, grantVersion, at, ...brokerItself(requestId) },
    ...{ type: 'usage-read', ...figuresOf(usage, summary), readFrom, readUntil },
  };
}

function figuresOf(
  { calls, refused, traits: { afterEnd } }: GrantUsage,
  { used, granted, unknown }: UsedOfGranted,
): UsageFigures {
  return { calls, refused, used, granted, unknown, afterEnd: afterEnd.calls - afterEnd.refused };
}
