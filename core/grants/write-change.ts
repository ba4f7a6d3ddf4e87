import { type AuditEvent, eventOf, type Happening, type Initiator } from '../audit.ts';
import type { Unavailable } from '../failure.ts';
import type { Grant } from '../grant.ts';
import type { RandomBytes } from '../ids.ts';
import type { Instant } from '../instant.ts';
import type { GrantStore } from '../ports.ts';
import { err, ok, type Result } from '../result.ts';
import type { Conflict } from '../retry-on-conflict.ts';

export type WritePorts = {
  readonly store: Pick<GrantStore, 'update'>;
  readonly random: RandomBytes;
};

/** The next version of a grant; a `null` happening leaves no line in the audit trail. */
export type BrokerChange = {
  readonly before: Grant;
  readonly grant: Grant;
  readonly happening: Happening | null;
  readonly by: Initiator;
  readonly at: Instant;
};

/**
 * Writes a change that the broker makes without a call: no idempotency key to remember, and no
 * suspension to check, because ending access must always work (I10).
 */
export async function writeChange(
  ports: WritePorts,
  { before, grant, happening, by, at }: BrokerChange,
): Promise<Result<Grant, Unavailable | Conflict>> {
  const events: AuditEvent[] =
    happening === null ? [] : [eventOf(grant, happening, by, at, ports.random)];
  const written = await ports.store.update({
    before,
    grant,
    events,
    idempotency: null,
    unsuspended: [],
  });
  if (written.ok) return ok(grant);
  return err(written.error.code === 'unavailable' ? written.error : { code: 'conflict' });
}
