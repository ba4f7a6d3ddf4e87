import type { Decision, History, RequestFacts } from './decision.ts';
import type { Parameters, Scope } from './entitlement.ts';
import type { Instant } from './instant.ts';
import type { Principal, PrincipalType } from './principal.ts';
import type { RequestSignals } from './request-signals.ts';

/** `docs/lifecycle.md` draws how a grant moves between them. */
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

/** What the voter's token and network said when the vote was cast. */
export type VoterFacts = {
  readonly principal: Principal;
  readonly sourceIp: string;
  readonly mfa: boolean;
  readonly mfaAgeSeconds: number | null;
};

/** Facts that belong to the moment of the request: every later use of the grant is judged with them. */
export type RequestedWith = {
  readonly startsInSeconds: number;
  readonly mfaAgeSeconds: number | null;
  /** Null where no policy read it. */
  readonly history: History | null;
  /** Absent where no policy read it. */
  readonly signals?: RequestSignals;
  /** Tells the token of the request from others; absent in grants of earlier versions, and where the token says too little. */
  readonly token?: string;
};

export type Vote = {
  readonly approver: Requester;
  readonly vote: 'approve' | 'deny';
  readonly comment: string | null;
  readonly at: Instant;
  /** They identify the person behind the principal: see `core/same-person.ts`. */
  readonly marks: readonly string[];
  /** Null on votes of an earlier version, which cannot be checked again and so do not count. */
  readonly facts: VoterFacts | null;
};

/** What a request that needs an approval waits for. */
export type Approvals = {
  readonly required: number;
  /** This many votes to deny end the request. */
  readonly refusals: number;
  readonly votes: readonly Vote[];
  readonly remindAt: Instant | null;
  readonly escalateAt: Instant | null;
  readonly lapseAt: Instant | null;
  /** Whether the second tier may vote as well. */
  readonly escalated: boolean;
  /** Only where the entitlement asks for it. */
  readonly matchCode?: MatchCode;
};

/** What whoever approves must have heard from the requester. */
export type MatchCode = { readonly hash: string; readonly triesLeft: number };

/** More time that people have to approve; until they do, the grant runs on as it is. */
export type PendingExtension = {
  readonly durationSeconds: number;
  readonly justification: string;
  readonly requestedAt: Instant;
  /** The entitlement's longest duration, from the start of the grant. */
  readonly latestEnd: Instant;
  /** It lapses with the grant at the latest, and is neither reminded of nor escalated. */
  readonly approvals: Approvals;
  readonly decision: Decision;
  /** Everything the policy engine saw, so that voters and policy judge the same question. */
  readonly inputs: { readonly principal: Principal; readonly facts: RequestFacts };
};

/** The kill switch's order: deny the grant's sessions on these roles from `at`, and until `until`. */
export type KillOrder = {
  readonly roles: readonly string[];
  readonly at: Instant;
  readonly until: Instant;
};

/** The review that a break-glass use owes. */
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
  /** They identify the person behind the requester. */
  readonly marks: readonly string[];
  readonly principalKey: string;
  readonly entitlement: string;
  /** The hash of the entitlement's definition that policy decided on. */
  readonly definition: string;
  /** Recorded, so that ending the grant needs no policy bundle. */
  readonly targetRole: string;
  readonly chainedRoles: readonly string[];
  readonly breakGlass: boolean;
  readonly parameters: Parameters;
  readonly scope: Scope | null;
  readonly justification: string;
  readonly ticket: string | null;
  /** The job that the grant is bound to: other runs of the same workload may not use it. */
  readonly job: string | null;
  /** Where the request came from: the only address that a network-bound session works from. */
  readonly sourceIp: string;
  readonly durationSeconds: number;
  /** The longest session that is vended under it. */
  readonly sessionDurationSeconds: number;
  readonly requestedWith: RequestedWith;
  readonly createdAt: Instant;
  /** While the grant waits for approval, the requested start; afterwards the real one. */
  readonly startsAt: Instant | null;
  readonly expiresAt: Instant | null;
  readonly endedAt: Instant | null;
  readonly endReason: string | null;
  /** Until when vended credentials may work; null while none were vended. */
  readonly keysValidUntil: Instant | null;
  /** Null while no session has to be denied, and again once the last of them is dead. */
  readonly kill: KillOrder | null;
  readonly approvals: Approvals;
  /** Only active and scheduled grants have one. */
  readonly extension: PendingExtension | null;
  readonly review: Review | null;
  readonly decision: Decision;
};

/** A grant under which credentials may be vended. */
export type ActiveGrant = Grant & { readonly status: 'active'; readonly expiresAt: Instant };

export type WrongState = { readonly code: 'wrong-state'; readonly detail: string };

/** Open grants may still lead to credentials, or have credentials that are being killed. */
export const OPEN_STATUSES: readonly GrantStatus[] = ['pending', 'scheduled', 'active', 'revoking'];

export function isOpen({ status }: Pick<Grant, 'status'>): boolean {
  return OPEN_STATUSES.includes(status);
}

/** As a request, or while it runs with an extension. */
export function waitsForVotes({ status, extension }: Pick<Grant, 'status' | 'extension'>): boolean {
  if (status === 'pending') return true;
  return extension !== null && (status === 'active' || status === 'scheduled');
}

/** Every role that sessions of the grant can reach. */
export function rolesOf({ targetRole, chainedRoles }: Grant): readonly string[] {
  return [...new Set([targetRole, ...chainedRoles])];
}

/** The roles on which the grant has rightful sessions, or may still get them. */
export function openRolesOf(grant: Grant): readonly string[] {
  const open = isOpen(grant) && grant.status !== 'revoking' && grant.kill === null;
  return open ? rolesOf(grant) : [];
}

/** The next version of a grant: every transition is one conditional write on the version before. */
export function next(grant: Grant, changes: Partial<Omit<Grant, 'id' | 'version'>>): Grant {
  return { ...grant, ...changes, version: grant.version + 1 };
}
