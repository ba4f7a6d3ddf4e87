import { type Cause, vended, vendFailed } from '../audit.ts';
import { findEntitlement } from '../bundle/bundle.ts';
import type { GrantRequest } from '../deciding/grant-request.ts';
import { type Entitlement, targetRoleArn } from '../entitlement.ts';
import type { Failure } from '../failure.ts';
import { type ActiveGrant, type Grant, rolesOf } from '../grant.ts';
import { vendUnder } from '../lifecycle/active.ts';
import { jobOf } from '../lifecycle/new-grant.ts';
import type { Credentials, SessionIssuer } from '../ports.ts';
import type { Caller } from '../principal.ts';
import { err, ok, type Result } from '../result.ts';
import { planSession, type SessionPlan } from '../session.ts';
import { composeSessionPolicy } from '../session-policy/compose.ts';
import { findOwnGrant } from './read-grants.ts';
import { type AskPorts, type Call, draftGrant, unlessDenied } from './request-grant.ts';

export type VendPorts = AskPorts & { readonly issueSession: SessionIssuer };

/** A grant with keys, or without them where a human must say yes first. */
export type Vended = { readonly grant: Grant; readonly credentials: Credentials | null };

/**
 * Asks and vends in one call: one transaction, then one AssumeRole. A repeat under the same
 * `Idempotency-Key` vends a new session of the same grant, never a second grant.
 */
export async function askAndVend(
  ports: VendPorts,
  caller: Caller,
  request: GrantRequest,
  call: Call,
): Promise<Result<Vended, Failure>> {
  const draft = await draftGrant(ports, caller, request, call);
  if (!draft.ok) return draft;
  const { assessment, grant: asked, event, cause } = draft.value;
  const active = vendUnder(asked, assessment.now);
  const grant = active.ok ? active.value : asked;
  const session = active.ok
    ? plan(ports, active.value, assessment.entitlement, assessment.sessionPolicy, cause)
    : null;
  const written = await ports.store.create({
    grant,
    events: session === null ? [event] : [event, vended(grant, session, cause, ports.random)],
    idempotency: call.idempotency,
    vendsOn: session === null ? [] : rolesOf(grant),
  });
  if (written.ok) {
    if (session !== null) return issue(ports, grant, session, cause);
    return withoutKeys(grant);
  }
  if (written.error.code !== 'repeated') return err(written.error);
  const first = await findOwnGrant(ports, { ...call, caller }, written.error.grantId);
  if (!first.ok) return first;
  return vendUnder(first.value, ports.clock()).ok
    ? vendAgain(ports, caller, first.value, call)
    : withoutKeys(first.value);
}

/** Vends under an active grant of the caller's own. */
export async function vend(
  ports: VendPorts,
  caller: Caller,
  grantId: string,
  call: Call,
): Promise<Result<Vended, Failure>> {
  const grant = await findOwnGrant(ports, { ...call, caller }, grantId);
  return grant.ok ? vendAgain(ports, caller, grant.value, call) : grant;
}

/** The grant may move under a vend: others vend, or extend it. It may end only once. */
const ATTEMPTS = 3;

async function vendAgain(
  ports: VendPorts,
  caller: Caller,
  found: Grant,
  call: Call,
): Promise<Result<Vended, Failure>> {
  let stored = found;
  for (let attempt = 1; ; attempt += 1) {
    const { requestId, sourceIp } = call;
    const cause: Cause = { requestId, sourceIp, at: ports.clock() };
    const planned = planAgain(ports, caller, stored, cause);
    if (!planned.ok) return planned;
    const { grant, session } = planned.value;
    const written = await ports.store.recordVend({
      grant,
      event: vended(grant, session, cause, ports.random),
      idempotency: call.idempotency,
      vendsOn: rolesOf(grant),
      now: cause.at,
    });
    if (written.ok) return issue(ports, grant, session, cause);
    if (written.error.code !== 'conflict') return err(written.error);
    if (attempt === ATTEMPTS) return err({ code: 'wrong-state', grant: stored, detail: MOVED });
    const again = await findOwnGrant(ports, { ...call, caller }, stored.id);
    if (!again.ok) return again;
    stored = again.value;
  }
}

function planAgain(
  ports: VendPorts,
  caller: Caller,
  stored: Grant,
  cause: Cause,
): Result<{ readonly grant: ActiveGrant; readonly session: SessionPlan }, Failure> {
  const active = vendUnder(stored, cause.at);
  if (!active.ok) return err({ ...active.error, grant: stored });
  const grant = active.value;
  const entitlement = findEntitlement(ports.bundle, grant.entitlement);
  if (entitlement === null || entitlement.hash !== grant.definition) {
    return err({ code: 'wrong-state', grant: stored, detail: REDEFINED });
  }
  if (entitlement.network === 'bind' && cause.sourceIp !== grant.sourceIp) {
    return err({ code: 'forbidden', grant: stored, detail: OTHER_NETWORK });
  }
  if (jobOf(caller.principal, entitlement) !== grant.job) {
    return err({ code: 'forbidden', grant: stored, detail: OTHER_JOB });
  }
  const policy = composeSessionPolicy({ ...grant, entitlement, deployment: ports.deployment });
  if (!policy.ok) return err({ code: 'wrong-state', grant: stored, detail: REDEFINED });
  return ok({ grant, session: plan(ports, grant, entitlement, policy.value, cause) });
}

/** The only place where keys come from. The grant and its event are durable by now (I1). */
async function issue(
  ports: VendPorts,
  grant: Grant,
  session: SessionPlan,
  cause: Cause,
): Promise<Result<Vended, Failure>> {
  const issued = await ports.issueSession(session);
  if (!issued.ok) {
    // Best effort: the answer is 503 either way, and the log line tells the same.
    await ports.store.appendEvent(
      vendFailed(grant, session, issued.error.reason, cause, ports.random),
    );
    return err({ code: 'unavailable', what: 'sts', grantId: grant.id });
  }
  const end = grant.expiresAt ?? issued.value.expiration;
  const expiration = Math.min(issued.value.expiration, end);
  return ok({ grant, credentials: { ...issued.value, expiration } });
}

function plan(
  ports: VendPorts,
  grant: ActiveGrant,
  entitlement: Entitlement,
  policy: string,
  cause: Cause,
): SessionPlan {
  return planSession({
    roleArn: targetRoleArn(entitlement, ports.deployment),
    principalKey: grant.principalKey,
    grantId: grant.id,
    policy,
    now: cause.at,
    expiresAt: grant.expiresAt,
    random: ports.random,
  });
}

function withoutKeys(grant: Grant): Result<Vended, Failure> {
  if (!['pending', 'scheduled', 'denied'].includes(grant.status)) {
    const detail = `The grant that this Idempotency-Key made is ${grant.status}. Ask again under a new key.`;
    return err({ code: 'wrong-state', grant, detail });
  }
  const settled = unlessDenied(grant);
  return settled.ok ? ok({ grant: settled.value, credentials: null }) : settled;
}

const MOVED = 'The grant changed while the call was under way. Read it again.';
const OTHER_JOB =
  'The grant is tied to the job that asked for it, and this token is of another one. Ask again from this job.';
const REDEFINED = 'The entitlement was changed after this grant was made. Ask again.';
const OTHER_NETWORK =
  'The grant is bound to the network that it was asked from, and this call comes from another one. Ask again from here.';
