import './begin-cedar.ts';
import { decodeCursor, encodeCursor } from '../core/api/cursor.ts';
import { readGrantRequest } from '../core/api/read-grant-request.ts';
import { check, listQuery } from '../core/api/requests.ts';
import * as wire from '../core/api/wire.ts';
import { assess } from '../core/deciding/assess-request.ts';
import type { Judge } from '../core/deciding/judge.ts';
import { browse, browseOne } from '../core/deciding/offers.ts';
import { recall, recallAll } from '../core/deciding/past.ts';
import type { Failure } from '../core/failure.ts';
import { listDecisions } from '../core/grants/list-decisions.ts';
import { describeGrant, eventsOf, type ListQuery, listGrants } from '../core/grants/read-grants.ts';
import { err, ok, type Result } from '../core/result.ts';
import { cedarModule } from './begin-cedar.ts';
import * as container from './container.ts';
import { logger } from './logger.ts';
import type { Handler } from './middleware/api-call.ts';
import { apiHandler } from './middleware/api-handler.ts';

/** Everything that changes nothing. May read the table. */

const bundle = container.bundle();
const verify = container.verifier(bundle);
const engine = container.engine(bundle, await cedarModule);
const judge: Judge = {
  bundle,
  engine,
  deployment: container.deployment(),
  clock: container.clock,
};
const ports = { ...judge, store: container.store() };
await verify.ready;

const whoami: Handler = ({ caller }) => ok({ status: 200, body: wire.callerJson(caller) });

const listEntitlements: Handler = async ({ caller, sourceIp }) => {
  const past = await recallAll(ports, caller);
  if (!past.ok) return past;
  const offers = browse(judge, caller, sourceIp, past.value);
  if (!offers.ok) return offers;
  const entitlements = offers.value.map((it) => wire.entitlementJson(it.entitlement, it.outcome));
  return ok({ status: 200, body: { entitlements } });
};

const getEntitlement: Handler = async ({ caller, pathId, sourceIp }) => {
  const past = await recallAll(ports, caller);
  if (!past.ok) return past;
  const offer = browseOne(judge, caller, pathId, sourceIp, past.value);
  if (!offer.ok) return offer;
  const { entitlement, outcome } = offer.value;
  return ok({ status: 200, body: wire.entitlementJson(entitlement, outcome) });
};

const evaluate: Handler = async ({ caller, body, sourceIp }) => {
  const request = readGrantRequest(body);
  if (!request.ok) return request;
  const past = await recall(ports, caller, request.value.entitlement);
  if (!past.ok) return past;
  const assessed = assess(judge, caller, request.value, sourceIp, past.value);
  if (!assessed.ok) return assessed;
  const { entitlement, decision } = assessed.value;
  logger.info('dry run', {
    principal: caller.principal.id,
    entitlement: entitlement.id,
    decision,
  });
  return ok({ status: 200, body: wire.assessmentJson(assessed.value) });
};

const list: Handler = async ({ query, ...acting }) => {
  const read = readQuery(query);
  if (!read.ok) return read;
  const page = await listGrants(ports, acting, read.value);
  if (!page.ok) return page;
  const { grants, next } = page.value;
  const nextCursor = next === null ? null : encodeCursor(next);
  return ok({ status: 200, body: { grants: grants.map(wire.grantJson), nextCursor } });
};

const read: Handler = async ({ pathId, ...acting }) => {
  const found = await describeGrant(ports, acting, pathId);
  if (!found.ok) return found;
  const { grant, details } = found.value;
  const more = details === null ? {} : { details: wire.detailsJson(details) };
  return ok({ status: 200, body: { ...wire.grantJson(grant), ...more } });
};

const decisions: Handler = async ({ caller, query, accept }) => {
  const read = readQuery(query);
  if (!read.ok) return read;
  const page = await listDecisions(ports, caller, read.value);
  if (!page.ok) return page;
  const nextCursor = page.value.next === null ? null : encodeCursor(page.value.next);
  const found = page.value.decisions.map(wire.decisionJson);
  if (!accept.includes('application/jsonl')) {
    return ok({ status: 200, body: { decisions: found, nextCursor } });
  }
  const search = new URLSearchParams({ ...query, cursor: nextCursor ?? '' });
  const next = nextCursor === null ? null : `/v1/decisions?${search}`;
  return ok({ status: 200, body: found, lines: { next } });
};

const events: Handler = async ({ pathId, ...acting }) => {
  const found = await eventsOf(ports, acting, pathId);
  return found.ok ? ok({ status: 200, body: { events: found.value.map(wire.eventJson) } }) : found;
};

export const handler = apiHandler<'read'>(verify, {
  'GET /v1/whoami': whoami,
  'GET /v1/entitlements': listEntitlements,
  'GET /v1/entitlements/{id}': getEntitlement,
  'POST /v1/evaluate': evaluate,
  'GET /v1/grants': list,
  'GET /v1/grants/{id}': read,
  'GET /v1/grants/{id}/events': events,
  'GET /v1/decisions': decisions,
});

function readQuery(query: Readonly<Record<string, string>>): Result<ListQuery, Failure> {
  const checked = check(listQuery, query);
  if (!checked.ok) return err({ code: 'invalid', errors: checked.error });
  const { cursor, status, requester, entitlement, reviewable, limit } = checked.value;
  const after = cursor === undefined ? undefined : decodeCursor(cursor);
  if (after === null) {
    const detail = 'is not the nextCursor of any page; leave it out to begin again';
    return err({ code: 'invalid', errors: [{ pointer: '/cursor', detail }] });
  }
  return ok({
    limit,
    ...(status && { status }),
    ...(requester !== undefined && { requester }),
    ...(entitlement !== undefined && { entitlement }),
    ...(reviewable && { reviewable: true }),
    ...(after && { after }),
  });
}
