import type { PrincipalEvent } from '../audit.ts';
import type { Failure } from '../failure.ts';
import { EVENT_ID } from '../ids.ts';
import type { Instant } from '../instant.ts';
import type { Caller } from '../principal.ts';
import { err, ok, type Result } from '../result.ts';
import { mayAudit, type ReadLogPorts } from './read-log.ts';
import type { Trail } from './record-events.ts';

export type ReadEventPorts = Pick<ReadLogPorts, 'engine'> & {
  readonly trail: Pick<Trail, 'ofPrincipal'>;
};

/**
 * An event of a principal or of the broker, for whoever may audit: an entry of the log that has only its SHA-256 names it
 * so. Events of grants are in the trails of their grants.
 */
export async function readPrincipalEvent(
  { engine, trail }: ReadEventPorts,
  caller: Caller,
  event: { readonly id: string; readonly principalId: string; readonly at: Instant },
): Promise<Result<PrincipalEvent, Failure>> {
  const may = mayAudit(engine, caller);
  if (!may.ok) return may;
  const found = EVENT_ID.test(event.id) ? await trail.ofPrincipal(event) : ok(null);
  if (!found.ok) return found;
  if (found.value !== null) return ok(found.value);
  const detail = `${event.principalId} has no such event of that time in its trail.`;
  return err({ code: 'not-found', detail });
}
