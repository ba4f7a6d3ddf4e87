import type { Decision } from './decision.ts';
import type { Parameters, Scope } from './entitlement.ts';
import type { Instant } from './instant.ts';
import type { PrincipalType } from './principal.ts';

/** Every status of `docs/lifecycle.md`. */
export const GRANT_STATUSES = [
  'pending',
  'scheduled',
  'active',
  'denied',
  'cancelled',
  'lapsed',
  'expired',
  'revoking',
  'revoked',
] as const;
export type GrantStatus = (typeof GRANT_STATUSES)[number];

export type Requester = {
  readonly type: PrincipalType;
  readonly id: string;
  readonly name: string;
};

export type Vote = {
  readonly approver: Requester;
  readonly vote: 'approve' | 'deny';
  readonly comment: string | null;
  readonly at: Instant;
  /** What shows the person behind the principal: see `core/same-person.ts`. */
  readonly marks: readonly string[];
};

/** What a request that needs a human waits for. */
export type Approvals = {
  readonly required: number;
  /** So many denials end it. */
  readonly denials: number;
  readonly votes: readonly Vote[];
  readonly remindAt: Instant | null;
  readonly escalateAt: Instant | null;
  readonly lapseAt: Instant | null;
  /** Whether the second tier may vote, too. */
  readonly escalated: boolean;
};

/** Where the grant's sessions are denied, since when, and until when that must stand. */
export type Denial = {
  readonly roles: readonly string[];
  readonly at: Instant;
  readonly until: Instant;
};

/** What is owed for a break-glass use. */
export type Review = {
  readonly status: 'due' | 'done';
  readonly dueAt: Instant;
  readonly reminded: boolean;
  readonly reviewer: Requester | null;
  readonly comment: string | null;
  readonly at: Instant | null;
};

/** One principal's use of one entitlement; a request is a grant that is not active yet. */
export type Grant = {
  readonly id: string;
  readonly status: GrantStatus;
  readonly version: number;
  readonly requester: Requester;
  /** What shows the person behind the requester. */
  readonly marks: readonly string[];
  readonly principalKey: string;
  readonly entitlement: string;
  /** The hash of the entitlement's definition that was judged; another definition is another grant. */
  readonly definition: string;
  /** Recorded, so that ending it needs no policy bundle. */
  readonly targetRole: string;
  readonly chainedRoles: readonly string[];
  readonly breakGlass: boolean;
  readonly parameters: Parameters;
  readonly scope: Scope | null;
  readonly justification: string;
  readonly ticket: string | null;
  /** The job that it is tied to: other runs of the same workload may not use it. */
  readonly job: string | null;
  /** Where the request came from; the network that a bound session works from. */
  readonly sourceIp: string;
  readonly durationSeconds: number;
  readonly createdAt: Instant;
  /** The start that was asked for while it waits for approval, the real one afterwards. */
  readonly startsAt: Instant | null;
  readonly expiresAt: Instant | null;
  readonly endedAt: Instant | null;
  readonly endReason: string | null;
  /** Until when keys that were vended under it may work; null while none were. */
  readonly keysValidUntil: Instant | null;
  /** Where its sessions are denied, and until when that must stand; null where they are not. */
  readonly denial: Denial | null;
  readonly approvals: Approvals;
  readonly review: Review | null;
  readonly decision: Decision;
};

/** A grant under which keys may be vended. */
export type ActiveGrant = Grant & { readonly status: 'active'; readonly expiresAt: Instant };

export type WrongState = { readonly code: 'wrong-state'; readonly detail: string };

/** Grants that are not over: they may still lead to keys, or keys of theirs are being killed. */
export const OPEN_STATUSES: readonly GrantStatus[] = ['pending', 'scheduled', 'active', 'revoking'];

export function isOpen({ status }: Pick<Grant, 'status'>): boolean {
  return OPEN_STATUSES.includes(status);
}

/** Every role that sessions of the grant can reach. */
export function rolesOf({ targetRole, chainedRoles }: Grant): readonly string[] {
  return [...new Set([targetRole, ...chainedRoles])];
}

/** The same grant one version on: every transition is one conditional write on the version before. */
export function next(grant: Grant, changes: Partial<Omit<Grant, 'id' | 'version'>>): Grant {
  return { ...grant, ...changes, version: grant.version + 1 };
}
