import type { AuditEvent } from '../audit.ts';
import { findEntitlement } from '../bundle/bundle.ts';
import { RECENT_SECONDS } from '../deciding/past.ts';
import {
  type Acting,
  type AuthorityPorts,
  isOwn,
  maySee,
  mayVote,
  NO_SUCH_GRANT,
} from '../deciding/who-may.ts';
import type { History } from '../decision.ts';
import type { Failure, Unavailable } from '../failure.ts';
import type { Grant } from '../grant.ts';
import { GRANT_ID } from '../ids.ts';
import { addSeconds } from '../instant.ts';
import type { GrantPage, GrantQuery, GrantStore, PolicyEngine } from '../ports.ts';
import type { Caller } from '../principal.ts';
import { err, ok, type Result } from '../result.ts';
import { composeSessionPolicy } from '../session-policy/compose.ts';

export type ReadPorts = AuthorityPorts & { readonly store: GrantStore };

/** Who may not see it is told that there is none. */
export async function findVisibleGrant(
  ports: AuthorityPorts & { readonly store: Pick<GrantStore, 'find' | 'events'> },
  acting: Acting,
  id: string,
): Promise<Result<Grant, Failure>> {
  if (!GRANT_ID.test(id)) return err(NO_SUCH_GRANT);
  const found = await ports.store.find(id);
  if (!found.ok) return found;
  if (found.value === null) return err(NO_SUCH_GRANT);
  const visible = await maySee(ports, acting, found.value);
  if (!visible.ok) return visible;
  return visible.value ? ok(found.value) : err(NO_SUCH_GRANT);
}

/** The caller's own grant; somebody else's is forbidden to those who may see it. */
export async function findOwnGrant(
  ports: AuthorityPorts & { readonly store: Pick<GrantStore, 'find' | 'events'> },
  acting: Acting,
  id: string,
): Promise<Result<Grant, Failure>> {
  const grant = await findVisibleGrant(ports, acting, id);
  if (!grant.ok || isOwn(grant.value, acting)) return grant;
  const detail = 'Only its requester may vend keys under a grant.';
  return err({ code: 'forbidden', grant: grant.value, detail });
}

/** What somebody who decides on a grant has to know besides the grant itself. */
export type GrantDetails = {
  readonly title: string;
  readonly risk: string;
  /** The text that its sessions get, with the end that it has or would have now. */
  readonly sessionPolicy: string | null;
  readonly history: History;
};

/** One grant; whoever is not its requester also sees what there is to decide on. */
export async function describeGrant(
  ports: ReadPorts,
  acting: Acting,
  id: string,
): Promise<Result<{ readonly grant: Grant; readonly details: GrantDetails | null }, Failure>> {
  const found = await findVisibleGrant(ports, acting, id);
  if (!found.ok) return found;
  const grant = found.value;
  const entitlement = findEntitlement(ports.bundle, grant.entitlement);
  if (isOwn(grant, acting) || entitlement === null) return ok({ grant, details: null });
  const now = ports.clock();
  const past = await ports.store.history(grant.requester.id, addSeconds(now, -RECENT_SECONDS));
  if (!past.ok) return past;
  const expiresAt = grant.expiresAt ?? addSeconds(grant.startsAt ?? now, grant.durationSeconds);
  const policy = composeSessionPolicy({
    ...{ ...grant, entitlement, expiresAt },
    deployment: ports.deployment,
  });
  const { denials, entitlements } = past.value;
  return ok({
    grant,
    details: {
      title: entitlement.title,
      risk: entitlement.risk,
      sessionPolicy: policy.ok && entitlement.hash === grant.definition ? policy.value : null,
      history: { recentDenials: denials, firstUse: !entitlements.includes(grant.entitlement) },
    },
  });
}

export type ListQuery = GrantQuery & { readonly reviewable?: true };

/** One page of the grants that the caller may see, newest first. */
export async function listGrants(
  ports: ReadPorts,
  acting: Acting,
  query: ListQuery,
): Promise<Result<GrantPage, Failure>> {
  const { reviewable, ...wanted } = query;
  if (reviewable) return listReviewable(ports, acting, wanted);
  const own = acting.caller.principal.id;
  const requester = query.requester === 'me' ? own : query.requester;
  if (requester === own) return ports.store.list({ ...wanted, requester });
  const all = maySeeAll(ports, acting.caller);
  if (!all.ok) return all;
  if (all.value)
    return ports.store.list({ ...wanted, ...(requester !== undefined && { requester }) });
  if (requester !== undefined) return ok({ grants: [], next: null });
  return ports.store.list({ ...wanted, requester: own });
}

/** Requests that wait for a vote which the caller may cast. */
async function listReviewable(
  ports: ReadPorts,
  acting: Acting,
  query: GrantQuery,
): Promise<Result<GrantPage, Failure>> {
  const page = await ports.store.list({ ...query, status: 'pending' });
  if (!page.ok) return page;
  const { grants, next } = page.value;
  const others = grants.filter((grant) => !isOwn(grant, acting));
  const answers = await Promise.all(others.map((grant) => mayVote(ports, acting, grant)));
  const mine: Grant[] = [];
  for (const [index, answer] of answers.entries()) {
    if (!answer.ok) return answer;
    const grant = others[index];
    if (answer.value && grant !== undefined) mine.push(grant);
  }
  return ok({ grants: mine, next });
}

export async function eventsOf(
  ports: ReadPorts,
  acting: Acting,
  id: string,
): Promise<Result<readonly AuditEvent[], Failure>> {
  const grant = await findVisibleGrant(ports, acting, id);
  return grant.ok ? ports.store.events(grant.value.id) : grant;
}

function maySeeAll(
  { engine }: { readonly engine: PolicyEngine },
  { principal }: Caller,
): Result<boolean, Unavailable> {
  const audits = engine.mayOnBroker('audit', principal);
  return !audits.ok || audits.value ? audits : engine.mayOnBroker('administer', principal);
}
