import type { Approval } from '../entitlement.ts';
import { type Grant, next, type PendingExtension, type WrongState } from '../grant.ts';
import { addSeconds, formatInstant, type Instant } from '../instant.ts';
import { err, ok, type Result } from '../result.ts';
import type { Marks } from '../same-person.ts';
import { hashedCode } from './hashed-code.ts';
import { expiryOf } from './new-grant.ts';

/** An extension that people have to approve, from its request to its end. */

export type AskedExtension = Pick<
  PendingExtension,
  'durationSeconds' | 'justification' | 'decision' | 'inputs'
> & {
  /** They identify the person who asks, who cannot vote on it under any alias. */
  readonly marks: Marks;
  /** For an entitlement whose approvers must hear it from the requester. */
  readonly matchCode: string;
};

/**
 * The grant as it is, with an extension that waits for votes. It replaces a pending one, unless it asks
 * for more: a vote that is under way would count for more time than its voter has seen.
 */
export function askForExtension(
  grant: Grant,
  { marks, matchCode, ...asked }: AskedExtension,
  terms: { readonly approval: Approval; readonly maxDurationSeconds: number },
  now: Instant,
): Result<Grant, WrongState> {
  const earlier = openExtension(grant, now);
  if (earlier !== null && asked.durationSeconds > earlier.durationSeconds) {
    return err({ code: 'wrong-state', detail: longerThan(earlier) });
  }
  const { required, refusals, lapseAfterSeconds } = terms.approval;
  const lapseAt = Math.min(addSeconds(now, lapseAfterSeconds), grant.expiresAt ?? now);
  const waits = { votes: [], remindAt: null, escalateAt: null, escalated: false, lapseAt };
  const extension: PendingExtension = {
    ...asked,
    requestedAt: now,
    latestEnd: expiryOf(grant.startsAt ?? now, terms.maxDurationSeconds),
    approvals: {
      ...{ required, refusals, ...waits },
      ...(terms.approval.matchCode && { matchCode: hashedCode(grant.id, matchCode) }),
    },
  };
  return ok(next(grant, { extension, marks: [...new Set([...grant.marks, ...marks])] }));
}

/** The extension on which people may vote now; null where there is none, or it has lapsed. */
export function openExtension(
  { extension }: Pick<Grant, 'extension'>,
  now: Instant,
): PendingExtension | null {
  const lapseAt = extension?.approvals.lapseAt ?? now;
  return now < lapseAt ? extension : null;
}

/** The approved time counts from the approval, or from a start that is still ahead. */
export function extendAsApproved(
  grant: Grant,
  { durationSeconds, latestEnd }: PendingExtension,
  at: Instant,
): Grant {
  const wanted = expiryOf(Math.max(at, grant.startsAt ?? at), durationSeconds);
  const expiresAt = Math.max(grant.expiresAt ?? 0, Math.min(wanted, latestEnd));
  return { ...grant, expiresAt, extension: null };
}

function longerThan({ durationSeconds, approvals }: PendingExtension): string {
  const until = approvals.lapseAt === null ? '' : ` until ${formatInstant(approvals.lapseAt)}`;
  return `An extension of ${durationSeconds} seconds waits for votes${until}. Wait for them, or ask for no more than that.`;
}
