import { type Grant, next } from '../grant.ts';
import type { Instant } from '../instant.ts';

/** What is due on a request that still waits for votes. */
export type Chase =
  | { readonly kind: 'reminded' | 'escalated' | 'lapsed'; readonly grant: Grant }
  | { readonly kind: 'nothing' };

/** Reminder, then the second tier, then the end; each once, the latest that is due first. */
export function chase(grant: Grant, now: Instant): Chase {
  const { approvals } = grant;
  if (grant.status !== 'pending') return { kind: 'nothing' };
  const due = (at: Instant | null): boolean => at !== null && now >= at;
  if (due(approvals.lapseAt)) return { kind: 'lapsed', grant: lapsed(grant) };
  if (due(approvals.escalateAt)) {
    const changes = { ...approvals, escalated: true, escalateAt: null };
    return { kind: 'escalated', grant: next(grant, { approvals: changes }) };
  }
  if (due(approvals.remindAt)) {
    return {
      kind: 'reminded',
      grant: next(grant, { approvals: { ...approvals, remindAt: null } }),
    };
  }
  return { kind: 'nothing' };
}

/** When `chase` has something to do next. */
export function nextChase({ approvals }: Grant): Instant {
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
