import {
  type AccessReview,
  type DecidedItem,
  type Participant,
  statusOf,
} from '../access-review.ts';
import type { PrincipalEvent } from '../audit.ts';
import type { Call } from '../call.ts';
import type { Failure } from '../failure.ts';
import { err, ok, type Result } from '../result.ts';
import { changeReview, eventBasis } from './change-review.ts';
import { itemsHash } from './items-hash.ts';
import { isSameParticipant, participantOf } from './participant.ts';
import { allItems } from './read-reviews.ts';
import type { ReviewPorts } from './review-ports.ts';

export type Signature = {
  /** Of the list that the signer has seen. */
  readonly listHash: string;
  readonly comment: string;
};

/** Ends a review on which every item is decided. Whoever started it or decided in it cannot sign it. */
export function signReview(
  ports: ReviewPorts,
  call: Call,
  id: string,
  { listHash, comment }: Signature,
): Promise<Result<AccessReview, Failure>> {
  return changeReview(ports, call, id, async (review) => {
    const signer = participantOf(call.caller, ports.bundle);
    if (!signer.ok) return signer;
    if (statusOf(review) === 'signed') return state('The review is signed already.');
    const part = partOf(review, signer.value);
    if (part !== null) {
      const detail = `You ${part}, so somebody else has to sign this review.`;
      return err({ code: 'forbidden', detail });
    }
    const items = await allItems(ports, review);
    if (!items.ok) return items;
    const missing = whatIsMissing(review, items.value, listHash);
    if (missing !== null) return state(missing);
    const basis = eventBasis(ports, call);
    const step = review.steps + 1;
    const event: PrincipalEvent = {
      ...basis,
      type: 'access-review-signed',
      reviewId: review.id,
      step,
      listHash,
      keep: count(items.value, 'keep'),
      remove: count(items.value, 'remove'),
      reason: comment,
    };
    const signed = { by: signer.value.who, at: basis.at, comment };
    const next = { ...review, signed, steps: step, version: review.version + 1 };
    return ok({ review: next, items: [], event });
  });
}

/** What the person did in this review; null for nothing. */
function partOf({ starter, deciders }: AccessReview, person: Participant): string | null {
  if (isSameParticipant(starter, person)) return 'started it';
  return deciders.some((decider) => isSameParticipant(decider, person)) ? 'decided in it' : null;
}

const NAMED = 10;

function whatIsMissing(
  { scope }: AccessReview,
  items: readonly DecidedItem[],
  listHash: string,
): string | null {
  if (items.length < scope.items) return 'Not all items of the review have come.';
  if (listHash !== scope.listHash) {
    return `You sign the list with the hash ${listHash}, but the review has the one with ${scope.listHash}.`;
  }
  if (itemsHash(items.map(({ item }) => item)) !== scope.listHash) {
    return 'The items are not the ones that the review was started with any more. Tell your security team, and start another review.';
  }
  const open = items.filter(({ decided }) => decided === null).map(({ item }) => item.item);
  if (open.length === 0) return null;
  const named = open.slice(0, NAMED).join(', ');
  const more = open.length > NAMED ? ` and ${open.length - NAMED} more` : '';
  return `Without a decision: ${open.length === 1 ? 'item' : 'items'} ${named}${more}.`;
}

function count(items: readonly DecidedItem[], wanted: 'keep' | 'remove'): number {
  return items.filter(({ decided }) => decided?.decision === wanted).length;
}

function state(detail: string): Result<never, Failure> {
  return err({ code: 'review-state', detail });
}
