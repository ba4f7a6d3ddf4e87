import type { AuditEvent } from './audit.ts';
import type { Failure, Unavailable } from './failure.ts';
import type { Grant } from './grant.ts';
import { GRANT_ID } from './ids.ts';
import type { GrantPage, GrantQuery, GrantStore, PolicyEngine } from './ports.ts';
import type { Caller } from './principal.ts';
import { err, ok, type Result } from './result.ts';

export type ReadPorts = { readonly store: GrantStore; readonly engine: PolicyEngine };

const NO_SUCH_GRANT: Failure = {
  code: 'not-found',
  detail: 'There is no such grant, or you may not see it.',
};

/** People see their own grants; those who may audit see all. Everybody else is told there is none. */
export async function findVisibleGrant(
  ports: ReadPorts,
  caller: Caller,
  id: string,
): Promise<Result<Grant, Failure>> {
  if (!GRANT_ID.test(id)) return err(NO_SUCH_GRANT);
  const found = await ports.store.find(id);
  if (!found.ok) return found;
  if (found.value === null) return err(NO_SUCH_GRANT);
  const visible = maySeeGrantsOf(ports, caller, found.value.requester.id);
  if (!visible.ok) return visible;
  return visible.value ? ok(found.value) : err(NO_SUCH_GRANT);
}

/** The caller's own grant; somebody else's is forbidden to those who may see it. */
export async function findOwnGrant(
  ports: ReadPorts,
  caller: Caller,
  id: string,
): Promise<Result<Grant, Failure>> {
  const grant = await findVisibleGrant(ports, caller, id);
  if (!grant.ok || grant.value.requester.id === caller.principal.id) return grant;
  const detail = 'Only its requester may vend keys under a grant.';
  return err({ code: 'forbidden', grant: grant.value, detail });
}

/** One page of the grants that the caller may see, newest first. */
export async function listGrants(
  ports: ReadPorts,
  caller: Caller,
  query: GrantQuery,
): Promise<Result<GrantPage, Failure>> {
  const own = caller.principal.id;
  const requester = query.requester === 'me' ? own : query.requester;
  if (requester !== undefined && requester !== own) {
    const visible = maySeeGrantsOf(ports, caller, requester);
    if (!visible.ok) return visible;
    if (!visible.value) return ok({ grants: [], next: null });
    return ports.store.list({ ...query, requester });
  }
  if (requester === own) return ports.store.list({ ...query, requester });
  const audits = ports.engine.mayAudit(caller.principal);
  if (!audits.ok) return audits;
  return ports.store.list(audits.value ? query : { ...query, requester: own });
}

export async function eventsOf(
  ports: ReadPorts,
  caller: Caller,
  id: string,
): Promise<Result<readonly AuditEvent[], Failure>> {
  const grant = await findVisibleGrant(ports, caller, id);
  return grant.ok ? ports.store.events(grant.value.id) : grant;
}

function maySeeGrantsOf(
  ports: ReadPorts,
  caller: Caller,
  requester: string,
): Result<boolean, Unavailable> {
  if (requester === caller.principal.id) return ok(true);
  return ports.engine.mayAudit(caller.principal);
}
