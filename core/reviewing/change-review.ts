import type { AccessReview } from '../access-review.ts';
import { type Initiator, initiatorOf, type PrincipalEvent } from '../audit.ts';
import type { Call } from '../call.ts';
import type { Failure } from '../failure.ts';
import { newEventId } from '../ids.ts';
import type { PolicyEngine } from '../ports.ts';
import type { Caller } from '../principal.ts';
import { err, ok, type Result } from '../result.ts';
import { retryOnConflict } from '../retry-on-conflict.ts';
import type { ReviewPorts, ReviewWrite } from './review-ports.ts';

/** What a call makes of a review. */
export type Changed = Pick<ReviewWrite, 'review' | 'items' | 'event'>;

export type ReviewChange = (review: AccessReview) => Promise<Result<Changed, Failure>>;

/**
 * Changes a review as it is now. A repeat under the same `Idempotency-Key` changes nothing, and is answered with the
 * review as it is by then.
 */
export async function changeReview(
  ports: ReviewPorts,
  call: Call,
  id: string,
  change: ReviewChange,
): Promise<Result<AccessReview, Failure>> {
  const may = mayAudit(ports.engine, call.caller);
  if (!may.ok) return may;
  const done = await retryOnConflict(async () => {
    const before = await findReview(ports, id);
    if (!before.ok) return before;
    const repeated = await isRepeat(ports, call);
    if (!repeated.ok) return repeated;
    if (repeated.value !== null) return before;
    const changed = await change(before.value);
    if (!changed.ok) return changed;
    return writeReview(ports, call, before.value, changed.value);
  });
  if (done.ok || done.error.code !== 'conflict') return done as Result<AccessReview, Failure>;
  return err({ code: 'unavailable', what: 'store' });
}

/** The review that an earlier call with this key changed; null where it is new. */
export async function isRepeat(
  { reviews }: Pick<ReviewPorts, 'reviews'>,
  { idempotency }: Call,
): Promise<Result<string | null, Failure>> {
  return idempotency === null ? ok(null) : reviews.changedUnder(idempotency);
}

export async function writeReview(
  ports: ReviewPorts,
  call: Call,
  before: AccessReview | null,
  { review, items, event }: Changed,
): Promise<Result<AccessReview, Failure | { readonly code: 'conflict' }>> {
  const { idempotency } = call;
  const unsuspended = call.caller.principal.id;
  const write = { before, review, items, event, idempotency, unsuspended };
  const written = await ports.reviews.write(write);
  if (written.ok) return ok(review);
  const { error } = written;
  if (error.code === 'repeated') return findReview(ports, error.reviewId);
  return err(error);
}

export async function findReview(
  { reviews }: Pick<ReviewPorts, 'reviews'>,
  id: string,
): Promise<Result<AccessReview, Failure>> {
  const found = await reviews.find(id);
  if (!found.ok) return found;
  return found.value === null ? err(NO_SUCH_REVIEW) : ok(found.value);
}

const NO_SUCH_REVIEW: Failure = { code: 'not-found', detail: 'There is no such access review.' };

export function mayAudit(
  engine: Pick<PolicyEngine, 'mayOnBroker'>,
  caller: Caller,
): Result<null, Failure> {
  const may = engine.mayOnBroker('audit', caller.principal);
  if (!may.ok) return may;
  if (may.value) return ok(null);
  const detail = 'You need permission to audit to take part in access reviews.';
  return err({ code: 'forbidden', detail });
}

/** What every event of a review has. */
export function eventBasis(
  ports: Pick<ReviewPorts, 'clock' | 'random'>,
  call: Call,
): Pick<PrincipalEvent, 'id' | 'at' | 'principalId'> & Initiator {
  return {
    id: newEventId(ports.random),
    at: ports.clock(),
    principalId: 'broker',
    ...initiatorOf(call),
  };
}
