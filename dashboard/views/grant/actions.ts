import type { Grant, Me } from '../../api/types.ts';
import { waitingOf } from '../../grant/waiting.ts';

export type Action =
  | 'release'
  | 'extend'
  | 'cancel'
  | 'command'
  | 'not-me'
  | 'vote'
  | 'revoke'
  | 'review';

/** What to offer to whom. Where only the broker knows whether they may, it is offered where it is plausible. */
export function actionsFor(grant: Grant, me: Me, now: number): readonly Action[] {
  return grant.requester.id === me.id ? ownActions(grant, me) : othersActions(grant, me, now);
}

function ownActions({ status, keysValidUntil }: Grant, { type }: Me): readonly Action[] {
  const used = keysValidUntil !== null;
  const offered: readonly (readonly [Action, boolean])[] = [
    ['release', status === 'active' || (status === 'scheduled' && used)],
    ['extend', status === 'active' || status === 'scheduled'],
    ['cancel', status === 'pending' || (status === 'scheduled' && !used)],
    ['command', status === 'active'],
    ['not-me', type === 'User'],
  ];
  return chosen(offered);
}

function othersActions(grant: Grant, me: Me, now: number): readonly Action[] {
  const { status, approvals, review } = grant;
  const administers = me.may.includes('administer');
  const voted = approvals.votes.some(({ approver }) => approver.id === me.id);
  // Who neither audits nor administers sees another's grant only as one who may vote, revoke or review.
  const mayEnd = administers || voted || !me.may.includes('audit');
  return chosen([
    ['vote', waitingOf(grant, now) !== null],
    [
      'revoke',
      status === 'active' || status === 'scheduled' ? mayEnd : status === 'pending' && administers,
    ],
    ['review', review?.status === 'due'],
  ]);
}

function chosen(offered: readonly (readonly [Action, boolean])[]): readonly Action[] {
  return offered.flatMap(([action, is]) => (is ? [action] : []));
}
