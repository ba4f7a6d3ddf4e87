import { eventOf, type Happening, initiatorOf } from '../audit.ts';
import type { Call } from '../call.ts';
import { type AuthorityPorts, maySee, NO_SUCH_GRANT } from '../deciding/who-may.ts';
import type { Failure, Unavailable } from '../failure.ts';
import type { Grant } from '../grant.ts';
import type { RandomBytes } from '../ids.ts';
import type { GrantStore } from '../ports.ts';
import { err, ok, type Result } from '../result.ts';
import { type Conflict, retryOnConflict } from '../retry-on-conflict.ts';
import { findGrant, findVisibleGrant } from './find-grant.ts';

export type ChangePorts = AuthorityPorts & {
  readonly store: GrantStore;
  readonly random: RandomBytes;
};

/** The next version of a grant, and what happened to it. */
export type Change = {
  readonly grant: Grant;
  readonly happening: Happening;
  /** The grant becomes usable with this change, so its requester may not be suspended. */
  readonly begins?: boolean;
};

/** What a caller wants to do to a grant. */
export type GrantChange<Authority> = {
  /** Whether the caller may do this at all, asked once and before anything else. */
  readonly authorize: (grant: Grant) => Promise<Result<Authority, Failure>>;
  /** What the change makes of the grant; null where there is nothing left to do. */
  readonly decide: (grant: Grant, authority: Authority) => Promise<Result<Change | null, Failure>>;
};

/** Reads the grant, asks whether the caller may change it, decides, and writes the next version. */
export async function changeGrant<Authority>(
  ports: ChangePorts,
  call: Call,
  grantId: string,
  change: GrantChange<Authority>,
): Promise<Result<Grant, Failure>> {
  const done = await retryOnConflict(() => changeOnce(ports, call, grantId, change));
  if (done.ok) return done;
  const { error } = done;
  return err(error.code === 'conflict' ? { code: 'unavailable', what: 'store', grantId } : error);
}

async function changeOnce<Authority>(
  ports: ChangePorts,
  call: Call,
  grantId: string,
  { authorize, decide }: GrantChange<Authority>,
): Promise<Result<Grant, Failure | Conflict>> {
  const found = await findGrant(ports.store, grantId);
  if (!found.ok) return found;
  const before = found.value;
  const authority = await authorize(before);
  if (!authority.ok) return hideFromStrangers(ports, call, before, authority.error);
  const change = await decide(before, authority.value);
  if (!change.ok) return change;
  if (change.value === null) return ok(before);
  const { grant, happening, begins = false } = change.value;
  const caller = call.caller.principal.id;
  const written = await ports.store.update({
    before,
    grant,
    events: [eventOf(grant, happening, initiatorOf(call), ports.clock(), ports.random)],
    idempotency: call.idempotency,
    unsuspended: [...new Set([caller, ...(begins ? [grant.requester.id] : [])])],
  });
  if (written.ok) return ok(grant);
  if (written.error.code === 'repeated') return findVisibleGrant(ports, call, grantId);
  return err(written.error);
}

/** A caller who may not even see the grant learns nothing about it, not that it exists. */
async function hideFromStrangers(
  ports: ChangePorts,
  call: Call,
  grant: Grant,
  refusal: Failure,
): Promise<Result<never, Failure>> {
  if (refusal.code !== 'forbidden') return err(refusal);
  const visible = await maySee(ports, call, grant);
  if (!visible.ok) return visible;
  return err(visible.value ? refusal : NO_SUCH_GRANT);
}

/** An answer to "may the caller?" as a refusal that says what is not allowed. */
export function unlessForbidden(
  allowed: Result<boolean, Unavailable>,
  grant: Grant,
  detail: string,
): Result<null, Failure> {
  if (!allowed.ok) return allowed;
  return allowed.value ? ok(null) : forbidden(grant, detail);
}

/** The grant is not in a state that allows the change; the answer carries it as it is. */
export function wrongState(grant: Grant, detail: string): Result<never, Failure> {
  return err({ code: 'wrong-state', grant, detail });
}

export function forbidden(grant: Grant, detail: string): Result<never, Failure> {
  return err({ code: 'forbidden', grant, detail });
}
