import type * as z from 'zod';
import * as responses from '../../core/api/responses.ts';
import * as reviews from '../../core/api/review-responses.ts';
import type { RouteKey } from '../../core/api/routes.ts';
import { stats } from '../../core/api/stats-responses.ts';
import * as usage from '../../core/api/usage-responses.ts';

/** The schemas of the answers that each call may give. */
const ANSWERS: Readonly<Record<RouteKey, Readonly<Record<number, z.ZodType>>>> = {
  'GET /': { 200: responses.page },
  'GET /assets/{file}': { 200: responses.pageFile },
  'GET /.well-known/valetkey': { 200: responses.discovery },
  'GET /v1/openapi.json': { 200: responses.document },
  'GET /v1/whoami': { 200: responses.whoami },
  'GET /v1/entitlements': { 200: responses.entitlements },
  'GET /v1/entitlements/{id}': { 200: responses.entitlement },
  'GET /v1/entitlements/{id}/usage': { 200: usage.entitlementUsage },
  'POST /v1/evaluate': { 200: responses.evaluation },
  'GET /v1/grants': { 200: responses.grantPage },
  'GET /v1/grants/{id}': { 200: responses.grant },
  'GET /v1/grants/{id}/events': { 200: responses.events },
  'GET /v1/grants/{id}/usage': { 200: usage.grantUsage },
  'GET /v1/grants/{id}/events/{event}/proof': { 200: responses.proof },
  'GET /v1/audit/checkpoints': { 200: responses.checkpointPage },
  'GET /v1/audit/events/{event}': { 200: responses.principalEvent },
  'GET /v1/audit/events/{event}/proof': { 200: responses.proof },
  'POST /v1/audit/exports': { 201: responses.exportRecord },
  'GET /v1/audit/ledger/{path}': { 200: responses.logFile },
  'GET /v1/decisions': { 200: responses.decisionPage },
  'GET /v1/audit/access-reviews': { 200: reviews.reviewPage },
  'GET /v1/audit/access-reviews/{id}': { 200: reviews.reviewWithItems },
  'POST /v1/audit/access-reviews': { 201: reviews.review },
  'POST /v1/audit/access-reviews/{id}/items': { 200: reviews.review },
  'POST /v1/audit/access-reviews/{id}/decisions': { 200: reviews.review },
  'POST /v1/audit/access-reviews/{id}/sign': { 200: reviews.review },
  'POST /v1/grants': { 201: responses.grant },
  'POST /v1/grants/{id}/approve': { 200: responses.grant },
  'POST /v1/grants/{id}/deny': { 200: responses.grant },
  'POST /v1/grants/{id}/withdraw': { 200: responses.grant },
  'POST /v1/grants/{id}/cancel': { 200: responses.grant },
  'POST /v1/grants/{id}/extend': { 200: responses.grant },
  'POST /v1/grants/{id}/review': { 200: responses.grant },
  'POST /v1/grants/{id}/revoke': { 200: responses.grant },
  'GET /v1/stats': { 200: stats },
  'GET /v1/quarantine': { 200: responses.quarantine },
  'POST /v1/quarantine': { 200: responses.quarantine },
  'POST /v1/quarantine/release': { 200: responses.quarantine },
  'GET /v1/principals': { 200: responses.principalPage },
  'POST /v1/principals/{id}/revoke': { 200: responses.principalState },
  'POST /v1/principals/{id}/suspend': { 200: responses.principalState },
  'POST /v1/principals/{id}/resume': { 200: responses.principalState },
  'POST /v1/credentials': { 200: responses.vended, 202: responses.waiting },
  'POST /v1/grants/{id}/credentials': { 200: responses.vended },
};

/** @throws Error if the contract does not allow this answer. */
export function checkAgainstContract(route: RouteKey, status: number, body: unknown): void {
  const schema = status >= 400 ? responses.problem : ANSWERS[route][status];
  if (schema === undefined) throw new Error(`${route} may not answer ${status}`);
  schema.parse(body);
}
