import { type AuditEvent, eventOf, initiatorOf, vended, vendFailed } from '../audit.ts';
import { findEntitlement } from '../bundle/bundle.ts';
import type { Call } from '../call.ts';
import type { GrantRequest } from '../deciding/grant-request.ts';
import type { Failure } from '../failure.ts';
import { type ActiveGrant, type Grant, rolesOf } from '../grant.ts';
import type { Instant } from '../instant.ts';
import { isOfJob } from '../job.ts';
import { vendUnder } from '../lifecycle/active.ts';
import { newMatchCode } from '../lifecycle/match-code.ts';
import type { Counted } from '../limits.ts';
import type { Credentials, SessionIssuer } from '../ports.ts';
import { unlessQuarantined } from '../read-quarantine.ts';
import { err, ok, type Result } from '../result.ts';
import { type Conflict, retryOnConflict } from '../retry-on-conflict.ts';
import { planSession, type SessionPlan } from '../session.ts';
import { composeSessionPolicy } from '../session-policy/compose.ts';
import { findVendableGrant } from './find-grant.ts';
import { unlessRepeated } from './first-answer.ts';
import { prepareGrant, type RequestPorts, requestBy, unlessDenied } from './request-grant.ts';

export type VendPorts = RequestPorts & { readonly issueSession: SessionIssuer };

/** A grant with credentials, or without them where a human has to approve it first. */
export type Vended = { readonly grant: Grant; readonly credentials: Credentials | null };

/** A vend that is ready to be written, and then to be issued. */
type PlannedVend = {
  readonly grant: ActiveGrant;
  /** The first vend of a scheduled grant begins it. */
  readonly begins: boolean;
  readonly session: SessionPlan;
  readonly event: AuditEvent;
  readonly at: Instant;
};

/**
 * Requests a grant and vends under it in one call: one transaction, then one AssumeRole. A repeat
 * with the same `Idempotency-Key` vends another session of the same grant, never a second grant.
 */
export async function requestAndVend(
  ports: VendPorts,
  call: Call,
  request: GrantRequest,
  matchCode = newMatchCode(ports.random),
): Promise<Result<Vended, Failure>> {
  const prepared = await prepareGrant(ports, call, request, matchCode);
  if (!prepared.ok) {
    const error = await unlessRepeated(ports, call, prepared.error);
    return error.code === 'repeated' ? vendRepeated(ports, call, error.grantId) : err(error);
  }
  const { assessment, grant, event } = prepared.value;
  const active = vendUnder(grant, assessment.now);
  const vend = active.ok
    ? planVend(ports, call, grant, active.value, assessment.sessionPolicy, assessment.now)
    : null;
  const written = await ports.store.create({
    grant: vend === null ? grant : vend.grant,
    events: vend === null ? [event] : [event, vend.event],
    idempotency: call.idempotency,
    vendsOn: vend === null ? [] : rolesOf(grant),
    killSwitchPercent: ports.bundle.limits.killSwitchPercent,
    counted: [requestBy(ports, call.caller)],
  });
  if (!written.ok) {
    const { error } = written;
    return error.code === 'repeated' ? vendRepeated(ports, call, error.grantId) : err(error);
  }
  return vend === null ? withoutCredentials(grant) : issueCredentials(ports, call, vend);
}

/** Vends under an active grant of the caller. */
export async function vendCredentials(
  ports: VendPorts,
  call: Call,
  grantId: string,
): Promise<Result<Vended, Failure>> {
  const found = await findVendableGrant(ports, call, grantId);
  const vended = found.ok ? await vendUnderGrant(ports, call, found.value) : found;
  if (vended.ok) return vended;
  // A key that another call used is refused as that, whatever else the rules refuse.
  const error = await unlessRepeated(ports, call, vended.error);
  return error.code === 'repeated' ? vended : err(error);
}

/** The answer to a request that came before with the same key. */
async function vendRepeated(
  ports: VendPorts,
  call: Call,
  grantId: string,
): Promise<Result<Vended, Failure>> {
  const first = await findVendableGrant(ports, call, grantId);
  if (!first.ok) return first;
  return vendUnder(first.value, ports.clock()).ok
    ? vendUnderGrant(ports, call, first.value)
    : withoutCredentials(first.value);
}

/** Records the vend, on the grant as it is now if it changed meanwhile, and issues credentials. */
async function vendUnderGrant(
  ports: VendPorts,
  call: Call,
  found: Grant,
): Promise<Result<Vended, Failure>> {
  let grant = found;
  const recorded = await retryOnConflict(async () => {
    const vend = await recordVend(ports, call, grant);
    if (vend.ok || vend.error.code !== 'conflict') return vend;
    const again = await findVendableGrant(ports, call, grant.id);
    if (!again.ok) return again;
    grant = again.value;
    return vend;
  });
  if (recorded.ok) return issueCredentials(ports, call, recorded.value);
  const { error } = recorded;
  if (error.code !== 'conflict') return err(error);
  return err({ code: 'wrong-state', grant, detail: CHANGED_MEANWHILE });
}

/** Checks that the caller may vend under the grant now, and writes the vend (I1). */
async function recordVend(
  ports: VendPorts,
  call: Call,
  stored: Grant,
): Promise<Result<PlannedVend, Failure | Conflict>> {
  const open = await unlessQuarantined(ports);
  if (!open.ok) return open;
  const now = ports.clock();
  const active = vendUnder(stored, now);
  if (!active.ok) return err({ ...active.error, grant: stored });
  const policy = sessionPolicyOf(ports, call, stored, active.value);
  if (!policy.ok) return policy;
  const vend = planVend(ports, call, stored, active.value, policy.value, now);
  const written = await ports.store.recordVend({
    grant: vend.grant,
    begins: vend.begins,
    event: vend.event,
    idempotency: call.idempotency,
    vendsOn: rolesOf(vend.grant),
    killSwitchPercent: ports.bundle.limits.killSwitchPercent,
    counted: [vendUnderOne(ports, vend.grant)],
    now,
  });
  return written.ok ? ok(vend) : err(written.error);
}

function vendUnderOne({ bundle: { limits } }: VendPorts, { id, entitlement }: Grant): Counted {
  const most = limits.entitlements[entitlement]?.vendsPerMinute ?? limits.vendsPerMinute;
  return { limit: 'vendsPerMinute', of: id, most };
}

/** The session policy under the definition that was decided on, for the job and network of then. */
function sessionPolicyOf(
  { bundle, deployment }: VendPorts,
  { caller, sourceIp }: Call,
  stored: Grant,
  grant: ActiveGrant,
): Result<string, Failure> {
  const entitlement = findEntitlement(bundle, grant.entitlement);
  if (entitlement === null || entitlement.hash !== grant.definition) {
    return err({ code: 'wrong-state', grant: stored, detail: REDEFINED });
  }
  if (entitlement.network === 'bind' && sourceIp !== grant.sourceIp) {
    return err({ code: 'forbidden', grant: stored, detail: OTHER_NETWORK });
  }
  if (!isOfJob(caller.principal, entitlement, grant.job)) {
    return err({ code: 'forbidden', grant: stored, detail: OTHER_JOB });
  }
  const policy = composeSessionPolicy({
    entitlement,
    parameters: grant.parameters,
    scope: grant.scope,
    deployment,
    expiresAt: grant.expiresAt,
    sourceIp: grant.sourceIp,
  });
  return policy.ok ? policy : err({ code: 'wrong-state', grant: stored, detail: REDEFINED });
}

function planVend(
  { random }: VendPorts,
  call: Call,
  before: Grant,
  grant: ActiveGrant,
  policy: string,
  at: Instant,
): PlannedVend {
  const session = planSession({
    roleArn: grant.targetRole,
    principalKey: grant.principalKey,
    grantId: grant.id,
    policy,
    now: at,
    expiresAt: grant.expiresAt,
    sessionDurationSeconds: grant.sessionDurationSeconds,
    random,
  });
  return {
    grant,
    begins: before.status !== 'active',
    session,
    event: eventOf(grant, vended(session, call.caller), initiatorOf(call), at, random),
    at,
  };
}

/** The only place where credentials come from. The grant and its event are durable by now (I1). */
async function issueCredentials(
  ports: VendPorts,
  call: Call,
  { grant, session, at }: PlannedVend,
): Promise<Result<Vended, Failure>> {
  // Best effort: the answer is 503 either way, and a log line says the same.
  const recordFailure = (reason: string) => {
    const failed = vendFailed(session, reason);
    return ports.store.appendEvent(eventOf(grant, failed, initiatorOf(call), at, ports.random));
  };
  // The write may have waited for others: no session begins later than a read of the quarantine may be old.
  const open = await unlessQuarantined(ports);
  if (!open.ok) {
    await recordFailure(open.error.code);
    return open;
  }
  const issued = await ports.issueSession(session);
  if (!issued.ok) {
    const { code, reason } = issued.error;
    await recordFailure(reason);
    if (code !== 'unavailable') return err({ code, role: session.roleArn, grantId: grant.id });
    return err({ code, what: 'sts', grantId: grant.id });
  }
  const expiration = Math.min(issued.value.expiration, grant.expiresAt);
  return ok({ grant, credentials: { ...issued.value, expiration } });
}

function withoutCredentials(grant: Grant): Result<Vended, Failure> {
  if (!['pending', 'scheduled', 'denied'].includes(grant.status)) {
    const detail = `The grant of this Idempotency-Key is ${grant.status}. Request a new grant with a new key.`;
    return err({ code: 'wrong-state', grant, detail });
  }
  const settled = unlessDenied(grant);
  return settled.ok ? ok({ grant: settled.value, credentials: null }) : settled;
}

const CHANGED_MEANWHILE = 'The grant changed during the call. Read it again, then retry.';
const OTHER_JOB =
  'The grant is bound to the job that requested it, and this token belongs to another job. Request a new grant from this job.';
const REDEFINED = 'The entitlement has changed since this grant was made. Request a new grant.';
const OTHER_NETWORK =
  'The grant is bound to the network that it was requested from, and this call comes from another one. Request a new grant from here.';
