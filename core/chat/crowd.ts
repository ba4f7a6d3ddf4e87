import type { Grant } from '../grant.ts';
import { waitsForVotes } from '../grant.ts';
import type { Instant } from '../instant.ts';
import type { Announcement } from './announcement.ts';
import type { Audience } from './describe-grant.ts';

/** Approvers who get message after message stop reading, and whoever wants a yes counts on that. */

export const MESSAGES_AN_HOUR = 10;
const HOUR_MS = 3_600_000;

/** The requests of one principal in one hour. Null where the grant waits for nobody's vote. */
export function chatCrowdOf(grant: Grant): string | null {
  if (!waitsForVotes(grant)) return null;
  return `CROWD#${grant.requester.id}#${hourOf(grant.extension?.requestedAt ?? grant.createdAt)}`;
}

function hourOf(at: Instant): number {
  return Math.floor(at / HOUR_MS);
}

/** One message for all of a crowd that have none of their own. */
export function describeCrowd(
  { requester }: Pick<Grant, 'requester'>,
  audience: Audience,
  apiUrl: string,
): Announcement {
  const toApprovers = audience === 'approvers';
  const headline = toApprovers
    ? 'Many requests of one principal ask for votes'
    : 'Many of your requests ask for votes';
  const page = toApprovers ? 'approve' : '';
  return {
    headline,
    tone: 'waiting',
    summary: headline,
    facts: [{ name: 'Who', value: `${requester.name} (${requester.id})` }],
    notes: toApprovers
      ? [
          `More than ${MESSAGES_AN_HOUR} within an hour. Those of this hour that follow have no message of their own here.`,
          'Approve only what somebody asked you for in person. Nobody has to answer all of them: what is not voted on lapses.',
        ]
      : [
          'If these are your requests, tell an approver which ones matter.',
          'If they are not, somebody else may use your account. Run: valetkey suspend me --reason "This was not me"',
        ],
    link: { label: 'Open', url: `${apiUrl.replace(/\/+$/, '')}/#/${page}` },
    deny: null,
  };
}
