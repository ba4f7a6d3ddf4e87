import type { CallSource } from '../call.ts';
import { type AuthorityPorts, anyPermits, isOwn, NO_SUCH_GRANT } from '../deciding/authority.ts';
import { maySee, mayVendUnder } from '../deciding/who-may.ts';
import type { Failure } from '../failure.ts';
import type { Grant } from '../grant.ts';
import { GRANT_ID } from '../ids.ts';
import type { GrantStore } from '../ports.ts';
import { err, ok, type Result } from '../result.ts';

export type FindPorts = AuthorityPorts & {
  readonly store: Pick<GrantStore, 'find'>;
};

/** The grant of that id. It checks no authority: callers must. */
export async function findGrant(
  store: Pick<GrantStore, 'find'>,
  id: string,
): Promise<Result<Grant, Failure>> {
  if (!GRANT_ID.test(id)) return err(NO_SUCH_GRANT);
  const found = await store.find(id);
  if (!found.ok) return found;
  return found.value === null ? err(NO_SUCH_GRANT) : ok(found.value);
}

/** A grant that the caller may see; any other is not found. */
export async function findVisibleGrant(
  ports: FindPorts,
  call: CallSource,
  id: string,
): Promise<Result<Grant, Failure>> {
  const grant = await findGrant(ports.store, id);
  if (!grant.ok) return asStrangersSeeIt(ports, call, grant.error);
  const visible = await maySee(ports, call, grant.value);
  if (visible.ok && visible.value) return grant;
  return hide(ports, call, grant.value, visible.ok ? NO_SUCH_GRANT : visible.error);
}

/** The caller's own grant, with a token that may vend under it. Another principal's is forbidden or not found. */
export async function findVendableGrant(
  ports: FindPorts,
  call: CallSource,
  id: string,
): Promise<Result<Grant, Failure>> {
  const grant = await findGrant(ports.store, id);
  if (!grant.ok) return asStrangersSeeIt(ports, call, grant.error);
  const may = await mayVendUnder(ports, call, grant.value);
  return may.ok ? grant : hideFromStrangers(ports, call, grant.value, may.error);
}

/** A caller who may not even see the grant learns nothing about it, not that it exists. */
export async function hideFromStrangers(
  ports: AuthorityPorts,
  call: CallSource,
  grant: Grant,
  refusal: Failure,
): Promise<Result<never, Failure>> {
  if (refusal.code !== 'forbidden' && !isOfOneGrant(refusal)) return err(refusal);
  const visible = await maySee(ports, call, grant);
  if (visible.ok && visible.value) return err(refusal);
  return hide(ports, call, grant, visible.ok ? NO_SUCH_GRANT : visible.error);
}

/** Fails on grants that exist alone: a policy, or a record of the grant that is damaged. */
function isOfOneGrant(failure: Failure): boolean {
  if (failure.code !== 'unavailable') return false;
  return failure.what === 'policy' || failure.grantId !== undefined;
}

/** What fails on this grant must not tell a stranger that there is one. */
function hide(
  ports: AuthorityPorts,
  call: CallSource,
  grant: Grant,
  failure: Failure,
): Result<never, Failure> {
  return isOfOneGrant(failure) && !isOwn(grant, call)
    ? asStrangersSeeIt(ports, call, NO_SUCH_GRANT)
    : err(failure);
}

/**
 * A policy engine that cannot say whether the caller may audit or administer is an error whatever the id is:
 * people who may see every grant must not read that there is none (I6).
 */
export function asStrangersSeeIt(
  { engine }: AuthorityPorts,
  { caller: { principal } }: CallSource,
  failure: Failure,
): Result<never, Failure> {
  if (failure.code !== 'not-found') return err(failure);
  const asked = anyPermits([
    () => engine.mayOnBroker('audit', principal),
    () => engine.mayOnBroker('administer', principal),
  ]);
  return asked.ok ? err(failure) : asked;
}
