import type { ReviewScope } from './access-review.ts';
import type { Call } from './call.ts';
import type { Decision, Question, RequestFacts } from './decision.ts';
import type { Scope } from './entitlement.ts';
import type { Grant, Requester, Vote } from './grant.ts';
import { newEventId, type RandomBytes } from './ids.ts';
import type { Instant } from './instant.ts';
import type { Caller } from './principal.ts';
import type { SessionPlan } from './session.ts';
import type { UsedOfGranted } from './usage.ts';

/** The actor of everything that the broker does without being asked. */
export const BROKER = 'broker';

/**
 * Who gave a direct order to the kill Lambda and proved it: `id` is the user id of AWS, which is never given to
 * anybody else, `name` the ARN.
 */
export type Operator = { readonly type: 'Operator'; readonly id: string; readonly name: string };

/**
 * Somebody in a chat: `id` is `slack:<team>:<user>`, as the chat vouches for it, `name` what the chat shows. It is nobody
 * whom an issuer knows, and may do one thing: deny what waits.
 */
export type ChatUser = { readonly type: 'ChatUser'; readonly id: string; readonly name: string };

export type Actor = Requester | Operator | ChatUser | typeof BROKER;

/** Whom an issuer vouches for. */
export function isPrincipal(actor: Actor): actor is Requester {
  return actor !== BROKER && (actor.type === 'User' || actor.type === 'Workload');
}

/** Everything the policy engine saw: enough to put the same question again. */
export type DecisionInputs = {
  readonly principal: Question['caller']['principal'];
  readonly facts: RequestFacts;
};

type Common = {
  readonly id: string;
  readonly grantId: string;
  readonly entitlement: string;
  /** The grant's status after the event. */
  readonly status: Grant['status'];
  /** The grant's version after the event; absent in events of earlier versions of the broker. */
  readonly grantVersion?: number;
  readonly at: Instant;
  readonly actor: Actor;
  /** The API Gateway request, the workflow's execution or the Lambda invocation that caused it. */
  readonly requestId: string;
  readonly sourceIp: string | null;
  /** The trace of the call that caused it, if the call has one. */
  readonly traceId?: string;
};

/** A session as it is recorded: without anything that could be used as a credential (I7). */
export type VendedSession = Omit<SessionPlan, 'policy'>;

type Decided = { readonly decision: Decision; readonly inputs: DecisionInputs };

/** What happened, with the facts that belong to it. */
export type Happening =
  | ({
      readonly type: 'requested';
      readonly breakGlass: boolean;
      /** With the next two, the grant can be made again from its trail; absent in events of earlier versions. */
      readonly scope?: Scope | null;
      /** The requested start, or the real one where policy allowed the request at once. */
      readonly startsAt?: Instant | null;
      /** Tells the token of the request from others. */
      readonly token?: string;
    } & Decided)
  | {
      readonly type: 'vended';
      readonly session: VendedSession;
      /** Tells the token of the call from others. */
      readonly token?: string;
    }
  | { readonly type: 'vend-failed'; readonly session: VendedSession; readonly reason: string }
  | {
      readonly type: 'voted';
      readonly vote: Vote['vote'];
      readonly comment: string | null;
      /** What people should look at: the vote counts. */
      readonly warning?: string;
    }
  | { readonly type: 'vote-withdrawn'; readonly comment: string | null }
  /** When the votes were counted, the voter could no longer vote; or the voter did not know the match code. */
  | { readonly type: 'vote-voided'; readonly approver: Requester; readonly reason: string }
  | {
      readonly type: 'approved';
      readonly decision: Decision;
      /** Absent in events of earlier versions. */
      readonly startsAt?: Instant;
      readonly expiresAt?: Instant;
    }
  | { readonly type: 'denied'; readonly reason: string }
  | { readonly type: 'reminded' | 'escalated' | 'lapsed' | 'started' | 'expired' }
  | ({
      readonly type: 'extended';
      readonly expiresAt: Instant;
      readonly justification: string;
    } & Decided)
  | ({ readonly type: 'extension-denied' } & Decided)
  | ({
      readonly type: 'extension-requested';
      readonly durationSeconds: number;
      readonly justification: string;
    } & Decided)
  | { readonly type: 'extension-refused'; readonly reason: string }
  | { readonly type: 'cancelled' | 'revoking' | 'killing'; readonly reason: string }
  | { readonly type: 'revoked'; readonly reason: string; readonly killSeconds: number | null }
  | { readonly type: 'outlived'; readonly reason: string }
  | { readonly type: 'kill-failed'; readonly role: string; readonly reason: string }
  | { readonly type: 'reviewed'; readonly comment: string | null }
  | { readonly type: 'review-reminded'; readonly dueAt: Instant }
  | ({
      /** What was called under its keys, read from logs once after its end. Numbers alone: who may see them may not see more. */
      readonly type: 'usage-read';
      /** Of what was read. */
      readonly readFrom: Instant;
      readonly readUntil: Instant;
    } & UsageFigures);

/** `used`, `granted` and `unknown` count actions, the others calls. */
export type UsageFigures = UsedOfGranted & {
  readonly calls: number;
  readonly refused: number;
  /** At or after the grant's end, and not refused. */
  readonly afterEnd: number;
};

export const EVENT_TYPES = [
  ...(['requested', 'vended', 'vend-failed', 'voted'] as const),
  ...(['vote-withdrawn', 'vote-voided', 'approved'] as const),
  ...(['denied', 'reminded', 'escalated', 'lapsed', 'started', 'expired', 'extended'] as const),
  ...(['extension-denied', 'extension-requested', 'extension-refused'] as const),
  ...(['cancelled', 'revoking', 'killing', 'revoked', 'outlived'] as const),
  ...(['kill-failed', 'reviewed', 'review-reminded', 'usage-read'] as const),
] as const satisfies readonly Happening['type'][];

/** Records of what did not happen, and of what was found out: appended alone, they make no version of the grant. */
const APPENDED = [
  'vend-failed',
  'kill-failed',
  'extension-denied',
  'usage-read',
] as const satisfies readonly Happening['type'][];
export type AppendedType = (typeof APPENDED)[number];

export function isAppended({ type }: Pick<AuditEvent, 'type'>): boolean {
  return APPENDED.some((one) => one === type);
}

export type RequestedEvent = Extract<AuditEvent, { readonly type: 'requested' }>;

/** One line of a grant's audit trail, written in the transaction of the change it records (I1, I8). */
export type AuditEvent = Common & Happening;

export const PRINCIPAL_EVENT_TYPES = [
  'principal-suspended',
  'principal-resumed',
  'principal-revoked',
  'principal-refused',
  'bundle-deployed',
  'evidence-exported',
  'access-review-started',
  'access-review-decided',
  'access-review-signed',
  'signal-raised',
  'quarantine-begun',
  'quarantine-release-asked',
  'quarantine-ended',
  'broker-recovered',
] as const;

export const SIGNAL_KINDS = [
  ...(['many-denials', 'many-lapses', 'refused-administration'] as const),
  ...(['new-network', 'token-two-networks', 'fast-votes', 'approver-burst'] as const),
  'kill-switch-pressure',
  ...(['keys-elsewhere', 'keys-after-end', 'keys-chained', 'keys-new-agent'] as const),
  'keys-refused-burst',
] as const;
export type SignalKind = (typeof SIGNAL_KINDS)[number];

/** One of the things that a signal is made of. */
export type SignalStep = {
  /** RFC 3339. */
  readonly at: string;
  /** An entitlement with its parameters, or a call. */
  readonly what: string;
  readonly grant: string | null;
  readonly from: string | null;
  readonly why: string;
};

/** A step of an access review; the numbers of its steps are their order. */
type ReviewStep = { readonly reviewId: string; readonly step: number };

/** What was decided on one item of the list that the start of the review has the hash of. */
export type RecordedItemDecision = {
  readonly item: number;
  readonly entitlement: string;
  /** Null where the broker does not know who it is: those whom the policies let in. */
  readonly principal: string | null;
  readonly policies: readonly string[];
  readonly decision: 'keep' | 'remove';
  readonly reason: string;
};

type PrincipalHappening =
  | ({ readonly type: 'access-review-started' } & ReviewStep & ReviewScope)
  | ({
      readonly type: 'access-review-decided';
      readonly decisions: readonly RecordedItemDecision[];
    } & ReviewStep)
  | ({
      readonly type: 'access-review-signed';
      readonly listHash: string;
      readonly keep: number;
      readonly remove: number;
    } & ReviewStep)
  | {
      /** Something about a principal is unusual: once for as long as it goes on. */
      readonly type: 'signal-raised';
      readonly kind: SignalKind;
      readonly principal: Requester;
      readonly count: number;
      /** The latest of what was counted, in the order of time. */
      readonly story: readonly SignalStep[];
      /** Of a kill switch: the role that it is on, and how much of its room the ended grants need. */
      readonly role?: string;
      readonly percent?: number;
    }
  | { readonly type: 'principal-suspended' | 'principal-resumed' | 'principal-revoked' }
  /** Of the broker itself: begun, or ordered again while it stood, which takes back that somebody asked to end it. */
  | { readonly type: 'quarantine-begun'; readonly cause: 'order' | 'recovery' }
  | { readonly type: 'quarantine-release-asked' | 'quarantine-ended' }
  | {
      /** Of the broker itself: it was rebuilt on a restored table. */
      readonly type: 'broker-recovered';
      /** The moment that the table showed. */
      readonly restoredTo: Instant;
      /** Whether what happened since was read from the ledger. */
      readonly ledger: boolean;
      /** How many grants the table did not know, how many had gone on, and how many ended for the recovery. */
      readonly madeAgain: number;
      readonly changed: number;
      readonly ended: number;
      /** Principals. */
      readonly suspended: number;
      readonly resumed: number;
      /** How much a person must look at. */
      readonly lookAt: number;
    }
  | {
      readonly type: 'principal-refused';
      /** Method and path. */
      readonly call: string;
      /** The code of the failure. */
      readonly problem: string;
    }
  | {
      /** Of the broker itself: a bundle is in force now. */
      readonly type: 'bundle-deployed';
      readonly bundle: string;
      /** Where the bundle is, beside the files of the log. */
      readonly file: string;
      /** How it differs from the one before, in words. */
      readonly changes: readonly string[];
    }
  | {
      /** Of whoever took evidence away: which part of which state of the log, in which files. */
      readonly type: 'evidence-exported';
      readonly from: string;
      /** The end of the period, which is not in it any more. */
      readonly until: string;
      readonly size: number;
      /** The root of the tree, in base64. */
      readonly root: string;
      /** SHA-256 of the manifest, in hexadecimal. */
      readonly manifest: string;
    };

/**
 * One line of a principal's own audit trail (I8): an order about it, written in the transaction of the order, a call of
 * its own that was refused, or evidence that it took away. The broker has such a trail, too.
 */
export type PrincipalEvent = Pick<Common, 'id' | 'at'> &
  Initiator &
  PrincipalHappening & {
    readonly principalId: string;
    /** Empty where none was given. */
    readonly reason: string;
  };

/** The members of events that are instants; people and programs read them in RFC 3339. */
export const EVENT_TIMES = [
  ...(['at', 'startsAt', 'expiresAt', 'dueAt', 'restoredTo'] as const),
  ...(['readFrom', 'readUntil'] as const),
] as const;

/** Policy had left the request, or the extension, to people. */
export function isRefusalByPeople({ type }: Pick<AuditEvent, 'type'>): boolean {
  return type === 'denied' || type === 'extension-refused';
}

/** Who or what caused an event: a caller, or the broker itself (workflow, sweep, kill switch). */
export type Initiator = Pick<Common, 'actor' | 'requestId' | 'sourceIp' | 'traceId'>;

export function initiatorOf({ caller, ...call }: Call): Initiator {
  return initiatorIn({ actor: actorOf(caller), ...call });
}

/** The initiator alone, of what says more. */
export function initiatorIn({ actor, requestId, sourceIp, traceId }: Initiator): Initiator {
  return { actor, requestId, sourceIp, ...(traceId !== undefined && { traceId }) };
}

/** The broker itself, for what it does by its own decision in the course of a call. */
export function brokerWithin(call: Call): Initiator {
  return { ...initiatorOf(call), actor: BROKER, sourceIp: null };
}

/** @param requestId The workflow's execution or the Lambda invocation that acts. */
export function brokerItself(requestId: string): Initiator {
  return { actor: BROKER, requestId, sourceIp: null };
}

export function actorOf({ principal: { type, id, name } }: Caller): Requester {
  return { type, id, name };
}

/** The event that belongs to `grant`, which is the grant as the change leaves it. */
export function eventOf(
  grant: Grant,
  happening: Happening,
  by: Initiator,
  at: Instant,
  random: RandomBytes,
): AuditEvent {
  return {
    id: newEventId(random),
    grantId: grant.id,
    entitlement: grant.entitlement,
    status: grant.status,
    grantVersion: grant.version,
    at,
    ...by,
    ...happening,
  };
}

export function requested(grant: Grant, asked: Question): Happening {
  const { breakGlass, scope, startsAt, decision, requestedWith } = grant;
  const { token } = requestedWith;
  const facts = { breakGlass, scope, startsAt, decision, inputs: inputsOf(asked) };
  return { type: 'requested', ...facts, ...(token !== undefined && { token }) };
}

/** Everything the engine saw of a question, as it is recorded. */
export function inputsOf({ caller, facts }: Question): DecisionInputs {
  return { principal: caller.principal, facts };
}

export function vended(session: SessionPlan, { token }: Pick<Caller, 'token'> = {}): Happening {
  const happening = { type: 'vended', session: withoutPolicy(session) } as const;
  return token === undefined ? happening : { ...happening, token };
}

export function vendFailed(session: SessionPlan, reason: string): Happening {
  return { type: 'vend-failed', session: withoutPolicy(session), reason };
}

function withoutPolicy({ policy: _, ...session }: SessionPlan): VendedSession {
  return session;
}
