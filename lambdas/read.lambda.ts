import { missingClaims } from '../core/claims.ts';
import './begin-cedar.ts';
import {
  decodeCursor,
  decodeEventCursor,
  decodeSuspensionCursor,
  encodeCursor,
  encodeEventCursor,
  encodeSuspensionCursor,
} from '../core/api/cursor.ts';
import { quarantineStateJson } from '../core/api/quarantine-wire.ts';
import { readGrantRequest } from '../core/api/read-grant-request.ts';
import {
  check,
  eventsQuery,
  listQuery,
  principalsQuery,
  usageQuery,
} from '../core/api/requests.ts';
import * as wire from '../core/api/wire.ts';
import { assessRequest } from '../core/deciding/assess-request.ts';
import { brokerActionsOf } from '../core/deciding/broker-actions.ts';
import type { Judge } from '../core/deciding/judge.ts';
import { findOffer, listOffers } from '../core/deciding/offers.ts';
import { readPast, readPastRecords } from '../core/deciding/past.ts';
import type { Failure } from '../core/failure.ts';
import { listDecisions } from '../core/grants/list-decisions.ts';
import { listSuspended } from '../core/grants/list-suspended.ts';
import { describeGrant, eventsOf, type ListQuery, listGrants } from '../core/grants/read-grants.ts';
import { type Err, err, ok, type Result } from '../core/result.ts';
import { answerEntitlementUsage } from '../core/usage/answer-entitlement-usage.ts';
import { answerGrantUsage } from '../core/usage/answer-grant-usage.ts';
import { entitlementUsageJson, grantUsageJson } from '../core/usage/usage-json.ts';
import { cedarModule } from './begin-cedar.ts';
import * as deciding from './container/deciding.ts';
import * as environment from './container/environment.ts';
import * as stores from './container/stores.ts';
import { usageJudge, usageSetting, usages } from './container/usage.ts';
import { logger } from './logger.ts';
import type { Handler } from './middleware/api-call.ts';
import { apiHandler } from './middleware/api-handler.ts';
import { unlessSuspended } from './middleware/unless-suspended.ts';

/** Every call that changes nothing. May read the table. */

const bundle = deciding.bundle();
const verify = deciding.verifier(bundle);
const engine = deciding.engine(bundle, await cedarModule);
const judge: Judge = {
  bundle,
  engine,
  deployment: environment.deployment(),
  clock: environment.clock,
};
const ports = { ...judge, store: stores.store(), principals: stores.principals() };
const used = {
  ...ports,
  usages: usages(),
  usageJudge: usageJudge(),
  usageSetting: usageSetting(),
};
await verify.ready;

const whoami: Handler = ({ caller }) => {
  const issuer = bundle.issuers.find(({ id }) => id === caller.principal.issuer);
  const missing = issuer === undefined ? [] : missingClaims(issuer, caller);
  const may = brokerActionsOf(engine, caller.principal);
  return may.ok ? ok({ status: 200, body: wire.callerJson(caller, missing, may.value) }) : may;
};

const listEntitlements: Handler = async (call) => {
  const past = await readPastRecords(ports, call);
  if (!past.ok) return past;
  const offers = listOffers(judge, call, past.value);
  if (!offers.ok) return offers;
  const entitlements = offers.value.map((offer) =>
    wire.entitlementJson(offer.entitlement, offer.outcome),
  );
  return ok({ status: 200, body: { entitlements } });
};

const getEntitlement: Handler = async (call) => {
  const past = await readPastRecords(ports, call);
  if (!past.ok) return past;
  const offer = findOffer(judge, call, call.pathId, past.value);
  if (!offer.ok) return offer;
  const { entitlement, outcome } = offer.value;
  return ok({ status: 200, body: wire.entitlementJson(entitlement, outcome) });
};

const evaluate: Handler = async (call) => {
  const request = readGrantRequest(call.body);
  if (!request.ok) return request;
  const past = await readPast(ports, call, request.value.entitlement);
  if (!past.ok) return past;
  const assessed = assessRequest(judge, call, request.value, past.value);
  if (!assessed.ok) return assessed;
  const { entitlement, decision } = assessed.value;
  const principal = call.caller.principal.id;
  logger.info('dry run', { principal, entitlement: entitlement.id, decision });
  return ok({ status: 200, body: wire.assessmentJson(assessed.value) });
};

const list: Handler = async (call) => {
  const read = readQuery(call.query);
  if (!read.ok) return read;
  const page = await listGrants(ports, call, read.value);
  if (!page.ok) return page;
  const { grants, next } = page.value;
  const nextCursor = next === null ? null : encodeCursor(next);
  return ok({ status: 200, body: { grants: grants.map(wire.grantJson), nextCursor } });
};

const read: Handler = async (call) => {
  const found = await describeGrant(ports, call, call.pathId);
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

const events: Handler = async (call) => {
  const query = check(eventsQuery, call.query);
  if (!query.ok) return err({ code: 'invalid', errors: query.error });
  const { cursor, limit } = query.value;
  const after = cursor === undefined ? null : decodeEventCursor(cursor);
  if (cursor !== undefined && after === null) return noSuchCursor();
  const page = await eventsOf(ports, call, call.pathId, { limit, after });
  if (!page.ok) return page;
  const { next } = page.value;
  const nextCursor = next === null ? null : encodeEventCursor(next);
  return ok({ status: 200, body: { events: page.value.events.map(wire.eventJson), nextCursor } });
};

const grantUsage: Handler = async (call) => {
  const answer = await answerGrantUsage(used, call, call.pathId);
  return answer.ok ? ok({ status: 200, body: grantUsageJson(answer.value) }) : answer;
};

const entitlementUsage: Handler = async (call) => {
  const query = check(usageQuery, call.query);
  if (!query.ok) return err({ code: 'invalid', errors: query.error });
  const answer = await answerEntitlementUsage(used, call, call.pathId, query.value.days);
  return answer.ok ? ok({ status: 200, body: entitlementUsageJson(answer.value) }) : answer;
};

const principals: Handler = async (call) => {
  const checked = check(principalsQuery, call.query);
  if (!checked.ok) return err({ code: 'invalid', errors: checked.error });
  const { limit, cursor } = checked.value;
  const after = cursor === undefined ? undefined : decodeSuspensionCursor(cursor);
  if (after === null) return noSuchCursor();
  const page = await listSuspended(ports, call.caller, { limit, ...(after && { after }) });
  if (!page.ok) return page;
  const { principals: found, next } = page.value;
  const nextCursor = next && encodeSuspensionCursor(next);
  return ok({ status: 200, body: { principals: found.map(wire.suspendedJson), nextCursor } });
};

const getQuarantine: Handler = async () => {
  const state = await stores.quarantine();
  return state.ok ? ok({ status: 200, body: quarantineStateJson(state.value) }) : state;
};

export const handler = apiHandler<'read'>(verify, {
  'GET /v1/whoami': whoami,
  'GET /v1/quarantine': getQuarantine,
  // Everything else is for callers who are not suspended.
  ...unlessSuspended(ports.principals, {
    'GET /v1/entitlements': listEntitlements,
    'GET /v1/entitlements/{id}': getEntitlement,
    'GET /v1/entitlements/{id}/usage': entitlementUsage,
    'POST /v1/evaluate': evaluate,
    'GET /v1/grants': list,
    'GET /v1/grants/{id}': read,
    'GET /v1/grants/{id}/events': events,
    'GET /v1/grants/{id}/usage': grantUsage,
    'GET /v1/decisions': decisions,
    'GET /v1/principals': principals,
  }),
});

function readQuery(query: Readonly<Record<string, string>>): Result<ListQuery, Failure> {
  const checked = check(listQuery, query);
  if (!checked.ok) return err({ code: 'invalid', errors: checked.error });
  const { cursor, status, requester, entitlement, reviewable, voted, limit } = checked.value;
  const after = cursor === undefined ? undefined : decodeCursor(cursor);
  if (after === null) return noSuchCursor();
  return ok({
    limit,
    ...(status && { status }),
    ...(requester !== undefined && { requester }),
    ...(entitlement !== undefined && { entitlement }),
    ...(reviewable && { reviewable: true }),
    ...(voted && { voted: true }),
    ...(after && { after }),
  });
}

function noSuchCursor(): Err<Failure> {
  const detail = 'is not a nextCursor of this list; leave it out to begin with the first page';
  return err({ code: 'invalid', errors: [{ pointer: '/cursor', detail }] });
}
