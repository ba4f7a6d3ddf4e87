import { type AuditEvent, isPrincipal } from '../audit.ts';
import { findEntitlement } from '../bundle/bundle.ts';
import type { Grant, Vote } from '../grant.ts';
import { askForExtension } from '../lifecycle/extension.ts';
import { reviewOwed } from '../lifecycle/new-grant.ts';
import { refusedFor, votedOn, withApprovals, withVotes } from '../lifecycle/vote.ts';
import { err, ok, type Result } from '../result.ts';
import { marksOf } from '../same-person.ts';
import { UNKNOWN_CODE } from './make-again.ts';
import type { ReplayPorts } from './replayed.ts';

/** What votes, and whoever counted them, made of a grant. */

type Event<T extends AuditEvent['type']> = AuditEvent & { readonly type: T };
type Applied = Result<Grant, string>;

/** The trail does not say what the voter's token said, so the vote does not count until it is cast again. */
export function voted(grant: Grant, { actor, vote, comment, at }: Event<'voted'>): Applied {
  if (!isPrincipal(actor)) return err('nobody whom an issuer knows has voted');
  const cast: Vote = { approver: actor, vote, comment, at, marks: [actor.id], facts: null };
  return ok(withVotes(grant, [...votesWithout(grant, actor.id), cast]));
}

export function withdrawn(grant: Grant, { actor }: Event<'vote-withdrawn'>): Applied {
  if (!isPrincipal(actor)) return err('nobody whom an issuer knows has withdrawn a vote');
  return ok(withVotes(grant, votesWithout(grant, actor.id)));
}

/**
 * The votes of others. One of somebody with several accounts may have been the vote of this very person, and
 * does not count any more.
 */
function votesWithout(grant: Grant, voter: string): readonly Vote[] {
  return votedOn(grant)
    .votes.filter(({ approver }) => approver.id !== voter)
    .map((vote) => (vote.marks.length > 1 ? { ...vote, facts: null } : vote));
}

/** Beside a vote, those that do not count when it does; else a match code that was wrong. */
export function voided(
  grant: Grant,
  { approver }: Event<'vote-voided'>,
  together: readonly AuditEvent[],
): Applied {
  if (together.some(({ type }) => type === 'voted')) {
    const kept = votedOn(grant).votes.filter((vote) => vote.approver.id !== approver.id);
    return ok(withVotes(grant, kept));
  }
  const approvals = votedOn(grant);
  const { matchCode } = approvals;
  if (matchCode === undefined) return err('a match code was wrong that it does not have');
  const triesLeft = Math.max(0, matchCode.triesLeft - 1);
  return ok(withApprovals(grant, { ...approvals, matchCode: { ...matchCode, triesLeft } }));
}

export function approved(
  ports: ReplayPorts,
  grant: Grant,
  { decision, status, startsAt, expiresAt }: Event<'approved'>,
): Applied {
  if (grant.status !== 'pending') return err(`it was approved while it was ${grant.status}`);
  if (status !== 'active' && status !== 'scheduled') return err(`it was approved, and ${status}`);
  if (startsAt === undefined || expiresAt === undefined) {
    return err('the record of its approval lacks its start and its end');
  }
  const bundle = ports.bundleOf(decision.bundle);
  const entitlement = bundle && findEntitlement(bundle, grant.entitlement);
  if (entitlement === null) return err(`nobody has the bundle ${decision.bundle} of its approval`);
  const review = reviewOwed(entitlement, startsAt);
  return ok({ ...grant, status, startsAt, expiresAt, review });
}

export function denied(
  grant: Grant,
  { reason, at }: Event<'denied' | 'extension-refused'>,
): Applied {
  return ok(refusedFor(grant, reason, at));
}

export function extensionRequested(
  { bundleOf }: ReplayPorts,
  grant: Grant,
  event: Event<'extension-requested'>,
): Applied {
  const { durationSeconds, justification, decision, inputs } = event;
  const bundle = bundleOf(decision.bundle);
  const entitlement = bundle && findEntitlement(bundle, grant.entitlement);
  if (entitlement?.approval === undefined) {
    return err(`nobody has the bundle ${decision.bundle} of its extension`);
  }
  const { approval, maxDurationSeconds } = entitlement;
  const marks = marksOf(inputs.principal, approval.samePerson);
  if (marks === null) return err('its extension does not say who asked for it');
  const asked = { durationSeconds, justification, decision, inputs, marks, matchCode: '' };
  // Votes name the extension by the moment that policy was asked about.
  const waits = askForExtension(grant, asked, { approval, maxDurationSeconds }, inputs.facts.now);
  return waits.ok ? ok(withUnknownCode(waits.value)) : err(waits.error.detail);
}

function withUnknownCode(grant: Grant): Grant {
  const approvals = votedOn(grant);
  if (approvals.matchCode === undefined) return grant;
  return withApprovals(grant, { ...approvals, matchCode: UNKNOWN_CODE });
}
