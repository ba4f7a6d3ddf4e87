import { type Actor, type Cause, eventOf, type Happening } from '../audit.ts';
import type { Acting, AuthorityPorts } from '../deciding/who-may.ts';
import type { Failure } from '../failure.ts';
import type { Grant } from '../grant.ts';
import type { RandomBytes } from '../ids.ts';
import type { GrantStore, Idempotency } from '../ports.ts';
import { err, ok, type Result } from '../result.ts';
import { findVisibleGrant } from './read-grants.ts';

export type ChangePorts = AuthorityPorts & {
  readonly store: GrantStore;
  readonly random: RandomBytes;
};

/** A call that changes a grant. */
export type Act = Acting & {
  readonly grantId: string;
  readonly requestId: string;
  readonly idempotency: Idempotency | null;
};

/** What a rule makes of a grant: the next version with what happened, or nothing to do. */
export type Change = {
  readonly grant: Grant;
  readonly happening: Happening;
  /** The grant begins with it, so its requester may not be suspended. */
  readonly begins?: boolean;
} | null;

/** Somebody else was faster so often: then the caller may try again. */
const ATTEMPTS = 5;

/**
 * Reads, decides, writes; again if the grant moved in between, so that of two who race the later one
 * is judged by what the earlier did.
 */
export async function changeGrant(
  ports: ChangePorts,
  act: Act,
  decide: (grant: Grant) => Promise<Result<Change, Failure>>,
): Promise<Result<Grant, Failure>> {
  for (let attempt = 1; ; attempt += 1) {
    const found = await findVisibleGrant(ports, act, act.grantId);
    if (!found.ok) return found;
    const before = found.value;
    const change = await decide(before);
    if (!change.ok) return change;
    if (change.value === null) return ok(before);
    const { grant, happening, begins = false } = change.value;
    const { principal } = act.caller;
    const written = await ports.store.update({
      before,
      grant,
      events: [eventOf(grant, actorOf(act), happening, causeOf(ports, act), ports.random)],
      idempotency: act.idempotency,
      unsuspended: [...new Set([principal.id, ...(begins ? [grant.requester.id] : [])])],
    });
    if (written.ok) return ok(grant);
    if (written.error.code === 'repeated') return findVisibleGrant(ports, act, act.grantId);
    if (written.error.code !== 'conflict') return err(written.error);
    if (attempt === ATTEMPTS) return err({ code: 'unavailable', what: 'store', grantId: grant.id });
  }
}

export function actorOf({ caller }: Acting): Exclude<Actor, string> {
  const { type, id, name } = caller.principal;
  return { type, id, name };
}

export function causeOf(ports: Pick<AuthorityPorts, 'clock'>, act: Act): Cause {
  return { at: ports.clock(), requestId: act.requestId, sourceIp: act.sourceIp };
}

/** The state that a change came too late for, as the answer says it: with the grant as it is. */
export function wrongState(grant: Grant, detail: string): Result<never, Failure> {
  return err({ code: 'wrong-state', grant, detail });
}

export function forbidden(grant: Grant, detail: string): Result<never, Failure> {
  return err({ code: 'forbidden', grant, detail });
}
