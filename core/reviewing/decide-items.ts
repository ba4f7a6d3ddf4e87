import {
  type AccessReview,
  type DecidedItem,
  type ItemDecision,
  type Participant,
  type ReviewItem,
  statusOf,
  type Verdict,
} from '../access-review.ts';
import type { PrincipalEvent, RecordedItemDecision } from '../audit.ts';
import type { Call } from '../call.ts';
import { canonicalJson } from '../canonical-json.ts';
import type { Failure } from '../failure.ts';
import { err, ok, type Result } from '../result.ts';
import { isSamePerson } from '../same-person.ts';
import { changeReview, eventBasis } from './change-review.ts';
import { isSameParticipant, participantOf } from './participant.ts';
import type { ReviewPorts } from './review-ports.ts';

export type NewDecision = {
  readonly item: number;
  readonly decision: Verdict;
  readonly reason: string;
};

/** Decisions of one call. */
export const MOST_DECISIONS = 20;

/** Fewer bytes than an entry of the log may have. */
const MOST_BYTES = 12_000;

/** A later decision on an item replaces the earlier one; both stay in the record. Nobody decides on their own access. */
export function decideItems(
  ports: ReviewPorts,
  call: Call,
  id: string,
  decisions: readonly NewDecision[],
): Promise<Result<AccessReview, Failure>> {
  return changeReview(ports, call, id, async (review) => {
    const decider = participantOf(call.caller, ports.bundle);
    if (!decider.ok) return decider;
    const status = statusOf(review);
    if (status !== 'open') return err({ code: 'review-state', detail: CLOSED[status] });
    const found = await itemsOf(ports, review, decisions);
    if (!found.ok) return found;
    const own = found.value.find(({ item }) => isSamePerson(item.marks, decider.value.marks));
    if (own !== undefined) return err(ownAccess(own));
    const basis = eventBasis(ports, call);
    const decided = found.value.map(({ item }, index): NowDecided => {
      const { decision, reason } = decisions[index] as NewDecision;
      return { item, decided: { decision, reason, by: decider.value.who, at: basis.at } };
    });
    const step = review.steps + 1;
    const event: PrincipalEvent = {
      ...basis,
      type: 'access-review-decided',
      reviewId: review.id,
      step,
      decisions: decided.map(recordOf),
      reason: '',
    };
    if (Buffer.byteLength(canonicalJson(event)) > MOST_BYTES) return err(TOO_MUCH);
    const fresh = found.value.filter((one) => one.decided === null).length;
    const next = {
      ...review,
      deciders: withDecider(review.deciders, decider.value),
      decided: review.decided + fresh,
      steps: step,
      version: review.version + 1,
    };
    return ok({ review: next, items: decided, event });
  });
}

const CLOSED = {
  incomplete: 'Not all items of the review have come, so nothing can be decided yet.',
  signed: 'The review is signed: its decisions stay. Start another review.',
};

async function itemsOf(
  { reviews }: ReviewPorts,
  { id, scope }: AccessReview,
  decisions: readonly NewDecision[],
): Promise<Result<readonly DecidedItem[], Failure>> {
  const wanted = decisions.map(({ item }) => item);
  const wrong = wanted.findIndex((item, at) => item > scope.items || wanted.indexOf(item) !== at);
  if (wrong >= 0) {
    const what = (wanted[wrong] ?? 0) > scope.items ? `is none of the ${scope.items} items` : TWICE;
    const pointer = `/decisions/${wrong}/item`;
    return err({ code: 'invalid', errors: [{ pointer, detail: what }] });
  }
  const found: DecidedItem[] = [];
  for (const item of wanted) {
    const page = await reviews.items(id, { after: item - 1, limit: 1 });
    if (!page.ok) return page;
    const [row] = page.value;
    if (row?.item.item !== item) return err({ code: 'unavailable', what: 'store' });
    found.push(row);
  }
  return ok(found);
}

const TWICE = 'is there twice; decide on an item once';

function ownAccess({ item: { item, entitlement } }: DecidedItem): Failure {
  const detail = `Item ${item} is your own access to ${entitlement}. Somebody else has to decide on it. Nothing was recorded.`;
  return { code: 'forbidden', detail };
}

type NowDecided = { readonly item: ReviewItem; readonly decided: ItemDecision };

function recordOf({ item, decided: { decision, reason } }: NowDecided): RecordedItemDecision {
  return {
    item: item.item,
    entitlement: item.entitlement,
    principal: item.principal?.id ?? null,
    policies: item.lines.map(({ policy }) => policy),
    decision,
    reason,
  };
}

function withDecider(
  deciders: readonly Participant[],
  decider: Participant,
): readonly Participant[] {
  const known = deciders.some((one) => isSameParticipant(one, decider));
  return known ? deciders : [...deciders, decider];
}

const TOO_MUCH: Failure = {
  code: 'invalid',
  errors: [{ pointer: '/decisions', detail: 'is too much for one entry of the ledger; send less' }],
};
