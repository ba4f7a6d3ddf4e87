import { type AuditEvent, eventOf, initiatorOf, requested } from '../audit.ts';
import type { Call } from '../call.ts';
import { type Assessment, assessRequest } from '../deciding/assess-request.ts';
import type { GrantRequest } from '../deciding/grant-request.ts';
import type { Judge } from '../deciding/judge.ts';
import { readPast } from '../deciding/past.ts';
import type { Failure } from '../failure.ts';
import type { Grant } from '../grant.ts';
import type { RandomBytes } from '../ids.ts';
import { newMatchCode } from '../lifecycle/match-code.ts';
import { newGrant } from '../lifecycle/new-grant.ts';
import type { Counted } from '../limits.ts';
import type { GrantStore, Repeated } from '../ports.ts';
import type { Caller } from '../principal.ts';
import { type MayBeQuarantined, unlessQuarantined } from '../read-quarantine.ts';
import { err, ok, type Result } from '../result.ts';
import { findVendableGrant } from './find-grant.ts';
import { unlessRepeated } from './first-answer.ts';
import { mayAsk } from './may-ask.ts';

export type RequestPorts = Judge &
  MayBeQuarantined & { readonly store: GrantStore; readonly random: RandomBytes };

/** A request that policy has decided on, and the grant it makes, before anything is written. */
export type PreparedGrant = {
  readonly assessment: Assessment;
  readonly grant: Grant;
  readonly event: AuditEvent;
};

/**
 * Requests a grant. The grant is stored with its decision, denials included (I8); a denial is an
 * error that carries the stored grant.
 *
 * @param matchCode What approvers must hear from the requester, where the entitlement asks for it. Only its hash is stored.
 */
export async function requestGrant(
  ports: RequestPorts,
  call: Call,
  request: GrantRequest,
  matchCode = newMatchCode(ports.random),
): Promise<Result<Grant, Failure>> {
  const created = await createGrant(ports, call, request, matchCode);
  if (created.ok) return unlessDenied(created.value);
  if (created.error.code !== 'repeated') return err(created.error);
  const first = await findVendableGrant(ports, call, created.error.grantId);
  return first.ok ? unlessDenied(first.value) : first;
}

async function createGrant(
  ports: RequestPorts,
  call: Call,
  request: GrantRequest,
  matchCode: string,
): Promise<Result<Grant, Failure | Repeated>> {
  const prepared = await prepareGrant(ports, call, request, matchCode);
  if (!prepared.ok) return err(await unlessRepeated(ports, call, prepared.error));
  const { grant, event } = prepared.value;
  const { idempotency } = call;
  const counted = [requestBy(ports, call.caller)];
  const written = await ports.store.create({
    grant,
    events: [event],
    idempotency,
    vendsOn: [],
    counted,
  });
  return written.ok ? ok(grant) : written;
}

export function requestBy({ bundle }: Pick<Judge, 'bundle'>, { principal }: Caller): Counted {
  const { requestsPerMinute: most } = bundle.limits[principal.type];
  return { limit: 'requestsPerMinute', of: principal.id, most };
}

/** Reads the caller's past where policy uses it, has the request decided, and makes the grant. */
export async function prepareGrant(
  ports: RequestPorts,
  call: Call,
  request: GrantRequest,
  matchCode: string,
): Promise<Result<PreparedGrant, Failure>> {
  const [past, open] = await Promise.all([
    readPast(ports, call, request.entitlement),
    unlessQuarantined(ports),
  ]);
  if (!past.ok) return past;
  if (!open.ok) return open;
  const assessed = assessRequest(ports, call, request, past.value);
  if (!assessed.ok) return assessed;
  const assessment = assessed.value;
  const allowed = await mayAsk(ports, call, request.entitlement, assessment);
  if (!allowed.ok) return allowed;
  const { facts } = assessment.question;
  const grant = newGrant({
    principal: call.caller.principal,
    entitlement: assessment.entitlement,
    deployment: ports.deployment,
    parameters: facts.parameters,
    scope: request.scope,
    durationSeconds: facts.durationSeconds,
    requestedWith: {
      startsInSeconds: facts.startsInSeconds,
      mfaAgeSeconds: facts.mfaAgeSeconds,
      history: facts.history,
      ...(facts.signals !== undefined && { signals: facts.signals }),
      ...(call.caller.token !== undefined && { token: call.caller.token }),
    },
    startsAt: request.startsAt === null ? null : assessment.startsAt,
    justification: facts.justification,
    ticket: facts.ticket,
    sourceIp: call.sourceIp,
    decision: assessment.decision,
    now: assessment.now,
    matchCode,
    random: ports.random,
  });
  const happening = requested(grant, assessment.question);
  const event = eventOf(grant, happening, initiatorOf(call), assessment.now, ports.random);
  return ok({ assessment, grant, event });
}

export function unlessDenied(grant: Grant): Result<Grant, Failure> {
  return grant.status === 'denied' ? err({ code: 'denied', grant }) : ok(grant);
}
