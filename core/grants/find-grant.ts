import type { CallSource } from '../call.ts';
import { type AuthorityPorts, NO_SUCH_GRANT } from '../deciding/authority.ts';
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
  if (!grant.ok) return grant;
  const visible = await maySee(ports, call, grant.value);
  if (!visible.ok) return visible;
  return visible.value ? grant : err(NO_SUCH_GRANT);
}

/** The caller's own grant, with a token that may vend under it. Another principal's is forbidden or not found. */
export async function findVendableGrant(
  ports: FindPorts,
  call: CallSource,
  id: string,
): Promise<Result<Grant, Failure>> {
  const grant = await findGrant(ports.store, id);
  if (!grant.ok) return grant;
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
  if (refusal.code !== 'forbidden') return err(refusal);
  const visible = await maySee(ports, call, grant);
  if (!visible.ok) return visible;
  return err(visible.value ? refusal : NO_SUCH_GRANT);
}
