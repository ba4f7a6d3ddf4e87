import { findEntitlement } from '../bundle/bundle.ts';
import type { CallSource } from '../call.ts';
import { type AuthorityPorts, isOwn } from '../deciding/authority.ts';
import { historyOf } from '../deciding/past.ts';
import { readingOnce } from '../deciding/read-once.ts';
import { maySee } from '../deciding/who-may.ts';
import { mayVote } from '../deciding/who-may-vote.ts';
import type { History } from '../decision.ts';
import type { Failure, Unavailable } from '../failure.ts';
import type { Grant } from '../grant.ts';
import { openExtension } from '../lifecycle/extension.ts';
import { expiryOf } from '../lifecycle/new-grant.ts';
import type { EventPage, GrantPage, GrantQuery, GrantStore, PolicyEngine } from '../ports.ts';
import type { Caller } from '../principal.ts';
import { err, ok, type Result } from '../result.ts';
import { composeSessionPolicy } from '../session-policy/compose.ts';
import { findVisibleGrant } from './find-grant.ts';

export type ReadPorts = AuthorityPorts & { readonly store: GrantStore };

/** What an approver needs to decide, besides the grant itself. */
export type GrantDetails = {
  readonly title: string;
  readonly risk: string;
  /** The policy of its sessions, with the end that the grant has, or would have if it began now. */
  readonly sessionPolicy: string | null;
  /** The requester's past at the time of the request. */
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
  const history = await historyOf(ports.store, grant);
  if (!history.ok) return history;
  const policy = composeSessionPolicy({
    entitlement,
    parameters: grant.parameters,
    scope: grant.scope,
    deployment: ports.deployment,
    expiresAt: grant.expiresAt ?? expiryOf(grant.startsAt ?? ports.clock(), grant.durationSeconds),
    sourceIp: grant.sourceIp,
  });
  return ok({
    grant,
    details: {
      title: entitlement.title,
      risk: entitlement.risk,
      sessionPolicy: policy.ok && entitlement.hash === grant.definition ? policy.value : null,
      history: history.value,
    },
  });
}

export type ListQuery = GrantQuery & {
  /** Only what the caller may vote on now. */
  readonly reviewable?: true;
  /** Only what the caller voted on, also after it ended. */
  readonly voted?: true;
};

/** One page of the grants that the caller may see, newest first. */
export async function listGrants(
  ports: ReadPorts,
  call: CallSource,
  query: ListQuery,
): Promise<Result<GrantPage, Failure>> {
  const { reviewable, voted, ...wanted } = query;
  if (voted) return ports.store.list({ ...wanted, voter: call.caller.principal.id });
  if (reviewable) {
    const waiting = await ports.store.list({ ...wanted, waiting: true });
    if (!waiting.ok) return waiting;
    const once = readingOnce(ports, waiting.value.grants);
    const votable = await keep(waiting.value, (grant) => maySeeAsVoter(once, call, grant));
    return votable.ok ? votable : err(withoutStrangersGrant(ports, call, votable.error));
  }
  const own = call.caller.principal.id;
  const requester = query.requester === 'me' ? own : query.requester;
  const all = maySeeAll(ports, call.caller);
  if (!all.ok) return all;
  if (all.value) {
    return ports.store.list({ ...wanted, ...(requester !== undefined && { requester }) });
  }
  if (requester !== undefined && requester !== own) return ok({ grants: [], next: null });
  const page = await ports.store.list({ ...wanted, requester: own });
  // The token that is presented may be a lesser one than that of the request.
  if (!page.ok) return page;
  const once = readingOnce(ports, page.value.grants);
  return keep(page.value, (grant) => maySee(once, call, grant));
}

async function maySeeAsVoter(
  ports: ReadPorts,
  call: CallSource,
  grant: Grant,
): Promise<Result<boolean, Unavailable>> {
  const lapsed = grant.extension !== null && openExtension(grant, ports.clock()) === null;
  return isOwn(grant, call) || lapsed ? ok(false) : mayVote(ports, call, grant);
}

/** A damaged grant fails the page of everybody who could be its approver; only who sees all grants reads which it is. */
function withoutStrangersGrant(
  ports: ReadPorts,
  { caller }: CallSource,
  failure: Unavailable,
): Unavailable {
  const all = maySeeAll(ports, caller);
  return all.ok && all.value ? failure : { code: failure.code, what: failure.what };
}

/** The page without the grants that the test refuses; a test that fails fails the page. */
async function keep(
  { grants, next }: GrantPage,
  test: (grant: Grant) => Promise<Result<boolean, Unavailable>>,
): Promise<Result<GrantPage, Unavailable>> {
  const answers = await Promise.all(grants.map(test));
  const failed = answers.find((answer) => !answer.ok);
  if (failed !== undefined && !failed.ok) return failed;
  const kept = grants.filter((_, index) => {
    const answer = answers[index];
    return answer?.ok === true && answer.value;
  });
  return ok({ grants: kept, next });
}

/** One page of the audit trail of a grant that the caller may see, oldest event first. */
export async function eventsOf(
  ports: ReadPorts,
  call: CallSource,
  id: string,
  page: { readonly limit: number; readonly after: string | null },
): Promise<Result<EventPage, Failure>> {
  const grant = await findVisibleGrant(ports, call, id);
  return grant.ok ? ports.store.events(grant.value.id, page) : grant;
}

function maySeeAll(
  { engine }: { readonly engine: PolicyEngine },
  { principal }: Caller,
): Result<boolean, Unavailable> {
  const audits = engine.mayOnBroker('audit', principal);
  return !audits.ok || audits.value ? audits : engine.mayOnBroker('administer', principal);
}
