import type { AuditEvent } from '../audit.ts';
import type { Grant } from '../grant.ts';
import type { Instant } from '../instant.ts';
import { withoutControlCharacters } from '../text.ts';
import { bodyOf, type Mail, subjectOf } from './mails.ts';

/** Approvers who get mail after mail stop reading, and whoever wants a yes counts on that. */

const MAILS_AN_HOUR = 10;
const HOUR_MS = 3_600_000;

/** The events that ask approvers for a vote. */
const ASKING: readonly AuditEvent['type'][] = [
  ...(['requested', 'extension-requested'] as const),
  ...(['reminded', 'escalated'] as const),
];

/** What is counted where an event asks approvers for a vote: events of its type about one requester in an hour. */
export type Crowd = {
  readonly type: AuditEvent['type'];
  readonly requester: string;
  /** Since 1970. */
  readonly hour: number;
};

/** Null where the event asks nobody for a vote. */
export function crowdOf({ type, status, at }: AuditEvent, { requester }: Grant): Crowd | null {
  const asks = ASKING.includes(type) && (type !== 'requested' || status === 'pending');
  return asks ? { type, requester: requester.id, hour: hourOf(at) } : null;
}

function hourOf(at: Instant): number {
  return Math.floor(at / HOUR_MS);
}

/**
 * The mails of an event that is the n-th of its crowd: its own up to ten, at the eleventh one to each audience that
 * stands for all others of the hour, and none afterwards.
 */
export function mailsInCrowd(mails: readonly Mail[], grant: Grant, nth: number): readonly Mail[] {
  if (nth <= MAILS_AN_HOUR) return mails;
  if (nth > MAILS_AN_HOUR + 1) return [];
  const audiences: Mail['audience'][] = ['approvers', 'security'];
  // The person may not have asked for anything. A job reads no mail.
  if (grant.requester.type === 'User') audiences.push('requesters');
  return audiences.map((audience) => toAll(audience, grant));
}

function toAll(audience: Mail['audience'], { requester }: Grant): Mail {
  const { id, name } = requester;
  const requesterName = withoutControlCharacters(name) || id;
  const headline =
    audience === 'requesters'
      ? 'Many of your requests ask for votes'
      : 'Many requests of one principal ask for votes';
  const silence =
    audience === 'requesters'
      ? 'Approvers get no further mail about them until the hour is over.'
      : 'No further mail comes about its requests until the hour is over.';
  const todo = {
    approvers: [
      'Approve only what somebody asked you for in person. Nobody has to answer all of them: what is not voted on lapses.',
      '',
      'What waits for your vote: valetkey requests --reviewable',
    ],
    security: [
      'Somebody may hope for a yes by mistake. Ask the person, over another channel than this one.',
      '',
      `What it asked for: valetkey requests --requester ${id}`,
      `Keep it out:       valetkey suspend ${id} --reason "Approvals were bombed"`,
    ],
    requesters: [
      'If these are your requests, tell an approver which ones matter.',
      'See them: valetkey requests',
      '',
      'If they are not, somebody else may use your account. End everything under it:',
      'valetkey suspend me --reason "This was not me"',
      'Only an administrator lets you in again. Your security team was told, too.',
    ],
  }[audience];
  const body = bodyOf([
    `${headline}.`,
    '',
    `Who: ${requesterName} (${id})`,
    `More than ${MAILS_AN_HOUR} within an hour. ${silence}`,
    '',
    ...todo,
    '',
  ]);
  const attributes = { requester: id, requesterName };
  return { audience, subject: subjectOf(`${headline}: ${requesterName}`), body, attributes };
}
