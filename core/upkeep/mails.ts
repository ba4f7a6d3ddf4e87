import { type AuditEvent, BROKER } from '../audit.ts';
import { inWords } from '../duration.ts';
import type { Grant, PendingExtension } from '../grant.ts';
import { formatInstant } from '../instant.ts';
import { withoutControlCharacters } from '../text.ts';

/** Mails for people, each with what they can do about it. */
export type Audience = 'approvers' | 'security' | 'requesters';

export type Mail = {
  readonly audience: Audience;
  /** At most 100 characters of ASCII (SNS API Reference, Publish). */
  readonly subject: string;
  readonly body: string;
  /** Whose grant it is, for subscriptions that filter. The id identifies; the name is for display. */
  readonly attributes: { readonly requester: string; readonly requesterName: string };
};

/**
 * The mails that an event causes; most events cause none.
 *
 * @param apiUrl Where the broker answers, for links.
 */
export function mailsOf(event: AuditEvent, grant: Grant, apiUrl: string): readonly Mail[] {
  const { id, name } = grant.requester;
  const requesterName = withoutControlCharacters(name) || id;
  const to = (audience: Audience, headline: string, todo: readonly string[]): Mail => ({
    audience,
    subject: subjectOf(`${headline}: ${grant.entitlement} (${grant.id})`),
    body: bodyOf([
      ...[`${headline}.`, '', ...factsOf(grant), '', ...todo],
      ...(audience === 'requesters' ? NOT_ME : []),
      ...[
        `See it:       valetkey status ${grant.id}`,
        `              ${pageOf(grant.id, apiUrl)}`,
        `As JSON:      ${linkTo(grant, apiUrl)}`,
        '',
      ],
    ]),
    attributes: { requester: id, requesterName },
  });
  const breakGlassUsed = (): readonly Mail[] => {
    const todo = [...endIt(grant), ...reviewIt(grant)];
    return [
      to('approvers', 'Break-glass was used', todo),
      to('security', 'Break-glass was used', todo),
    ];
  };
  switch (event.type) {
    case 'requested': {
      if (grant.breakGlass && event.status === 'active') return breakGlassUsed();
      return event.status === 'pending'
        ? [to('approvers', 'A request waits for your vote', voteOn(grant))]
        : [];
    }
    case 'voted':
      return event.warning === undefined
        ? []
        : [
            to('security', 'A voter may be the requester', [
              `Warning: ${event.warning}.`,
              ...endIt(grant),
            ]),
          ];
    case 'approved': {
      const used = grant.breakGlass && event.status === 'active' ? breakGlassUsed() : [];
      return [...used, to('requesters', 'Your request was approved', useIt(grant))];
    }
    case 'denied':
      return [to('requesters', 'Your request was denied', [`Reason:       ${event.reason}`])];
    case 'extended':
      return event.actor === BROKER || event.actor.id === grant.requester.id
        ? []
        : [to('requesters', 'Your extension was approved', useIt(grant))];
    case 'extension-refused':
      return [to('requesters', 'Your extension was denied', [`Reason:       ${event.reason}`])];
    case 'lapsed':
      return [to('requesters', 'Your request lapsed: not enough people voted', askAgain(grant))];
    case 'started':
      return grant.breakGlass && event.status === 'active' ? breakGlassUsed() : [];
    case 'extension-requested':
      return grant.extension === null
        ? []
        : [
            to(
              'approvers',
              'An extension waits for your vote',
              voteOnExtension(grant, grant.extension),
            ),
          ];
    case 'reminded':
      return [to('approvers', 'A request still waits for your vote', voteOn(grant))];
    case 'escalated':
      return [to('approvers', 'A request was escalated to the second tier', voteOn(grant))];
    case 'review-reminded':
      return [
        to('approvers', 'A break-glass use needs its review', reviewIt(grant)),
        to('security', 'A break-glass use needs its review', reviewIt(grant)),
      ];
    case 'kill-failed':
      return [
        to('security', 'The kill switch cannot be written', [
          `Role: ${event.role}`,
          `Reason: ${event.reason}`,
          'Its keys may work until the time above. The broker keeps trying, and vends nothing on this role meanwhile.',
          'What to do: docs/runbooks/kill-switch-cannot-be-written.md',
        ]),
      ];
    case 'outlived':
      return [
        to('security', 'Keys ran out before the kill switch could be written', [
          'They worked until they ran out. Check in CloudTrail what they did after the revocation:',
          `the SourceIdentity ends in ${grant.id}.`,
        ]),
      ];
    default:
      return [];
  }
}

function factsOf(grant: Grant): readonly string[] {
  const time = (name: string, at: number | null): string[] =>
    at === null ? [] : [`${name}: ${formatInstant(at)}`];
  return [
    `Who: ${grant.requester.name} (${grant.requester.id})`,
    `What: ${grant.entitlement} ${JSON.stringify(grant.parameters)}`,
    `How long: ${inWords(grant.durationSeconds)}`,
    ...time('From', grant.startsAt),
    ...time('Until', grant.expiresAt),
    ...time('Keys may work until', grant.keysValidUntil),
    `Why: ${grant.justification || '(no reason given)'}`,
    ...(grant.ticket === null ? [] : [`Ticket: ${grant.ticket}`]),
  ];
}

function voteOnExtension(
  grant: Grant,
  { durationSeconds, justification, approvals, requestedAt }: PendingExtension,
): readonly string[] {
  return [
    `More time: ${durationSeconds} seconds, from the approval or from a later start`,
    `Why more: ${justification || '(no reason given)'}`,
    '',
    ...voteOn({ ...grant, approvals }, ` --extension ${formatInstant(requestedAt)}`),
  ];
}

function voteOn(grant: Grant, about = ''): readonly string[] {
  const { lapseAt, matchCode } = grant.approvals;
  const code = matchCode === undefined ? '' : ' --code NN';
  return [
    ...(matchCode === undefined ? [] : [ASK_FOR_CODE]),
    `Say yes:      valetkey approve ${grant.id}${about}${code}`,
    `Say no:       valetkey deny ${grant.id}${about} --comment "Use the replica"`,
    ...(lapseAt === null ? [] : [`Without enough votes it lapses at ${formatInstant(lapseAt)}.`]),
  ];
}

const ASK_FOR_CODE =
  'Ask the requester, in person or by phone, for the two digits NN that they were shown.';

function endIt(grant: Grant): readonly string[] {
  return [`End it now:   valetkey revoke ${grant.id}`];
}

function reviewIt(grant: Grant): readonly string[] {
  if (grant.review === null) return [];
  const due = formatInstant(grant.review.dueAt);
  return [`Review it:    valetkey review ${grant.id}    (until ${due}, once it was used)`];
}

function useIt(grant: Grant): readonly string[] {
  const votes = grant.approvals.votes.map(({ approver, vote, comment }) => {
    const said = comment === null ? '' : `: ${comment}`;
    return `${vote === 'approve' ? 'Approved by' : 'Opposed by'}:  ${approver.name}${said}`;
  });
  return [
    ...votes,
    `Use it:       valetkey exec ${grant.entitlement} --grant ${grant.id} -- COMMAND`,
  ];
}

function askAgain(grant: Grant): readonly string[] {
  return [`Ask again:    valetkey request ${grant.entitlement}`];
}

/** It ends everything under the identity, and only an administrator lets it in again. */
const NOT_ME = ['Not you?      valetkey suspend me --reason "This was not me"'];

function linkTo({ id }: Grant, apiUrl: string): string {
  return `${apiUrl.replace(/\/+$/, '')}/v1/grants/${id}`;
}

/** Where people see a grant and act on it, signed in. Whoever has the link has no right by it. */
export function pageOf(grantId: string, apiUrl: string): string {
  return `${apiUrl.replace(/\/+$/, '')}/#/grants/${grantId}`;
}

/** Ids and reasons may hold characters that hide text or add a line. */
export function bodyOf(lines: readonly string[]): string {
  return lines.map((line) => withoutControlCharacters(line)).join('\n');
}

export function subjectOf(text: string): string {
  return `[Valet Key] ${text}`.replace(/[^\x20-\x7e]/g, '?').slice(0, 100);
}
