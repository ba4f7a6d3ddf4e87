import type { CallSource } from '../call.ts';
import { type AuthorityPorts, isOwn, maySee, NO_SUCH_GRANT } from '../deciding/who-may.ts';
import type { Failure } from '../failure.ts';
import type { Grant } from '../grant.ts';
import { GRANT_ID } from '../ids.ts';
import type { GrantStore } from '../ports.ts';
import { err, ok, type Result } from '../result.ts';

export type FindPorts = AuthorityPorts & {
  readonly store: Pick<GrantStore, 'find' | 'events'>;
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

/** The caller's own grant; another principal's is forbidden to callers who may see it. */
export async function findOwnGrant(
  ports: FindPorts,
  call: CallSource,
  id: string,
): Promise<Result<Grant, Failure>> {
  const grant = await findVisibleGrant(ports, call, id);
  if (!grant.ok || isOwn(grant.value, call)) return grant;
  const detail = 'Only the requester of a grant can vend credentials under it.';
  return err({ code: 'forbidden', grant: grant.value, detail });
}
