import type { Instant } from '../instant.ts';
import { expiryOf } from '../lifecycle/new-grant.ts';
import { actorId, actorName, type GrantLine } from './ledger-line.ts';

/** What the ledger says of one grant, folded from its events in their order. */
export type GrantFacts = {
  readonly id: string;
  readonly requested: RequestedLine;
  readonly status: string;
  /** The role of its first session. */
  readonly role: string | null;
  /** On the request, by the voter's id. */
  readonly votes: Readonly<Record<string, string>>;
  readonly decidedAt: string | null;
  readonly startsAt: Instant | null;
  readonly expiresAt: Instant | null;
  readonly revoking: Ending | null;
  readonly ended: Ending | null;
  readonly vends: number;
  readonly vendsFailed: number;
  readonly extensions: number;
  readonly killSeconds: number | null;
  readonly reviewDueAt: string | null;
  readonly reviewed: Reviewed | null;
  /** The places of its entries in the ledger. They are added in place: a job can vend thousands of times. */
  readonly entries: number[];
};

export type RequestedLine = Extract<GrantLine, { readonly type: 'requested' }>;
type Reviewed = {
  readonly at: string;
  readonly by: string;
  readonly byName: string | null;
  readonly comment: string | null;
  /** Its place in the ledger. */
  readonly entry: number;
};
type Ending = { readonly at: string; readonly by: string; readonly reason: string };

export function requestedFacts(line: RequestedLine, entry: number): GrantFacts {
  const denied = line.decision.outcome === 'deny';
  const facts: GrantFacts = {
    id: line.grantId,
    requested: line,
    status: line.status,
    role: null,
    votes: {},
    decidedAt: line.decision.outcome === 'approve' ? null : line.at,
    startsAt: null,
    expiresAt: null,
    revoking: null,
    ended: denied ? { at: line.at, by: 'policy', reason: 'denied by policy' } : null,
    vends: 0,
    vendsFailed: 0,
    extensions: 0,
    killSeconds: null,
    reviewDueAt: null,
    reviewed: null,
    entries: [entry],
  };
  return line.decision.outcome === 'allow' ? begun(facts, line.at) : facts;
}

/** The facts after one more event. */
export function withEvent(before: GrantFacts, line: GrantLine, entry: number): GrantFacts {
  before.entries.push(entry);
  return { ...before, status: line.status, ...changesBy(before, line, entry) };
}

function changesBy(before: GrantFacts, line: GrantLine, entry: number): Partial<GrantFacts> {
  const { at, actor } = line;
  const ended = (reason: string, by = actorId(line.actor)): Partial<GrantFacts> => ({
    ended: { at, by, reason },
  });
  switch (line.type) {
    case 'vended':
      return { vends: before.vends + 1, role: before.role ?? line.session.roleArn };
    case 'vend-failed':
      return { vendsFailed: before.vendsFailed + 1 };
    case 'voted':
      return onRequest(before, { ...before.votes, [actorId(line.actor)]: line.vote });
    case 'vote-withdrawn':
      return onRequest(before, without(before.votes, actorId(line.actor)));
    case 'vote-voided':
      return onRequest(before, without(before.votes, line.approver.id));
    case 'approved':
      return begun({ ...before, decidedAt: at }, at);
    case 'denied':
      return { decidedAt: at, ...ended(line.reason) };
    case 'lapsed':
      return ended('nobody approved in time');
    case 'cancelled':
      return ended(line.reason);
    case 'extended':
      return { extensions: before.extensions + 1, expiresAt: Date.parse(line.expiresAt) };
    case 'revoking':
      return { revoking: { at, by: actorId(line.actor), reason: line.reason } };
    case 'revoked':
      return { killSeconds: line.killSeconds, ...ended(line.reason, before.revoking?.by) };
    case 'outlived':
      return ended(line.reason, before.revoking?.by);
    case 'expired':
      return ended('time is up');
    case 'reviewed': {
      const { comment } = line;
      return { reviewed: { at, by: actorId(actor), byName: actorName(actor), comment, entry } };
    }
    case 'review-reminded':
      return { reviewDueAt: line.dueAt };
    default:
      return {};
  }
}

/** Once a request is decided, votes are about an extension. */
export function isDecided({ decidedAt, ended }: GrantFacts): boolean {
  return decidedAt !== null || ended !== null;
}

function onRequest(before: GrantFacts, votes: GrantFacts['votes']): Partial<GrantFacts> {
  return isDecided(before) ? {} : { votes };
}

function without(votes: GrantFacts['votes'], id: string): GrantFacts['votes'] {
  return Object.fromEntries(Object.entries(votes).filter(([voter]) => voter !== id));
}

const SECOND = 1000;

/** The duration counts from the decision, or from the start that was asked for if that is later. */
function begun(facts: GrantFacts, decidedAt: string): GrantFacts {
  const { startsInSeconds, durationSeconds } = facts.requested.inputs.facts;
  // The event has whole seconds, rounded down, until the start.
  const asked = Date.parse(facts.requested.at) + startsInSeconds * SECOND;
  const wanted = startsInSeconds > 0 ? Math.ceil(asked / SECOND) * SECOND : 0;
  const startsAt = Math.max(wanted, Date.parse(decidedAt));
  return { ...facts, startsAt, expiresAt: expiryOf(startsAt, durationSeconds) };
}

/** When nothing was to come any more: a break-glass use waits for its review. Null while something is. */
export function overAt(facts: GrantFacts): string | null {
  const { ended, reviewed } = facts;
  if (ended === null) return null;
  if (!owesReview(facts)) return ended.at;
  if (reviewed === null) return null;
  return Date.parse(reviewed.at) > Date.parse(ended.at) ? reviewed.at : ended.at;
}

/** A break-glass grant that began, unless it was ended early and never used. */
export function owesReview({ requested, startsAt, ended, vends, status }: GrantFacts): boolean {
  const unused = ended !== null && vends === 0 && status !== 'expired';
  return requested.breakGlass && startsAt !== null && !unused;
}
