import { type AuditEvent, type Cause, requested } from '../audit.ts';
import { type Assessment, assess } from '../deciding/assess-request.ts';
import type { GrantRequest } from '../deciding/grant-request.ts';
import type { Judge } from '../deciding/judge.ts';
import { recall } from '../deciding/past.ts';
import type { Failure } from '../failure.ts';
import type { Grant } from '../grant.ts';
import type { RandomBytes } from '../ids.ts';
import { requestGrant } from '../lifecycle/new-grant.ts';
import type { GrantStore, Idempotency } from '../ports.ts';
import type { Caller } from '../principal.ts';
import { err, ok, type Result } from '../result.ts';
import { findOwnGrant } from './read-grants.ts';

/** The call that carries a request. */
export type Call = {
  readonly requestId: string;
  readonly sourceIp: string;
  readonly idempotency: Idempotency | null;
};

export type AskPorts = Judge & { readonly store: GrantStore; readonly random: RandomBytes };

/** A grant that is decided on and not yet written, with the event that tells of it. */
export type Draft = {
  readonly assessment: Assessment;
  readonly grant: Grant;
  readonly event: AuditEvent;
  readonly cause: Cause;
};

/**
 * Asks for a grant. It is stored with its decision, denials included (I8); a denial is an error that
 * carries the stored grant.
 */
export async function ask(
  ports: AskPorts,
  caller: Caller,
  request: GrantRequest,
  call: Call,
): Promise<Result<Grant, Failure>> {
  const draft = await draftGrant(ports, caller, request, call);
  if (!draft.ok) return draft;
  const { grant, event } = draft.value;
  const { idempotency } = call;
  const written = await ports.store.create({ grant, events: [event], idempotency, vendsOn: [] });
  if (written.ok) return unlessDenied(grant);
  if (written.error.code !== 'repeated') return err(written.error);
  const first = await findOwnGrant(ports, { ...call, caller }, written.error.grantId);
  return first.ok ? unlessDenied(first.value) : first;
}

export async function draftGrant(
  ports: AskPorts,
  caller: Caller,
  request: GrantRequest,
  call: Call,
): Promise<Result<Draft, Failure>> {
  const past = await recall(ports, caller, request.entitlement);
  if (!past.ok) return past;
  const assessed = assess(ports, caller, request, call.sourceIp, past.value);
  if (!assessed.ok) return assessed;
  const { now, entitlement, question, decision } = assessed.value;
  const cause: Cause = { at: now, requestId: call.requestId, sourceIp: call.sourceIp };
  const grant = requestGrant({
    ...question.facts,
    principal: caller.principal,
    scope: request.scope,
    startsAt: request.startsAt === null ? null : assessed.value.startsAt,
    deployment: ports.deployment,
    entitlement,
    decision,
    random: ports.random,
  });
  const event = requested(grant, question, cause, ports.random);
  return ok({ assessment: assessed.value, grant, event, cause });
}

export function unlessDenied(grant: Grant): Result<Grant, Failure> {
  return grant.status === 'denied' ? err({ code: 'denied', grant }) : ok(grant);
}
