import './begin-cedar.ts';
import { check } from '../core/api/requests.ts';
import {
  decisionsBody,
  itemsBody,
  reviewQuery,
  reviewsQuery,
  signBody,
  startReviewBody,
} from '../core/api/review-requests.ts';
import {
  decidedItemJson,
  decodeItemCursor,
  decodeReviewCursor,
  encodeItemCursor,
  encodeReviewCursor,
  reviewJson,
} from '../core/api/review-wire.ts';
import type { Failure } from '../core/failure.ts';
import { type Err, err, ok } from '../core/result.ts';
import { decideItems } from '../core/reviewing/decide-items.ts';
import { listReviews, readReview } from '../core/reviewing/read-reviews.ts';
import { receiveItems } from '../core/reviewing/receive-items.ts';
import type { ReviewPorts } from '../core/reviewing/review-ports.ts';
import { signReview } from '../core/reviewing/sign-review.ts';
import { startReview } from '../core/reviewing/start-review.ts';
import { cedarModule } from './begin-cedar.ts';
import * as deciding from './container/deciding.ts';
import * as environment from './container/environment.ts';
import * as stores from './container/stores.ts';
import type { Handler } from './middleware/api-call.ts';
import { apiHandler } from './middleware/api-handler.ts';
import { unlessSuspended } from './middleware/unless-suspended.ts';

/** Access reviews. May write their own partitions of the table, and their events; changes no grant. */

const bundle = deciding.bundle();
const verify = deciding.verifier(bundle);
const principals = stores.principals();
const ports: ReviewPorts = {
  bundle,
  deployment: environment.deployment(),
  engine: deciding.engine(bundle, await cedarModule),
  reviews: stores.reviews(),
  clock: environment.clock,
  random: environment.random,
};
await Promise.all([verify.ready, stores.gatesRead()]);

const list: Handler = async ({ caller, query }) => {
  const checked = check(reviewsQuery, query);
  if (!checked.ok) return err({ code: 'invalid', errors: checked.error });
  const { limit, cursor } = checked.value;
  const after = cursor === undefined ? null : decodeReviewCursor(cursor);
  if (cursor !== undefined && after === null) return noSuchCursor();
  const page = await listReviews(ports, caller, { limit, after });
  if (!page.ok) return page;
  const { reviews, next } = page.value;
  const { account, region } = ports.deployment;
  const nextCursor = next && encodeReviewCursor(next);
  const body = { reviews: reviews.map(reviewJson), nextCursor, account, region };
  return ok({ status: 200, body });
};

const read: Handler = async ({ caller, query, pathId }) => {
  const checked = check(reviewQuery, query);
  if (!checked.ok) return err({ code: 'invalid', errors: checked.error });
  const { limit, cursor } = checked.value;
  const after = cursor === undefined ? 0 : decodeItemCursor(cursor);
  if (after === null) return noSuchCursor();
  const page = await readReview(ports, caller, pathId, { limit, after });
  if (!page.ok) return page;
  const { review, items, next } = page.value;
  const nextCursor = next && encodeItemCursor(next);
  const body = { review: reviewJson(review), items: items.map(decidedItemJson), nextCursor };
  return ok({ status: 200, body });
};

const start: Handler = async (call) => {
  const body = check(startReviewBody, call.body);
  if (!body.ok) return err({ code: 'invalid', errors: body.error });
  const started = await startReview(ports, call, body.value);
  return started.ok ? ok({ status: 201, body: reviewJson(started.value) }) : started;
};

const items: Handler = async (call) => {
  const body = check(itemsBody, call.body);
  if (!body.ok) return err({ code: 'invalid', errors: body.error });
  const received = await receiveItems(ports, call, call.pathId, body.value.items);
  return received.ok ? ok({ status: 200, body: reviewJson(received.value) }) : received;
};

const decisions: Handler = async (call) => {
  const body = check(decisionsBody, call.body);
  if (!body.ok) return err({ code: 'invalid', errors: body.error });
  const decided = await decideItems(ports, call, call.pathId, body.value.decisions);
  return decided.ok ? ok({ status: 200, body: reviewJson(decided.value) }) : decided;
};

const sign: Handler = async (call) => {
  const body = check(signBody, call.body);
  if (!body.ok) return err({ code: 'invalid', errors: body.error });
  const signed = await signReview(ports, call, call.pathId, body.value);
  return signed.ok ? ok({ status: 200, body: reviewJson(signed.value) }) : signed;
};

export const handler = apiHandler<'reviews'>(
  verify,
  unlessSuspended(principals, {
    'GET /v1/audit/access-reviews': list,
    'GET /v1/audit/access-reviews/{id}': read,
    'POST /v1/audit/access-reviews': start,
    'POST /v1/audit/access-reviews/{id}/items': items,
    'POST /v1/audit/access-reviews/{id}/decisions': decisions,
    'POST /v1/audit/access-reviews/{id}/sign': sign,
  }),
  stores.principalRecords(),
);

function noSuchCursor(): Err<Failure> {
  const detail = 'is not a nextCursor of this list; leave it out to begin with the first page';
  return err({ code: 'invalid', errors: [{ pointer: '/cursor', detail }] });
}
