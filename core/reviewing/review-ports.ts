import type { AccessReview, DecidedItem } from '../access-review.ts';
import type { PrincipalEvent } from '../audit.ts';
import type { Bundle } from '../bundle/bundle.ts';
import type { Idempotency } from '../call.ts';
import type { Deployment } from '../entitlement.ts';
import type { Failure, Unavailable } from '../failure.ts';
import type { RandomBytes } from '../ids.ts';
import type { Instant } from '../instant.ts';
import type { PolicyEngine } from '../ports.ts';
import type { Result } from '../result.ts';
import type { Conflict } from '../retry-on-conflict.ts';

/** An earlier call with this key did it, to that review. */
export type ReviewRepeated = { readonly code: 'repeated'; readonly reviewId: string };

type Refused<Code extends Failure['code']> = Extract<Failure, { code: Code }>;

export type ReviewRefusal =
  | ReviewRepeated
  | Refused<'key-reused'>
  | Refused<'suspended'>
  | Conflict
  | Unavailable;

/** All that one call changes: one transaction, with its event. */
export type ReviewWrite = {
  /** As it was read; null for a new one. A conflict if it is another by now. */
  readonly before: AccessReview | null;
  readonly review: AccessReview;
  /** New, or with a new decision. */
  readonly items: readonly DecidedItem[];
  /** Null for a step that needs none: items that come have been pinned already. */
  readonly event: PrincipalEvent | null;
  readonly idempotency: Idempotency | null;
  /** The caller, who may not be suspended. */
  readonly unsuspended: string;
};

/** A review's place in the list of all. */
export type ReviewPlace = { readonly at: Instant; readonly id: string };

/** Everything is read consistently. */
export type ReviewStore = {
  readonly write: (write: ReviewWrite) => Promise<Result<null, ReviewRefusal>>;
  /** The review that was changed under this key; null where the key is new. */
  readonly changedUnder: (
    idempotency: Idempotency,
  ) => Promise<Result<string | null, Refused<'key-reused'> | Unavailable>>;
  readonly find: (id: string) => Promise<Result<AccessReview | null, Unavailable>>;
  /** The items after that number, in their order. */
  readonly items: (
    id: string,
    page: { readonly after: number; readonly limit: number },
  ) => Promise<Result<readonly DecidedItem[], Unavailable>>;
  /** The newest first; `next` is where the following page begins. */
  readonly list: (page: {
    readonly limit: number;
    readonly after: ReviewPlace | null;
  }) => Promise<
    Result<
      { readonly reviews: readonly AccessReview[]; readonly next: ReviewPlace | null },
      Unavailable
    >
  >;
};

export type ReviewPorts = {
  readonly bundle: Bundle;
  readonly deployment: Deployment;
  readonly engine: Pick<PolicyEngine, 'mayOnBroker'>;
  readonly reviews: ReviewStore;
  readonly clock: () => Instant;
  readonly random: RandomBytes;
};
