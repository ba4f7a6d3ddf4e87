import type { Initiator } from '../audit.ts';
import type { Unavailable } from '../failure.ts';
import { type Grant, isOpen } from '../grant.ts';
import type { Instant } from '../instant.ts';
import { happeningOf, revoke } from '../lifecycle/end.ts';
import type { GrantStore } from '../ports.ts';
import { err, ok, type Result } from '../result.ts';
import { type Conflict, retryOnConflict } from '../retry-on-conflict.ts';
import { type WritePorts, writeChange } from './write-change.ts';

export type EndPorts = WritePorts & {
  readonly store: Pick<GrantStore, 'find' | 'update'>;
  readonly clock: () => Instant;
};

/** What became of a grant: `ended` by this call, or `left` as it was. */
export type Outcome = { readonly grant: Grant; readonly what: 'ended' | 'left' };

/** Which grant to end, why, and in whose name. */
export type GrantOrder = {
  readonly grantId: string;
  readonly reason: string;
  readonly by: Initiator;
  /** Leaves other grants as they are. */
  readonly covers?: (grant: Grant) => boolean;
};

/**
 * Ends one grant, whatever its requester may do: after an order about its principal, or because policy
 * no longer allows it.
 *
 * @returns the ended grant, also where it was on its way to the end; null where it was not open.
 */
export async function endByOrder(
  ports: EndPorts,
  grantId: string,
  reason: string,
  by: Initiator,
): Promise<Result<Grant | null, Unavailable>> {
  const done = await endOpenGrant(ports, { grantId, reason, by });
  return done.ok ? ok(done.value?.grant ?? null) : done;
}

/** @returns null where the grant was not open any more. */
export async function endOpenGrant(
  ports: EndPorts,
  order: GrantOrder,
): Promise<Result<Outcome | null, Unavailable>> {
  const done = await retryOnConflict(() => endOnce(ports, order));
  if (done.ok) return done;
  const { error } = done;
  const { grantId } = order;
  return err(error.code === 'conflict' ? { code: 'unavailable', what: 'store', grantId } : error);
}

async function endOnce(
  ports: EndPorts,
  { grantId, reason, by, covers = () => true }: GrantOrder,
): Promise<Result<Outcome | null, Unavailable | Conflict>> {
  const found = await ports.store.find(grantId);
  if (!found.ok) return found;
  const before = found.value;
  if (before === null || !isOpen(before)) return ok(null);
  const at = ports.clock();
  const ended = covers(before) ? revoke(before, reason, at) : null;
  if (ended === null || !ended.ok) return ok({ grant: before, what: 'left' });
  const { grant } = ended.value;
  const happening = happeningOf(ended.value);
  const written = await writeChange(ports, { before, grant, happening, by, at });
  return written.ok ? ok({ grant: written.value, what: 'ended' }) : written;
}
