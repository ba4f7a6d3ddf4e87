import { canonicalJson } from '../canonical-json.ts';
import { formatInstant, type Instant } from '../instant.ts';
import { accountOf, LATE_KILL_SECONDS, ofGrant, placeOf } from './event-rows.ts';
import { type GrantFacts, owesReview } from './grant-facts.ts';
import { list, type Row, row } from './tables.ts';

/** The rows of a grant once all of its events are known: its own, and what should have happened and did not. */

/** The sweep ends within minutes what everything else has left. */
export const LATE_END_SECONDS = 300;

/** @param until What the ledger does not have by then did not happen. */
export function finalRows(facts: GrantFacts, until: Instant): readonly Row[] {
  return [populationRow(facts), ...reviewRows(facts, until), ...missing(facts, until)];
}

function populationRow(facts: GrantFacts): Row {
  const { id, requested, role, votes, ended, reviewed, entries } = facts;
  const { inputs, decision } = requested;
  const { principal, facts: asked } = inputs;
  const approvers = Object.entries(votes).filter(([, vote]) => vote === 'approve');
  return row('population', {
    id,
    requester: principal.id,
    requesterName: principal.name,
    requesterType: principal.type,
    entitlement: requested.entitlement,
    parameters: canonicalJson(asked.parameters),
    account: role === null ? null : accountOf(role),
    role,
    justification: asked.justification,
    ticket: asked.ticket,
    requestedAt: requested.at,
    sourceIp: requested.sourceIp,
    mfa: asked.mfa,
    mfaAgeSeconds: asked.mfaAgeSeconds,
    durationSeconds: asked.durationSeconds,
    breakGlass: requested.breakGlass,
    outcome: decision.outcome,
    policies: list(decision.policies),
    bundle: decision.bundle,
    approvers: list(approvers.map(([approver]) => approver)),
    decidedAt: facts.decidedAt,
    startsAt: facts.startsAt === null ? null : formatInstant(facts.startsAt),
    expiresAt: facts.expiresAt === null ? null : formatInstant(facts.expiresAt),
    status: facts.status,
    endedAt: ended?.at ?? null,
    endedBy: ended?.by ?? null,
    endReason: ended?.reason ?? null,
    vends: facts.vends,
    vendsFailed: facts.vendsFailed,
    extensions: facts.extensions,
    killSeconds: facts.killSeconds,
    review: reviewOf(facts),
    reviewer: reviewed?.by ?? null,
    reviewedAt: reviewed?.at ?? null,
    firstEntry: entries[0] ?? null,
    lastEntry: entries.at(-1) ?? null,
  });
}

function reviewOf(facts: GrantFacts): string | null {
  if (facts.reviewed !== null) return 'done';
  return owesReview(facts) ? 'due' : null;
}

function reviewRows(facts: GrantFacts, until: Instant): readonly Row[] {
  const { requested, startsAt, ended, reviewDueAt, reviewed } = facts;
  if (reviewOf(facts) === null) return [];
  const done = reviewed === null ? until : Date.parse(reviewed.at);
  const isLate = reviewDueAt !== null && Date.parse(reviewDueAt) < done;
  return [
    row('reviews', {
      ...ofGrant(requested, facts),
      startsAt: startsAt === null ? null : formatInstant(startsAt),
      endedAt: ended?.at ?? null,
      dueAt: reviewDueAt,
      review: reviewed === null ? (isLate ? 'missing' : 'due') : isLate ? 'late' : 'done',
      reviewedAt: reviewed?.at ?? null,
      reviewer: reviewed?.by ?? null,
      reviewerName: reviewed?.byName ?? null,
      comment: reviewed?.comment ?? null,
      entry: reviewed?.entry ?? null,
    }),
  ];
}

function missing(facts: GrantFacts, until: Instant): readonly Row[] {
  const { requested, ended, expiresAt, revoking, reviewed, reviewDueAt, entries } = facts;
  const place = { ...placeOf(requested, entries[0] ?? 0), ...ofGrant(requested, facts) };
  const found: Row[] = [];
  const add = (kind: string, detail: string): void => {
    found.push(row('exceptions', { ...place, kind, detail }));
  };
  const isLate = (since: Instant | null, seconds: number): boolean =>
    ended === null && since !== null && until - since > seconds * 1000;
  if (isLate(expiresAt, LATE_END_SECONDS)) {
    add('not-ended', `it was to end at ${formatInstant(expiresAt ?? 0)}`);
  }
  if (revoking !== null && isLate(Date.parse(revoking.at), LATE_KILL_SECONDS)) {
    add('not-killed', `its keys were to be denied from ${revoking.at} on`);
  }
  if (reviewDueAt === null || !owesReview(facts)) return found;
  const due = Date.parse(reviewDueAt);
  if (reviewed === null && due < until) add('review-missing', `it was due at ${reviewDueAt}`);
  if (reviewed !== null && due < Date.parse(reviewed.at)) {
    add('review-late', `it was due at ${reviewDueAt}, and done at ${reviewed.at}`);
  }
  return found;
}
