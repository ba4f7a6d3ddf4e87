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

/**
 * Ends one grant, whatever its requester may do: after an order about its principal, or because policy
 * no longer allows it.
 *
 * @returns the ended grant; null where it was not open any more.
 */
export async function endByOrder(
  ports: EndPorts,
  grantId: string,
  reason: string,
  by: Initiator,
): Promise<Result<Grant | null, Unavailable>> {
  const done = await retryOnConflict(() => endOnce(ports, grantId, reason, by));
  if (done.ok) return done;
  const { error } = done;
  return err(error.code === 'conflict' ? { code: 'unavailable', what: 'store', grantId } : error);
}

async function endOnce(
  ports: EndPorts,
  grantId: string,
  reason: string,
  by: Initiator,
): Promise<Result<Grant | null, Unavailable | Conflict>> {
  const found = await ports.store.find(grantId);
  if (!found.ok) return found;
  const before = found.value;
  if (before === null || !isOpen(before)) return ok(null);
  const at = ports.clock();
  const ended = revoke(before, reason, at);
  if (!ended.ok) return ok(before);
  const { grant } = ended.value;
  return writeChange(ports, { before, grant, happening: happeningOf(ended.value), by, at });
}
