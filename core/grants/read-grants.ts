import type { AuditEvent } from '../audit.ts';
import { findEntitlement } from '../bundle/bundle.ts';
import type { CallSource } from '../call.ts';
import { historyFor, RECENT_SECONDS } from '../deciding/past.ts';
import { type AuthorityPorts, isOwn, mayVote } from '../deciding/who-may.ts';
import type { History } from '../decision.ts';
import type { Failure, Unavailable } from '../failure.ts';
import type { Grant } from '../grant.ts';
import { addSeconds } from '../instant.ts';
import type { GrantPage, GrantQuery, GrantStore, PolicyEngine } from '../ports.ts';
import type { Caller } from '../principal.ts';
import { ok, type Result } from '../result.ts';
import { composeSessionPolicy } from '../session-policy/compose.ts';
import { findVisibleGrant } from './find-grant.ts';

export type ReadPorts = AuthorityPorts & { readonly store: GrantStore };

/** What an approver needs to decide, besides the grant itself. */
export type GrantDetails = {
  readonly title: string;
  readonly risk: string;
  /** The policy of its sessions, with the end that the grant has, or would have if it began now. */
  readonly sessionPolicy: string | null;
  readonly history: History;
};

/** One grant, and for everybody but its requester the details that a decision needs. */
export async function describeGrant(
  ports: ReadPorts,
  call: CallSource,
  id: string,
): Promise<Result<{ readonly grant: Grant; readonly details: GrantDetails | null }, Failure>> {
  const found = await findVisibleGrant(ports, call, id);
  if (!found.ok) return found;
  const grant = found.value;
  const entitlement = findEntitlement(ports.bundle, grant.entitlement);
  if (isOwn(grant, call) || entitlement === null) return ok({ grant, details: null });
  const now = ports.clock();
  const past = await ports.store.history(grant.requester.id, addSeconds(now, -RECENT_SECONDS));
  if (!past.ok) return past;
  const policy = composeSessionPolicy({
    entitlement,
    parameters: grant.parameters,
    scope: grant.scope,
    deployment: ports.deployment,
    expiresAt: grant.expiresAt ?? addSeconds(grant.startsAt ?? now, grant.durationSeconds),
    sourceIp: grant.sourceIp,
  });
  return ok({
    grant,
    details: {
      title: entitlement.title,
      risk: entitlement.risk,
      sessionPolicy: policy.ok && entitlement.hash === grant.definition ? policy.value : null,
      history: historyFor(past.value, grant.entitlement),
    },
  });
}

export type ListQuery = GrantQuery & { readonly reviewable?: true };

/** One page of the grants that the caller may see, newest first. */
export async function listGrants(
  ports: ReadPorts,
  call: CallSource,
  query: ListQuery,
): Promise<Result<GrantPage, Failure>> {
  const { reviewable, ...wanted } = query;
  if (reviewable) return listReviewable(ports, call, wanted);
  const own = call.caller.principal.id;
  const requester = query.requester === 'me' ? own : query.requester;
  if (requester === own) return ports.store.list({ ...wanted, requester });
  const all = maySeeAll(ports, call.caller);
  if (!all.ok) return all;
  if (all.value) return ports.store.list(wanted);
  if (requester !== undefined) return ok({ grants: [], next: null });
  return ports.store.list({ ...wanted, requester: own });
}

/** Pending requests that the caller may vote on. */
async function listReviewable(
  ports: ReadPorts,
  call: CallSource,
  query: GrantQuery,
): Promise<Result<GrantPage, Failure>> {
  const page = await ports.store.list({ ...query, status: 'pending' });
  if (!page.ok) return page;
  const { grants, next } = page.value;
  const others = grants.filter((grant) => !isOwn(grant, call));
  const answers = await Promise.all(others.map((grant) => mayVote(ports, call, grant)));
  const reviewable: Grant[] = [];
  for (const [index, answer] of answers.entries()) {
    if (!answer.ok) return answer;
    const grant = others[index];
    if (answer.value && grant !== undefined) reviewable.push(grant);
  }
  return ok({ grants: reviewable, next });
}

/** The audit trail of a grant that the caller may see. */
export async function eventsOf(
  ports: ReadPorts,
  call: CallSource,
  id: string,
): Promise<Result<readonly AuditEvent[], Failure>> {
  const grant = await findVisibleGrant(ports, call, id);
  return grant.ok ? ports.store.events(grant.value.id) : grant;
}

function maySeeAll(
  { engine }: { readonly engine: PolicyEngine },
  { principal }: Caller,
): Result<boolean, Unavailable> {
  const audits = engine.mayOnBroker('audit', principal);
  return !audits.ok || audits.value ? audits : engine.mayOnBroker('administer', principal);
}
