import { type Grant, next } from '../grant.ts';
import type { Instant } from '../instant.ts';

/** What time has made due on a request that still waits for votes. */
export type Reminder =
  | { readonly kind: 'reminded' | 'escalated' | 'lapsed'; readonly grant: Grant }
  | { readonly kind: 'nothing' };

/** Reminder, second tier, lapse: each happens once, and of several that are due only the last. */
export function dueReminder(grant: Grant, now: Instant): Reminder {
  const { approvals } = grant;
  if (grant.status !== 'pending') return { kind: 'nothing' };
  const isDue = (at: Instant | null): boolean => at !== null && now >= at;
  if (isDue(approvals.lapseAt)) return { kind: 'lapsed', grant: lapsed(grant) };
  if (isDue(approvals.escalateAt)) {
    // A reminder that is due as well would only follow what says more.
    const remindAt = isDue(approvals.remindAt) ? null : approvals.remindAt;
    const changes = { ...approvals, escalated: true, escalateAt: null, remindAt };
    return { kind: 'escalated', grant: next(grant, { approvals: changes }) };
  }
  if (isDue(approvals.remindAt)) {
    const changes = { ...approvals, remindAt: null };
    return { kind: 'reminded', grant: next(grant, { approvals: changes }) };
  }
  return { kind: 'nothing' };
}

/** When the next reminder, escalation or lapse is due. */
export function nextReminderAt({ approvals }: Grant): Instant {
  const { remindAt, escalateAt, lapseAt } = approvals;
  return Math.min(...[remindAt, escalateAt, lapseAt].flatMap((at) => at ?? []));
}

function lapsed(grant: Grant): Grant {
  return next(grant, {
    status: 'lapsed',
    endedAt: grant.approvals.lapseAt,
    endReason: 'nobody voted in time',
  });
}
