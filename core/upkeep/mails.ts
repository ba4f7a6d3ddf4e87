import type { AuditEvent } from '../audit.ts';
import type { Grant, PendingExtension } from '../grant.ts';
import { formatInstant } from '../instant.ts';

/** Mails for people, each with what they can do about it. */
export type Audience = 'approvers' | 'security';

export type Mail = {
  readonly audience: Audience;
  /** At most 100 characters of ASCII (SNS API Reference, Publish). */
  readonly subject: string;
  readonly body: string;
};

/** The mails that an event causes; most events cause none. */
export function mailsOf(event: AuditEvent, grant: Grant): readonly Mail[] {
  const to = (audience: Audience, headline: string, todo: readonly string[]): Mail => ({
    audience,
    subject: subjectOf(`${headline}: ${grant.entitlement} (${grant.id})`),
    body: [`${headline}.`, '', ...factsOf(grant), '', ...todo, ''].join('\n'),
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
    case 'approved':
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
    `How long: ${grant.durationSeconds} seconds`,
    ...time('From', grant.startsAt),
    ...time('Until', grant.expiresAt),
    ...time('Keys may work until', grant.keysValidUntil),
    `Why: ${grant.justification || '(no reason given)'}`,
    ...(grant.ticket === null ? [] : [`Ticket: ${grant.ticket}`]),
  ];
}

function voteOnExtension(
  grant: Grant,
  { durationSeconds, justification, approvals }: PendingExtension,
): readonly string[] {
  return [
    `More time: ${durationSeconds} seconds, from the approval or from a later start`,
    `Why more: ${justification || '(no reason given)'}`,
    '',
    ...voteOn({ ...grant, approvals }),
  ];
}

function voteOn(grant: Grant): readonly string[] {
  const { lapseAt } = grant.approvals;
  return [
    `See what it may do:  GET /v1/grants/${grant.id}`,
    `Say yes:             POST /v1/grants/${grant.id}/approve`,
    `Say no:              POST /v1/grants/${grant.id}/deny`,
    ...(lapseAt === null ? [] : [`Without enough votes it lapses at ${formatInstant(lapseAt)}.`]),
  ];
}

function endIt(grant: Grant): readonly string[] {
  return [`End it now:          POST /v1/grants/${grant.id}/revoke`];
}

function reviewIt(grant: Grant): readonly string[] {
  if (grant.review === null) return [];
  const due = formatInstant(grant.review.dueAt);
  return [`Review it (until ${due}): POST /v1/grants/${grant.id}/review`];
}

function subjectOf(text: string): string {
  return `[Valet Key] ${text}`.replace(/[^\x20-\x7e]/g, '?').slice(0, 100);
}
