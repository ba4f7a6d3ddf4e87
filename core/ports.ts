import type { Actor, AuditEvent } from './audit.ts';
import type { Idempotency } from './call.ts';
import type { Answer, Question } from './decision.ts';
import type { Entitlement } from './entitlement.ts';
import type { Failure, Unavailable } from './failure.ts';
import type { ActiveGrant, Grant, GrantStatus } from './grant.ts';
import type { Instant } from './instant.ts';
import type { Caller, Principal } from './principal.ts';
import type { Result } from './result.ts';
import type { Conflict } from './retry-on-conflict.ts';
import type { SessionPlan } from './session.ts';

/** This key made that grant before. */
export type Repeated = { readonly code: 'repeated'; readonly grantId: string };

type Refused<Code extends Failure['code']> = Extract<Failure, { code: Code }>;

export type CreateRefusal =
  | Repeated
  | Refused<'key-reused'>
  | Refused<'suspended'>
  | Refused<'role-frozen'>
  | Unavailable;

export type VendRefusal =
  | Refused<'key-reused'>
  | Refused<'suspended'>
  | Refused<'role-frozen'>
  | Conflict
  | Unavailable;

export type PastUse = {
  readonly denials: number;
  readonly entitlements: readonly string[];
};

export type GrantQuery = {
  readonly requester?: string;
  readonly status?: GrantStatus;
  readonly entitlement?: string;
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
  /** Principals that may not be suspended: who acts, and whose grant begins. */
  readonly unsuspended: readonly string[];
};

export type UpdateRefusal =
  | Repeated
  | Refused<'key-reused'>
  | Refused<'suspended'>
  | Conflict
  | Unavailable;

export type Suspension = { readonly at: Instant; readonly by: Actor; readonly reason: string };

/** What the store keeps of principals; who let somebody out or in is kept for ever (I8). */
export type PrincipalStore = {
  readonly suspend: (
    principal: string,
    suspension: Suspension,
  ) => Promise<Result<null, Unavailable>>;
  readonly resume: (
    principal: string,
    resumption: Suspension,
  ) => Promise<Result<null, Unavailable>>;
  readonly suspensionOf: (principal: string) => Promise<Result<Suspension | null, Unavailable>>;
  /** Ids of all grants that are not over, those written a moment ago included. */
  readonly openGrants: (principal: string) => Promise<Result<readonly string[], Unavailable>>;
};

/** The durable truth. Every write is one transaction together with its audit events. */
export type GrantStore = {
  /** `vendsOn`: sessions are about to reach these roles, so their kill switches must be writable. */
  readonly create: (write: {
    readonly grant: Grant;
    readonly events: readonly AuditEvent[];
    readonly idempotency: Idempotency | null;
    readonly vendsOn: readonly string[];
  }) => Promise<Result<null, CreateRefusal>>;
  /**
   * Only while the stored grant may vend at `now` and ends when `grant` says, and the principal is not
   * suspended; never shortens `keysValidUntil`.
   */
  readonly recordVend: (write: {
    readonly grant: ActiveGrant;
    readonly event: AuditEvent;
    readonly idempotency: Idempotency | null;
    readonly vendsOn: readonly string[];
    readonly now: Instant;
  }) => Promise<Result<null, VendRefusal>>;
  /**
   * Only while the stored grant is exactly `before`. What hangs on the grant follows in the same
   * transaction: denials on roles, the list of open grants, the reviews that are owed.
   */
  readonly update: (write: GrantUpdate) => Promise<Result<null, UpdateRefusal>>;
  readonly appendEvent: (event: AuditEvent) => Promise<Result<null, Unavailable>>;
  readonly find: (id: string) => Promise<Result<Grant | null, Unavailable>>;
  /** Newest first. */
  readonly list: (query: GrantQuery) => Promise<Result<GrantPage, Unavailable>>;
  /** What the principal's latest grants tell: denials since `since`, entitlements ever granted. */
  readonly history: (principal: string, since: Instant) => Promise<Result<PastUse, Unavailable>>;
  /** The grant whose review is overdue for longest; null where none is. */
  readonly overdueReview: (
    principal: string,
    now: Instant,
  ) => Promise<Result<string | null, Unavailable>>;
  /** Oldest first. */
  readonly events: (grantId: string) => Promise<Result<readonly AuditEvent[], Unavailable>>;
  /** Ids of grants on which something was to be done before then, the longest due first. */
  readonly due: (before: Instant, limit: number) => Promise<Result<readonly string[], Unavailable>>;
};

export type Credentials = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Instant;
};

/** STS. `reason` is for logs and the audit trail: it never holds anything secret. */
export type SessionIssuer = (
  plan: SessionPlan,
) => Promise<Result<Credentials, { readonly reason: string }>>;

/** A vote is judged with the facts of the request, and the network and sign-in of the voter. */
export type VoteQuestion = Question & {
  readonly requester: Principal;
  readonly escalated: boolean;
};

/** Cedar. An error in any policy is an error of the answer: nothing is skipped in silence (I6). */
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
    action: 'audit' | 'administer',
    principal: Principal,
  ) => Result<boolean, Unavailable>;
};

/** Why a token is not accepted, in the words of the answer. */
export type TokenProblem =
  | { readonly code: 'token-refused'; readonly detail: string }
  | Unavailable;

export type TokenVerifier = (token: string) => Promise<Result<Caller, TokenProblem>>;
