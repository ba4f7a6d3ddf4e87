import type { AccessReview, ReviewScope } from '../access-review.ts';
import type { PrincipalEvent } from '../audit.ts';
import { findEntitlement } from '../bundle/bundle.ts';
import type { Call } from '../call.ts';
import type { Failure } from '../failure.ts';
import { newReviewId } from '../ids.ts';
import { err, type Result } from '../result.ts';
import { eventBasis, findReview, isRepeat, mayAudit, writeReview } from './change-review.ts';
import { participantOf } from './participant.ts';
import type { ReviewPorts } from './review-ports.ts';

/**
 * Begins a review and pins its list: how many items it has, and their hash. The broker does not make the list. Whoever
 * verifies the ledger can make the same one from it, so that a list with something left out is noticed.
 */
export async function startReview(
  ports: ReviewPorts,
  call: Call,
  scope: ReviewScope,
): Promise<Result<AccessReview, Failure>> {
  const may = mayAudit(ports.engine, call.caller);
  if (!may.ok) return may;
  const repeated = await isRepeat(ports, call);
  if (!repeated.ok) return repeated;
  if (repeated.value !== null) return findReview(ports, repeated.value);
  const mistake = mistakeIn(ports, scope);
  if (mistake !== null) return err(mistake);
  const starter = participantOf(call.caller, ports.bundle);
  if (!starter.ok) return starter;
  const basis = eventBasis(ports, call);
  const review: AccessReview = {
    id: newReviewId(ports.random, basis.at),
    scope,
    starter: starter.value,
    startedAt: basis.at,
    deciders: [],
    received: 0,
    decided: 0,
    steps: 1,
    version: 1,
    signed: null,
  };
  const event: PrincipalEvent = {
    ...basis,
    type: 'access-review-started',
    reviewId: review.id,
    step: 1,
    ...scope,
    reason: '',
  };
  const written = await writeReview(ports, call, null, { review, items: [], event });
  if (written.ok || written.error.code !== 'conflict') {
    return written as Result<AccessReview, Failure>;
  }
  return err({ code: 'unavailable', what: 'store' });
}

function mistakeIn(
  { bundle }: ReviewPorts,
  { from, to, entitlements, bundle: reviewed }: ReviewScope,
): Failure | null {
  if (to < from) return invalid('/to', 'is before from');
  const unknown = entitlements?.find((id) => findEntitlement(bundle, id) === null);
  if (unknown !== undefined) return invalid('/entitlements', `names no entitlement: "${unknown}"`);
  if (reviewed === bundle.hash) return null;
  const detail =
    'Another policy bundle is in force than the one that the list was made with. Start again; if the bundle was deployed a moment ago, in some minutes.';
  return { code: 'review-state', detail };
}

function invalid(pointer: string, detail: string): Failure {
  return { code: 'invalid', errors: [{ pointer, detail }] };
}
