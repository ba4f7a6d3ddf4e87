import type { RequestedEvent } from '../audit.ts';
import { findEntitlement } from '../bundle/bundle.ts';
import type { Grant, RequestedWith } from '../grant.ts';
import { grantWithId } from '../lifecycle/new-grant.ts';
import { err, ok, type Result } from '../result.ts';
import type { Replay, ReplayPorts } from './replayed.ts';

/** No digits have it: a code that the requester alone knows is in no trail, because approvers read trails. */
export const UNKNOWN_CODE = { hash: '', triesLeft: 0 };

/** A grant that only the ledger knows, from its request. An error says why it cannot be made. */
export function makeAgain(
  { bundleOf, deployment }: ReplayPorts,
  event: RequestedEvent,
): Result<Replay, string> {
  const { decision, inputs, scope, startsAt } = event;
  const bundle = bundleOf(decision.bundle);
  const entitlement = bundle === null ? null : findEntitlement(bundle, event.entitlement);
  if (entitlement === null) return err(`nobody has the bundle ${decision.bundle} of its request`);
  const { facts, principal } = inputs;
  const made = grantWithId(event.grantId, {
    ...{ principal, entitlement, deployment, decision },
    parameters: facts.parameters,
    scope: scope ?? null,
    durationSeconds: facts.durationSeconds,
    requestedWith: requestedWith(event),
    startsAt: startsAt ?? null,
    justification: facts.justification,
    ticket: facts.ticket,
    sourceIp: facts.sourceIp,
    now: event.at,
    matchCode: '',
  });
  const flaws = [
    ...(scope === undefined || startsAt === undefined ? [TOO_OLD] : []),
    ...(made.status === event.status ? [] : [`it would be ${made.status}, not ${event.status}`]),
  ];
  return ok({ grant: withoutCode(made), flaws });
}

/** Whoever wrote it knew no scope: what it allows would be more than was granted. */
const TOO_OLD = 'the record of its request lacks its scope or its start';

function requestedWith({ inputs: { facts }, token }: RequestedEvent): RequestedWith {
  const { startsInSeconds, mfaAgeSeconds, history, signals } = facts;
  return {
    ...{ startsInSeconds, mfaAgeSeconds, history },
    ...(signals !== undefined && { signals }),
    ...(token !== undefined && { token }),
  };
}

function withoutCode(grant: Grant): Grant {
  const { matchCode, ...approvals } = grant.approvals;
  if (matchCode === undefined) return grant;
  return { ...grant, approvals: { ...approvals, matchCode: UNKNOWN_CODE } };
}
