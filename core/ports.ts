import type { AuditEvent, RequestedEvent } from './audit.ts';
import type { Idempotency } from './call.ts';
import type { Answer, Decision, Question } from './decision.ts';
import type { Entitlement } from './entitlement.ts';
import type { Failure, Unavailable } from './failure.ts';
import type { ActiveGrant, Grant, GrantStatus } from './grant.ts';
import type { Instant } from './instant.ts';
import type { Asked, Counted, Limited } from './limits.ts';
import type { Caller, Principal } from './principal.ts';
import type {
  KnownOrder,
  OpenOrder,
  OrderResult,
  PrincipalOrder,
  Suspension,
} from './principal-order.ts';
import type { SignalPast } from './request-signals.ts';
import type { Result } from './result.ts';
import type { Conflict } from './retry-on-conflict.ts';
import type { SessionPlan } from './session.ts';
import type { CastVote, VoterSignals } from './voter-signals.ts';

/** An earlier request with this key made that grant. */
export type Repeated = { readonly code: 'repeated'; readonly grantId: string };

type Refused<Code extends Failure['code']> = Extract<Failure, { code: Code }>;

export type KeyRefusal = Repeated | Refused<'key-reused'> | Unavailable;

export type CreateRefusal =
  | Repeated
  | Refused<'key-reused'>
  | Refused<'suspended'>
  | Refused<'role-frozen'>
  | Limited
  | Unavailable;

export type VendRefusal =
  | Refused<'key-reused'>
  | Limited
  | Refused<'suspended'>
  | Refused<'role-frozen'>
  | Conflict
  | Unavailable;

/** A principal's past at one moment. */
export type PastUse = {
  /** Requests that were denied since `since`. */
  readonly denials: number;
  /** The entitlements, of those asked about, of which a grant of the principal had begun. */
  readonly entitlements: readonly string[];
};

export type PastQuery = {
  readonly entitlements: readonly string[];
  readonly since: Instant;
  /** The moment: what came at or after it does not count. */
  readonly before: Instant;
};

export type SignalQuery = Omit<PastQuery, 'since'> & {
  /** The earliest moment that is asked about, where there are several; else `before` is the only one. */
  readonly from?: Instant;
};

/** What an `Idempotency-Key` was used for; `decision` is that of a denial which left the grant as it was. */
export type UsedKey = {
  readonly fingerprint: string;
  readonly grantId: string;
  readonly decision: Decision | null;
};

/** Events of one grant, oldest first; `next` is the place after which the following page begins. */
export type EventPage = { readonly events: readonly AuditEvent[]; readonly next: string | null };

export type GrantQuery = {
  readonly requester?: string;
  readonly status?: GrantStatus;
  readonly entitlement?: string;
  /** Only grants with a vote of this principal. */
  readonly voter?: string;
  /** Only what waits for votes: pending requests, and grants with an extension. */
  readonly waiting?: true;
  readonly limit: number;
  /** Only grants that come after this place in the list. */
  readonly after?: ListPlace;
};

/** A grant's place in every list: creation time and id, newest first. */
export type ListPlace = Pick<Grant, 'createdAt' | 'id'>;

/** `next` is where the following page begins; null at the end. */
export type GrantPage = { readonly grants: readonly Grant[]; readonly next: ListPlace | null };

export type GrantUpdate = {
  readonly before: Grant;
  readonly grant: Grant;
  readonly events: readonly AuditEvent[];
  readonly idempotency: Idempotency | null;
  /** Principals that may not be suspended: the caller, and the requester of a grant that begins. */
  readonly unsuspended: readonly string[];
};

export type UpdateRefusal =
  | Repeated
  | Refused<'key-reused'>
  | Refused<'suspended'>
  | Conflict
  | Unavailable;

/** A suspended principal's place in the list of all: when it was suspended, and a hash of its id. */
export type SuspensionPlace = { readonly at: Instant; readonly hash: string };

export type Suspended = Suspension & { readonly principal: string };

/** `next` is where the following page begins; null at the end. */
export type SuspensionPage = {
  readonly principals: readonly Suspended[];
  readonly next: SuspensionPlace | null;
};

/** One order and all that it changes at once. */
export type OrderWrite = {
  readonly order: PrincipalOrder;
  /** The suspension that the principal had at the read; it must have it still. */
  readonly before: Suspension | null;
  readonly result: OrderResult;
  /** Whether something is left to do: the store then keeps the order until `finish`. */
  readonly open: boolean;
  readonly idempotency: Idempotency | null;
  /** The principal that may not be suspended itself: the caller, where it is another one. */
  readonly unsuspended: string | null;
  /** The order comes back from the ledger: nobody is told of it again. */
  readonly restored?: true;
};

export type OrderRefusal = Refused<'key-reused'> | Refused<'suspended'> | Conflict | Unavailable;

/** The store's side of principals. It keeps a permanent record of every order about them (I8). */
export type PrincipalStore = {
  /**
   * Writes an order in one transaction: the suspension and its place in the list, the event, the key, and
   * the order itself while it is open. A `conflict`: the suspension changed, or the key was used just now.
   */
  readonly give: (write: OrderWrite) => Promise<Result<null, OrderRefusal>>;
  /** The order that was given under this key; null where the key is new. */
  readonly givenUnder: (
    idempotency: Idempotency,
  ) => Promise<Result<KnownOrder | null, Refused<'key-reused'> | Conflict | Unavailable>>;
  /**
   * Makes every gate that requests and vends check follow the principal's suspension, as it is now. Only
   * then has an order to suspend or resume taken effect.
   */
  readonly settleGates: (order: PrincipalOrder) => Promise<Result<null, Unavailable>>;
  /**
   * Closes the gates of suspensions that were written before then without gates, by an earlier version or by
   * hand, and those of freezes of an earlier version. Returns of how many suspensions.
   */
  readonly closeMissingGates: (
    before: Instant,
    limit: number,
  ) => Promise<Result<number, Unavailable>>;
  /** Remembers how far an open order has come. */
  readonly keep: (open: OpenOrder) => Promise<Result<null, Unavailable>>;
  /** Forgets an order that has ended everything; its key remembers the result. */
  readonly finish: (open: OpenOrder) => Promise<Result<null, Unavailable>>;
  /** Open orders that were given before then, the oldest first. */
  readonly openOrders: (
    before: Instant,
    limit: number,
  ) => Promise<Result<readonly OpenOrder[], Unavailable>>;
  readonly suspensionOf: (principal: string) => Promise<Result<Suspension | null, Unavailable>>;
  /** Everybody who is suspended, the latest suspension first. */
  readonly suspended: (query: {
    readonly limit: number;
    readonly after?: SuspensionPlace;
  }) => Promise<Result<SuspensionPage, Unavailable>>;
  /** Ids of open grants in order, including those written a moment ago. */
  readonly openGrants: (
    principal: string,
    query: { readonly limit: number; readonly after: string | null },
  ) => Promise<Result<readonly string[], Unavailable>>;
  /** Whether the principal ever requested anything. */
  readonly hasAsked: (principal: string) => Promise<Result<boolean, Unavailable>>;
};

/** The source of truth. Every write is one transaction together with its audit events. */
export type GrantStore = {
  /**
   * `vendsOn`: the roles that sessions are about to reach, whose kill switches must be writable.
   * `killSwitchPercent`: how much of their room the ended grants of the principal may need. `counted`: what this
   * uses, of which there may be so much a minute.
   */
  readonly create: (write: {
    readonly grant: Grant;
    readonly events: readonly AuditEvent[];
    readonly idempotency: Idempotency | null;
    readonly vendsOn: readonly string[];
    readonly killSwitchPercent?: number;
    readonly counted: readonly Counted[];
  }) => Promise<Result<null, CreateRefusal>>;
  /**
   * Writes only while the stored grant may vend at `now` and ends when `grant` says, and its principal is
   * not suspended. Never shortens `keysValidUntil`.
   */
  readonly recordVend: (write: {
    readonly grant: ActiveGrant;
    /** The first vend of a scheduled grant begins it. */
    readonly begins: boolean;
    readonly event: AuditEvent;
    readonly idempotency: Idempotency | null;
    readonly vendsOn: readonly string[];
    readonly killSwitchPercent?: number;
    readonly counted: readonly Counted[];
    readonly now: Instant;
  }) => Promise<Result<null, VendRefusal>>;
  /**
   * Writes only while the stored grant is exactly `before`. The rows that follow a grant are part of the
   * transaction: denies on roles, its principal's open grants, the review it owes.
   */
  readonly update: (write: GrantUpdate) => Promise<Result<null, UpdateRefusal>>;
  readonly appendEvent: (event: AuditEvent) => Promise<Result<null, Unavailable>>;
  /** A denial that leaves its grant as it was, remembered under the key of its call. */
  readonly recordDenial: (write: {
    readonly event: AuditEvent;
    readonly decision: Decision;
    readonly idempotency: Idempotency | null;
  }) => Promise<Result<null, KeyRefusal>>;
  /** What the caller used the key for; null where it is new. */
  readonly usedKey: (idempotency: Idempotency) => Promise<Result<UsedKey | null, Unavailable>>;
  readonly find: (id: string) => Promise<Result<Grant | null, Unavailable>>;
  /** Newest first. */
  readonly list: (query: GrantQuery) => Promise<Result<GrantPage, Unavailable>>;
  /** Costs as much as the entitlements asked about, not as much as the principal ever did. */
  readonly history: (principal: string, query: PastQuery) => Promise<Result<PastUse, Unavailable>>;
  /**
   * What signals are made of, as of `before`. For each of the lists it reads a bounded number of rows, the latest,
   * however long the past is.
   */
  readonly signalPast: (
    principal: string,
    query: SignalQuery,
  ) => Promise<Result<SignalPast, Unavailable>>;
  /** Votes that the principal cast, the latest first, as of `before`; bounded in the same way. */
  readonly votesOf: (
    principal: string,
    before: Instant,
  ) => Promise<Result<readonly CastVote[], Unavailable>>;
  /** What waits for votes now, and what people denied within the time that counts. Strongly consistent. */
  readonly asked: (
    principal: string,
    entitlement: string,
    now: Instant,
  ) => Promise<Result<Asked, Unavailable>>;
  /** The grant whose review is overdue for longest; null where none is. */
  readonly overdueReview: (
    principal: string,
    now: Instant,
  ) => Promise<Result<string | null, Unavailable>>;
  /** @param after The `next` of the page before. */
  readonly events: (
    grantId: string,
    page: { readonly limit: number; readonly after: string | null },
  ) => Promise<Result<EventPage, Unavailable>>;
  /** The event of the request, which is among the first; null where no record of it is found. */
  readonly requestedEvent: (grantId: string) => Promise<Result<RequestedEvent | null, Unavailable>>;
  /** Ids of grants on which something was due before then, the longest overdue first. */
  readonly due: (before: Instant, limit: number) => Promise<Result<readonly string[], Unavailable>>;
  /** Brings grants that an earlier version wrote into the lists, a portion in each call. */
  readonly completeLists: () => Promise<Result<null, Unavailable>>;
};

export type Credentials = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Instant;
};

/**
 * `role-refused`, `policy-refused`: AWS does not let the broker assume the role, or does not accept the
 * session policy, now or later. `reason` is for logs and the audit trail, and contains nothing secret.
 */
export type NoSession = {
  readonly code: 'role-refused' | 'policy-refused' | 'unavailable';
  readonly reason: string;
};

/** STS. */
export type SessionIssuer = (plan: SessionPlan) => Promise<Result<Credentials, NoSession>>;

/** The facts of the request, with the network and sign-in of the voter. */
export type VoteQuestion = Question & {
  readonly requester: Principal;
  readonly escalated: boolean;
  /** Absent where no policy reads them. */
  readonly voting?: VoterSignals;
};

/** What somebody may do with the broker as a whole. */
export type BrokerAction = 'audit' | 'administer';

/** Cedar. An error in any policy is an error of the answer; no policy is skipped silently (I6). */
export type PolicyEngine = {
  readonly ask: (
    action: 'request' | 'autoApprove',
    question: Question,
  ) => Result<Answer, Unavailable>;
  readonly mayVote: (question: VoteQuestion) => Result<Answer, Unavailable>;
  /** Whether some request of this principal for this entitlement could be permitted. */
  readonly maySee: (principal: Principal, question: Question) => Result<boolean, Unavailable>;
  readonly mayOnEntitlement: (
    action: 'revoke' | 'review',
    principal: Principal,
    entitlement: Entitlement,
    account: string,
  ) => Result<boolean, Unavailable>;
  readonly mayOnBroker: (
    action: BrokerAction,
    principal: Principal,
  ) => Result<boolean, Unavailable>;
};

/** Why a token is not accepted, worded for the caller. */
export type TokenProblem =
  | { readonly code: 'token-refused'; readonly detail: string }
  | Unavailable;

export type TokenVerifier = (token: string) => Promise<Result<Caller, TokenProblem>>;
