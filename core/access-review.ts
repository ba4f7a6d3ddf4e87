import type { Requester } from './grant.ts';
import type { Instant } from './instant.ts';
import type { Marks } from './same-person.ts';
import type { UsedOfGranted } from './usage.ts';

/**
 * An access review: people look at who can use what and who did, decide item by item whether it stays, and somebody
 * else signs. It changes no rights: what is to be removed is removed by a change of the policy bundle.
 */

export const REVIEW_ID = /^ar_[0-9a-hjkmnp-tv-z]{20}$/;

/** More are reviewed in several reviews, of some entitlements each. */
export const MOST_ITEMS = 10_000;

/** A policy that lets the item's principal or group request, and where it is in the bundle: `policies/ops.cedar:12`. */
export type PolicyLine = { readonly policy: string; readonly place: string | null };

/**
 * What logs say of the grants that began in the period, as far as they were read. `used`, `granted` and `unknown` are each the
 * most of any one grant: grants may have used different actions, and which ones no trail says.
 */
export type ItemUsage = UsedOfGranted & {
  /** How many of the grants were read. The others say nothing. */
  readonly grants: number;
  /** Under all of them. */
  readonly calls: number;
};

/** One line to decide on: a principal that the ledger knows, or those whom a policy lets in without their names. */
export type ReviewItem = {
  /** Its place in the list, counted from 1. */
  readonly item: number;
  readonly entitlement: string;
  /** Null where the broker does not know who it is. */
  readonly principal: Requester | null;
  /** Whom a policy lets in without a name, in words; null for a known principal. */
  readonly members: string | null;
  /** What identifies the person (`core/same-person.ts`); empty without a known principal. */
  readonly marks: Marks;
  /** Whether policy would permit some request of the principal. */
  readonly could: boolean;
  /** In the period. */
  readonly requests: number;
  readonly denials: number;
  readonly grants: number;
  readonly vends: number;
  /** When keys were last vended, in the period or before it. */
  readonly lastUse: string | null;
  /** Absent where nothing was read, also because it hashes like the lists of earlier versions then. */
  readonly usage?: ItemUsage;
  /** The lines that would have to change to take the access away. */
  readonly lines: readonly PolicyLine[];
};

export type Verdict = 'keep' | 'remove';
export const VERDICTS = ['keep', 'remove'] as const satisfies readonly Verdict[];

export type ItemDecision = {
  readonly decision: Verdict;
  readonly reason: string;
  readonly by: Requester;
  readonly at: Instant;
};

export type DecidedItem = { readonly item: ReviewItem; readonly decided: ItemDecision | null };

/** Somebody who had a part in a review, and may not sign it. */
export type Participant = { readonly who: Requester; readonly marks: Marks };

/** What a review is about. It does not change. */
export type ReviewScope = {
  /** Days, both included. */
  readonly from: string;
  readonly to: string;
  /** Null for all. */
  readonly entitlements: readonly string[] | null;
  /** How many there are. */
  readonly items: number;
  /** Of the canonical JSON of the list of items. */
  readonly listHash: string;
  /** The bundle that says who could: the hash that decisions name. */
  readonly bundle: string;
  /** The bundle's file beside those of the log. */
  readonly file: string;
  /** The log that the list was made from. */
  readonly checkpoint: { readonly size: number; readonly root: string };
};

export type AccessReview = {
  readonly id: string;
  readonly scope: ReviewScope;
  readonly starter: Participant;
  readonly startedAt: Instant;
  /** Everybody who decided, also those whose decisions were replaced. */
  readonly deciders: readonly Participant[];
  /** How many items have come. Until all have, nothing can be decided. */
  readonly received: number;
  /** How many items have a decision. */
  readonly decided: number;
  /** Its events so far: the order of a review. */
  readonly steps: number;
  /** Grows with every change. */
  readonly version: number;
  readonly signed: {
    readonly by: Requester;
    readonly at: Instant;
    readonly comment: string;
  } | null;
};

export type ReviewStatus = 'incomplete' | 'open' | 'signed';

export function statusOf({ signed, received, scope }: AccessReview): ReviewStatus {
  if (signed !== null) return 'signed';
  return received < scope.items ? 'incomplete' : 'open';
}
