import type * as z from 'zod';
import {
  approveBody,
  checkpointsQuery,
  commentBody,
  emptyBody,
  eventsQuery,
  exportBody,
  extendBody,
  grantRequestBody,
  listQuery,
  principalEventQuery,
  principalsQuery,
  quarantineBody,
  reasonBody,
  statsQuery,
  usageQuery,
  voteBody,
} from './requests.ts';
import * as responses from './responses.ts';
import {
  decisionsBody,
  itemsBody,
  reviewQuery,
  reviewsQuery,
  signBody,
  startReviewBody,
} from './review-requests.ts';
import * as reviews from './review-responses.ts';
import type { RouteKey } from './routes.ts';
import { stats } from './stats-responses.ts';
import * as usage from './usage-responses.ts';

/** What each call is for, what it takes, and what it answers: the contents of the OpenAPI document. */

export type Operation = {
  readonly summary: string;
  readonly body?: z.core.$ZodObject;
  readonly query?: z.core.$ZodObject;
  /** Of the answers; JSON where it is left out. */
  readonly type?: 'text/plain' | 'text/html' | 'application/octet-stream';
  readonly answers: Readonly<Record<number, z.ZodType>>;
  /** Statuses of problem documents, besides those that every call can return. */
  readonly problems: readonly number[];
};

export const OPERATIONS: Readonly<Record<RouteKey, Operation>> = {
  'GET /': {
    summary: 'Read the page for people; it signs in by itself, and makes the calls below',
    type: 'text/html',
    answers: { 200: responses.page },
    problems: [],
  },
  'GET /assets/{file}': {
    summary: 'Read a file of the page; its name has the hash of its bytes, so it never changes',
    type: 'application/octet-stream',
    answers: { 200: responses.pageFile },
    problems: [404],
  },
  'GET /.well-known/valetkey': {
    summary: 'Read what a client needs to sign in',
    answers: { 200: responses.discovery },
    problems: [],
  },
  'GET /v1/openapi.json': {
    summary: 'Read this document',
    answers: { 200: responses.document },
    problems: [],
  },
  'GET /v1/whoami': {
    summary: 'Read who you are to the broker, with the claims it used',
    answers: { 200: responses.whoami },
    problems: [],
  },
  'GET /v1/entitlements': {
    summary: 'List the entitlements you may request',
    answers: { 200: responses.entitlements },
    problems: [],
  },
  'GET /v1/entitlements/{id}': {
    summary: 'Read one entitlement',
    answers: { 200: responses.entitlement },
    problems: [404],
  },
  'GET /v1/entitlements/{id}/usage': {
    summary:
      'Read what was used of an entitlement, under all grants that were requested in some days, if you may audit',
    query: usageQuery,
    answers: { 200: usage.entitlementUsage },
    problems: [400, 403, 404],
  },
  'POST /v1/evaluate': {
    summary:
      'Try a request without making a grant; returns the decision and the exact session policy',
    body: grantRequestBody,
    answers: { 200: responses.evaluation },
    problems: [400, 413, 415],
  },
  'GET /v1/grants': {
    summary: 'List grants, newest first: your own, or all if you may audit',
    query: listQuery,
    answers: { 200: responses.grantPage },
    problems: [400],
  },
  'GET /v1/grants/{id}': {
    summary: 'Read one grant',
    answers: { 200: responses.grant },
    problems: [404],
  },
  'GET /v1/grants/{id}/events': {
    summary: "Read a grant's audit trail, oldest event first",
    query: eventsQuery,
    answers: { 200: responses.events },
    problems: [400, 404],
  },
  'GET /v1/grants/{id}/usage': {
    summary: 'Read what was called under a grant that has ended, as the logs of CloudTrail have it',
    answers: { 200: usage.grantUsage },
    problems: [404],
  },
  'GET /v1/grants/{id}/events/{event}/proof': {
    summary:
      'Read a proof (c2sp.org/tlog-proof@v1) that the log has this event; 409 with Retry-After until it has',
    type: 'text/plain',
    answers: { 200: responses.proof },
    problems: [404, 409],
  },
  'GET /v1/decisions': {
    summary:
      'List recorded decisions, newest first, if you may audit. With Accept: application/jsonl, returns JSON lines, with the next page in the Link header',
    query: listQuery,
    answers: { 200: responses.decisionPage },
    problems: [400, 403],
  },
  'GET /v1/stats': {
    summary: 'Read the figures of some days, and what is open now, if you may audit',
    query: statsQuery,
    answers: { 200: stats },
    problems: [400, 403],
  },
  'GET /v1/audit/checkpoints': {
    summary: 'List the signed checkpoints of the log, newest first, if you may audit',
    query: checkpointsQuery,
    answers: { 200: responses.checkpointPage },
    problems: [400, 403],
  },
  'GET /v1/audit/events/{event}': {
    summary:
      'Read an event of a principal or of the broker, if you may audit: what an entry of the log has only the SHA-256 of',
    query: principalEventQuery,
    answers: { 200: responses.principalEvent },
    problems: [400, 403, 404],
  },
  'GET /v1/audit/events/{event}/proof': {
    summary:
      'Read a proof (c2sp.org/tlog-proof@v1) that the log has an event of anybody, if you may audit; 409 with Retry-After until it has',
    type: 'text/plain',
    answers: { 200: responses.proof },
    problems: [403, 404, 409],
  },
  'POST /v1/audit/exports': {
    summary:
      'Record that you take evidence away, if you may audit; the record is an event of yours',
    body: exportBody,
    answers: { 201: responses.exportRecord },
    problems: [400, 403, 413, 415, 422],
  },
  'GET /v1/audit/ledger/{path}': {
    summary:
      'Read a file of the log (c2sp.org/tlog-tiles), if you may audit: checkpoint, tile/<L>/<N>[.p/<W>] or tile/entries/<N>[.p/<W>]; or bundle/<hash>.json, a policy bundle that an entry names, or bundle/source/<hash>.json, the files that the bundle with this hash was compiled from',
    type: 'application/octet-stream',
    answers: { 200: responses.logFile },
    problems: [403, 404],
  },
  'GET /v1/audit/access-reviews': {
    summary: 'List access reviews, newest first, if you may audit',
    query: reviewsQuery,
    answers: { 200: reviews.reviewPage },
    problems: [400, 403],
  },
  'GET /v1/audit/access-reviews/{id}': {
    summary: 'Read an access review with a page of its items and their decisions, if you may audit',
    query: reviewQuery,
    answers: { 200: reviews.reviewWithItems },
    problems: [400, 403, 404],
  },
  'POST /v1/audit/access-reviews': {
    summary: 'Start an access review, and pin its list of items by their count and hash',
    body: startReviewBody,
    answers: { 201: reviews.review },
    problems: [400, 403, 409, 413, 415, 422],
  },
  'POST /v1/audit/access-reviews/{id}/items': reviewStep(
    'Send the next items of the list; with the last, their hash is compared with the pinned one',
    itemsBody,
  ),
  'POST /v1/audit/access-reviews/{id}/decisions': reviewStep(
    'Decide whether access stays, item by item; nobody decides on their own',
    decisionsBody,
  ),
  'POST /v1/audit/access-reviews/{id}/sign': reviewStep(
    'Sign a review on which every item is decided, as somebody who had no part in it',
    signBody,
  ),
  'POST /v1/grants': {
    summary: 'Request a grant',
    body: grantRequestBody,
    answers: { 201: responses.grant },
    problems: [400, 403, 409, 413, 415, 422, 429, 500],
  },
  'POST /v1/grants/{id}/approve': change('Vote to approve a request or an extension', approveBody),
  'POST /v1/grants/{id}/deny': change('Vote to deny a request or an extension', voteBody),
  'POST /v1/grants/{id}/withdraw': change('Withdraw your vote', voteBody),
  'POST /v1/grants/{id}/cancel': change('Cancel your request', reasonBody),
  'POST /v1/grants/{id}/extend': change(
    'Extend your grant; policy decides as it would for a new request, and people where it asks for them',
    extendBody,
    [429],
  ),
  'POST /v1/grants/{id}/review': change('Close the review of a break-glass use', commentBody),
  'POST /v1/grants/{id}/revoke': change(
    'End a grant; its status is revoking until the deny on its credentials was written and read back',
    reasonBody,
  ),
  'GET /v1/quarantine': {
    summary: 'Read whether the broker is in quarantine, in which it gives no access, and why',
    answers: { 200: responses.quarantine },
    problems: [],
  },
  'POST /v1/quarantine': quarantineOrder(
    'Put the broker into quarantine, if you may administer: it gives no access, and ends nothing by itself, until two people release it',
    quarantineBody,
    [],
  ),
  'POST /v1/quarantine/release': quarantineOrder(
    'Ask to end the quarantine, if you may administer; the second person who asks ends it',
    commentBody,
    [409],
  ),
  'GET /v1/principals': {
    summary: 'List suspended principals, the latest suspension first, if you may administer',
    query: principalsQuery,
    answers: { 200: responses.principalPage },
    problems: [400, 403],
  },
  'POST /v1/principals/{id}/revoke': principalChange('End all grants of a principal'),
  'POST /v1/principals/{id}/suspend': principalChange(
    'Suspend a principal, and end all of its grants; everybody may suspend themselves, as `me`',
  ),
  'POST /v1/principals/{id}/resume': principalChange('Resume a suspended principal'),
  'POST /v1/credentials': {
    summary: 'Request and vend in one call; 202 if an approval is required first',
    body: grantRequestBody,
    answers: { 200: responses.vended, 202: responses.waiting },
    problems: [400, 403, 409, 413, 415, 422, 429],
  },
  'POST /v1/grants/{id}/credentials': {
    summary: 'Vend credentials under an active grant',
    body: emptyBody,
    answers: { 200: responses.vended },
    problems: [400, 403, 404, 409, 413, 415, 422, 429, 500],
  },
};

function change(summary: string, body: z.core.$ZodObject, more: readonly number[] = []): Operation {
  const problems = [400, 403, 404, 409, 413, 415, 422, ...more];
  return { summary, body, answers: { 200: responses.grant }, problems };
}

function reviewStep(summary: string, body: z.core.$ZodObject): Operation {
  const problems = [400, 403, 404, 409, 413, 415, 422];
  return { summary, body, answers: { 200: reviews.review }, problems };
}

function quarantineOrder(
  summary: string,
  body: z.core.$ZodObject,
  more: readonly number[],
): Operation {
  const problems = [400, 403, 413, 415, 422, ...more];
  return { summary, body, answers: { 200: responses.quarantine }, problems };
}

function principalChange(summary: string): Operation {
  const answers = { 200: responses.principalState };
  return { summary, body: reasonBody, answers, problems: [400, 403, 413, 415, 422] };
}
