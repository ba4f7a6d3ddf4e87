import { inWords } from '../../../core/duration.ts';
import type { GrantEvent } from '../../api/types.ts';
import { type Fields, fieldsOf } from './event-fields.ts';

/** What happened, for people: a sentence, and what somebody wrote of it. */
export type EventWords = {
  readonly says: string;
  readonly quote: string | null;
  /** Not by colour alone: the view has a sign for each. */
  readonly tone: 'good' | 'bad' | 'alarm' | 'plain';
};

type Type = GrantEvent['type'];
type Written = Pick<EventWords, 'says'> & Partial<EventWords>;
type Writer = (who: string, event: Fields) => Written;

const WRITERS: Readonly<Record<Type, Writer>> = {
  requested: (who, { breakGlass, outcome }) => ({
    says: breakGlass
      ? `${who} broke the glass: policy allowed it at once.`
      : `${who} asked for access: ${OUTCOMES[outcome]}.`,
    tone: breakGlass ? 'alarm' : outcome === 'deny' ? 'bad' : 'plain',
  }),
  vended: (who, { session }) => ({
    says: `${who} got keys for ${inWords(session.durationSeconds)}.`,
    tone: 'good',
  }),
  'vend-failed': (who, { reason }) => ({
    says: `${who} asked for keys, and got none.`,
    quote: reason,
    tone: 'bad',
  }),
  voted: (who, { vote, comment, warning }) => ({
    says: `${who} ${vote === 'approve' ? 'approved' : 'denied'} it.${warning === null ? '' : ` Look at this vote: ${warning}.`}`,
    quote: comment,
    tone: vote === 'approve' ? 'good' : 'bad',
  }),
  'vote-withdrawn': (who, { comment }) => ({ says: `${who} withdrew their vote.`, quote: comment }),
  'vote-voided': (_, { approver, reason }) => ({
    says: `The vote of ${approver} does not count.`,
    quote: reason,
    tone: 'bad',
  }),
  approved: () => ({ says: 'Enough people approved, so the request is approved.', tone: 'good' }),
  denied: (_, { reason }) => ({ says: 'The request is denied.', quote: reason, tone: 'bad' }),
  reminded: () => ({ says: 'The broker reminded those who may vote.' }),
  escalated: () => ({ says: 'Nobody had decided: now the second tier may vote as well.' }),
  lapsed: () => ({ says: 'Nobody decided in time, so the request lapsed.', tone: 'bad' }),
  started: () => ({ says: 'The grant began.', tone: 'good' }),
  expired: () => ({ says: 'Its time was up: the grant expired.' }),
  extended: (_, { expiresAt, justification }) => ({
    says: `The grant lasts longer: until ${expiresAt}.`,
    quote: justification,
    tone: 'good',
  }),
  'extension-denied': (who) => ({
    says: `Policy denied ${who} more time. The grant runs on as it was.`,
    tone: 'bad',
  }),
  'extension-requested': (who, { durationSeconds, justification }) => ({
    says: `${who} asked for ${inWords(durationSeconds)} more. That waits for approval.`,
    quote: justification,
  }),
  'extension-refused': (_, { reason }) => ({
    says: 'The extension is refused. The grant runs on as it was.',
    quote: reason,
    tone: 'bad',
  }),
  cancelled: (who, { reason }) => ({ says: `${who} cancelled the request.`, quote: reason }),
  revoking: (who, { reason }) => ({
    says: `${who} ended the grant. The broker writes the deny that kills its keys.`,
    quote: reason,
  }),
  killing: (_, { reason }) => ({
    says: 'The broker denies what still runs in roles that the keys had gone on to.',
    quote: reason,
  }),
  revoked: (who, { reason, killSeconds }) => ({
    says:
      killSeconds === null
        ? `${who} ended the grant. No keys were alive.`
        : `The keys are dead: the deny was written and read back, ${inWords(killSeconds)} after the order.`,
    quote: reason,
    tone: 'good',
  }),
  outlived: (_, { reason }) => ({
    says: 'The kill switch came too late: the keys worked until they ran out.',
    quote: reason,
    tone: 'alarm',
  }),
  'kill-failed': (_, { role, reason }) => ({
    says: `The kill switch of ${role} could not be written. Its keys may still work; the broker tries again.`,
    quote: reason,
    tone: 'alarm',
  }),
  reviewed: (who, { comment }) => ({
    says: `${who} reviewed the use.`,
    quote: comment,
    tone: 'good',
  }),
  'review-reminded': (_, { dueAt }) => ({
    says: `The broker reminded the reviewers: the review is due ${dueAt}.`,
  }),
  'usage-read': (_, { calls, used, granted, unknown, afterEnd }) => ({
    says:
      afterEnd > 0
        ? `Keys worked after the end of the grant: ${countOf(afterEnd, 'call')} after it. Tell the security team.`
        : `The logs show ${countOf(calls, 'call')} under the keys, which used ${used} of ${countOf(granted, 'action')}${unknown > 0 ? `; of ${unknown} more they do not tell` : ''}.`,
    tone: afterEnd > 0 ? 'alarm' : 'plain',
  }),
};

function countOf(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

const OUTCOMES = {
  allow: 'policy allowed it at once',
  approve: 'it needs approval',
  deny: 'policy denied it',
} as const;

export function eventInWords(event: GrantEvent): EventWords {
  const fields = fieldsOf(event);
  return { quote: null, tone: 'plain', ...WRITERS[event.type](actorInWords(event), fields) };
}

/** The name of who did it. */
export function actorInWords({ actor }: Pick<GrantEvent, 'actor'>): string {
  return actor === 'broker' ? 'The broker' : actor.name;
}
