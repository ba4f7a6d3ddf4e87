import { type AskPorts, type Call, draftGrant, unlessDenied } from './ask.ts';
import { findEntitlement, type GrantRequest } from './assess.ts';
import { type Cause, vended, vendFailed } from './audit.ts';
import { type Entitlement, targetRoleArn } from './entitlement.ts';
import type { Failure } from './failure.ts';
import { type ActiveGrant, type Grant, vendUnder } from './grant.ts';
import type { Credentials, SessionIssuer, VendRefusal } from './ports.ts';
import type { Caller } from './principal.ts';
import { findOwnGrant } from './read.ts';
import { err, ok, type Result } from './result.ts';
import { planSession, type SessionPlan } from './session.ts';
import { composeSessionPolicy } from './session-policy.ts';

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
    vendsOn: session?.roleArn ?? null,
  });
  if (written.ok) {
    if (session !== null) return issue(ports, grant, session, cause);
    return withoutKeys(grant);
  }
  if (written.error.code !== 'repeated') return err(written.error);
  const first = await findOwnGrant(ports, caller, written.error.grantId);
  if (!first.ok) return first;
  return first.value.status === 'active'
    ? vendAgain(ports, first.value, call)
    : withoutKeys(first.value);
}

/** Vends under an active grant of the caller's own. */
export async function vend(
  ports: VendPorts,
  caller: Caller,
  grantId: string,
  call: Call,
): Promise<Result<Vended, Failure>> {
  const grant = await findOwnGrant(ports, caller, grantId);
  return grant.ok ? vendAgain(ports, grant.value, call) : grant;
}

async function vendAgain(
  ports: VendPorts,
  stored: Grant,
  call: Call,
): Promise<Result<Vended, Failure>> {
  const now = ports.clock();
  const cause: Cause = { at: now, requestId: call.requestId, sourceIp: call.sourceIp };
  const active = vendUnder(stored, now);
  if (!active.ok) return err({ ...active.error, grant: stored });
  const grant = active.value;
  const entitlement = findEntitlement(ports.bundle, grant.entitlement);
  if (entitlement === null || entitlement.hash !== grant.definition) {
    return err({ code: 'wrong-state', grant: stored, detail: REDEFINED });
  }
  if (entitlement.network === 'bind' && call.sourceIp !== grant.sourceIp) {
    return err({ code: 'forbidden', grant: stored, detail: OTHER_NETWORK });
  }
  const policy = composeSessionPolicy({ ...grant, entitlement, deployment: ports.deployment });
  if (!policy.ok) return err({ code: 'wrong-state', grant: stored, detail: REDEFINED });
  const session = plan(ports, grant, entitlement, policy.value, cause);
  const written = await ports.store.recordVend({
    grant,
    event: vended(grant, session, cause, ports.random),
    idempotency: call.idempotency,
    vendsOn: session.roleArn,
    now,
  });
  return written.ok ? issue(ports, grant, session, cause) : err(refusal(stored, written.error));
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
  if (grant.status !== 'pending' && grant.status !== 'denied') {
    const detail = `The grant that this Idempotency-Key made is ${grant.status}. Ask again under a new key.`;
    return err({ code: 'wrong-state', grant, detail });
  }
  const settled = unlessDenied(grant);
  return settled.ok ? ok({ grant: settled.value, credentials: null }) : settled;
}

function refusal(grant: Grant, refused: VendRefusal): Failure {
  if (refused.code === 'conflict') {
    const detail = 'The grant ended while the call was under way. Read it again.';
    return { code: 'wrong-state', grant, detail };
  }
  return refused;
}

const REDEFINED = 'The entitlement was changed after this grant was made. Ask again.';
const OTHER_NETWORK =
  'The grant is bound to the network that it was asked from, and this call comes from another one. Ask again from here.';
