import type { AuditEvent } from './audit.ts';
import type { Answer, Question } from './decision.ts';
import type { Failure, Unavailable } from './failure.ts';
import type { ActiveGrant, Grant, GrantStatus } from './grant.ts';
import type { Instant } from './instant.ts';
import type { Caller, Principal } from './principal.ts';
import type { Result } from './result.ts';
import type { SessionPlan } from './session.ts';

/** A caller's `Idempotency-Key`, bound to the principal, and the hash of what came with it. */
export type Idempotency = {
  readonly principal: string;
  readonly key: string;
  readonly fingerprint: string;
};

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
  | { readonly code: 'conflict' }
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

/** The durable truth. Every write is one transaction together with its audit events. */
export type GrantStore = {
  /** `vendsOn`: keys are about to be vended on that role, so its kill switch must be writable. */
  readonly create: (write: {
    readonly grant: Grant;
    readonly events: readonly AuditEvent[];
    readonly idempotency: Idempotency | null;
    readonly vendsOn: string | null;
  }) => Promise<Result<null, CreateRefusal>>;
  /** Only while the grant is stored as active and the principal is not suspended. */
  readonly recordVend: (write: {
    readonly grant: ActiveGrant;
    readonly event: AuditEvent;
    readonly idempotency: Idempotency | null;
    readonly vendsOn: string;
    readonly now: Instant;
  }) => Promise<Result<null, VendRefusal>>;
  /** Only while the stored version is the one before `grant.version`. */
  readonly update: (write: {
    readonly grant: Grant;
    readonly event: AuditEvent;
  }) => Promise<Result<null, { readonly code: 'conflict' } | Unavailable>>;
  readonly appendEvent: (event: AuditEvent) => Promise<Result<null, Unavailable>>;
  readonly find: (id: string) => Promise<Result<Grant | null, Unavailable>>;
  /** Newest first. */
  readonly list: (query: GrantQuery) => Promise<Result<GrantPage, Unavailable>>;
  /** What the principal's latest grants tell: denials since `since`, entitlements ever granted. */
  readonly history: (principal: string, since: Instant) => Promise<Result<PastUse, Unavailable>>;
  /** Oldest first. */
  readonly events: (grantId: string) => Promise<Result<readonly AuditEvent[], Unavailable>>;
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

/** Cedar. An error in any policy is an error of the answer: nothing is skipped in silence (I6). */
export type PolicyEngine = {
  readonly ask: (
    action: 'request' | 'autoApprove',
    question: Question,
  ) => Result<Answer, Unavailable>;
  /** Whether some request of this principal for this entitlement could be permitted. */
  readonly maySee: (principal: Principal, question: Question) => Result<boolean, Unavailable>;
  readonly mayAudit: (principal: Principal) => Result<boolean, Unavailable>;
};

/** Why a token is not accepted, in the words of the answer. */
export type TokenProblem =
  | { readonly code: 'token-refused'; readonly detail: string }
  | Unavailable;

export type TokenVerifier = (token: string) => Promise<Result<Caller, TokenProblem>>;
