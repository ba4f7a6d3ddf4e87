import { inWords } from '../duration.ts';
import type { Approvals, Grant, Vote } from '../grant.ts';
import { waitsForVotes } from '../grant.ts';
import type { Instant } from '../instant.ts';
import type { RequestSignals } from '../request-signals.ts';
import { pageOf } from '../upkeep/mails.ts';
import type { Announcement, Fact } from './announcement.ts';

/** What the bundle says of the entitlement; nulls where it does not have it any more. */
export type AboutEntitlement = { readonly title: string | null; readonly risk: string | null };

export type Audience = 'approvers' | 'requester';

/** The message about a grant as it is now. The same grant always makes the same message. */
export function describeGrant(
  grant: Grant,
  about: AboutEntitlement,
  audience: Audience,
  apiUrl: string,
): Announcement {
  const headline = HEADLINES[audience][stageOf(grant)];
  const waits = waitsForVotes(grant);
  return {
    headline,
    tone: waits ? 'waiting' : isGood(grant) ? 'good' : 'ended',
    summary: `${headline}: ${grant.entitlement} (${grant.id})`,
    facts: factsOf(grant, about),
    notes: audience === 'requester' ? [NOT_ME] : notesOf(grant),
    link: {
      label: audience === 'approvers' && waits ? 'Review' : 'Open',
      url: pageOf(grant.id, apiUrl),
    },
    deny: null,
  };
}

/** It ends everything under the identity, and only an administrator lets it in again. */
const NOT_ME =
  'This wasn’t you? Open it and say so, or run: valetkey suspend me --reason "This was not me"';

/** Where a grant is, as people see it. */
export type Stage =
  | 'waits'
  | 'escalated'
  | 'extension-waits'
  | 'break-glass'
  | 'break-glass-ended'
  | 'approved'
  | Exclude<Grant['status'], 'pending' | 'active' | 'scheduled'>;

export function stageOf(grant: Grant): Stage {
  if (grant.status === 'pending') return grant.approvals.escalated ? 'escalated' : 'waits';
  if (waitsForVotes(grant)) return 'extension-waits';
  if (grant.status === 'scheduled') return 'approved';
  if (grant.status === 'active') return grant.breakGlass ? 'break-glass' : 'approved';
  return hasBrokenGlass(grant) ? 'break-glass-ended' : grant.status;
}

/** A break-glass grant that began. */
export function hasBrokenGlass({ breakGlass, status }: Grant): boolean {
  return breakGlass && ['active', 'expired', 'revoking', 'revoked'].includes(status);
}

function isGood(grant: Grant): boolean {
  return stageOf(grant) === 'approved';
}

const HEADLINES: Readonly<Record<Audience, Readonly<Record<Stage, string>>>> = {
  approvers: {
    waits: 'A request waits for your vote',
    escalated: 'A request was escalated to the second tier',
    'extension-waits': 'An extension waits for your vote',
    'break-glass': 'Break-glass was used',
    'break-glass-ended': 'Break-glass was used, and has ended',
    approved: 'A request was approved',
    denied: 'A request was denied',
    cancelled: 'A request was cancelled',
    lapsed: 'A request lapsed: not enough people voted',
    expired: 'Access has ended',
    revoking: 'Access is being revoked',
    revoked: 'Access was revoked',
  },
  requester: {
    waits: 'Your request waits for votes',
    escalated: 'Your request was escalated to the second tier',
    'extension-waits': 'Your extension waits for votes',
    'break-glass': 'You used break-glass',
    'break-glass-ended': 'You used break-glass, and it has ended',
    approved: 'Your request was approved',
    denied: 'Your request was denied',
    cancelled: 'Your request was cancelled',
    lapsed: 'Your request lapsed: not enough people voted',
    expired: 'Your access has ended',
    revoking: 'Your access is being revoked',
    revoked: 'Your access was revoked',
  },
};

function factsOf(grant: Grant, about: AboutEntitlement): readonly Fact[] {
  const { approvals, extension, requester } = grant;
  const fact = (name: string, value: string | null): Fact[] =>
    value === null || value === '' ? [] : [{ name, value }];
  const at = (name: string, time: Instant | null): Fact[] =>
    fact(name, time === null ? null : readable(time));
  const { title } = about;
  return [
    ...fact('Who', `${requester.name} (${requester.id})`),
    ...fact('What', title === null ? grant.entitlement : `${title} (${grant.entitlement})`),
    ...fact('Parameters', parametersOf(grant)),
    ...fact('Risk', about.risk),
    ...fact('Unusual', signalsInWords(grant.requestedWith.signals).join(', ')),
    ...fact('Ticket', grant.ticket),
    ...fact('How long', inWords(grant.durationSeconds)),
    ...at('From', grant.startsAt),
    ...at('Until', grant.expiresAt),
    ...(extension === null ? votesOn(approvals) : []),
    ...(grant.status === 'pending' ? at('Lapses', approvals.lapseAt) : []),
    ...fact('Why', grant.justification || '(no reason given)'),
    ...(extension === null || !waitsForVotes(grant)
      ? []
      : [
          ...fact('More time', inWords(extension.durationSeconds)),
          ...votesOn(extension.approvals),
          ...at('Lapses', extension.approvals.lapseAt),
          ...fact('Why more', extension.justification || '(no reason given)'),
        ]),
    ...at('Ended', grant.endedAt),
    ...fact('Reason', grant.endReason),
    ...(grant.review?.status === 'due' ? at('Review due', grant.review.dueAt) : []),
    ...fact('Reviewed by', grant.review?.reviewer?.name ?? null),
  ];
}

function notesOf(grant: Grant): readonly string[] {
  const { approvals } = grant.extension ?? grant;
  const code =
    waitsForVotes(grant) && approvals.matchCode !== undefined
      ? [
          'Before you approve, ask the requester, in person or by phone, for the two digits that they were shown.',
        ]
      : [];
  const review =
    hasBrokenGlass(grant) && grant.review?.status === 'due'
      ? ['Somebody else has to review this use, on the page.']
      : [];
  return [...code, ...review];
}

function parametersOf({ parameters, scope }: Grant): string {
  const values = Object.entries(parameters).map(([name, value]) => `${name} = ${value}`);
  return [...values, ...(scope === null ? [] : ['narrowed by the requester'])].join(', ');
}

function votesOn({ required, votes }: Approvals): readonly Fact[] {
  if (required === 0 && votes.length === 0) return [];
  const yes = votes.filter(({ vote }) => vote === 'approve').length;
  const said = votes.map(({ approver, vote }) => `${approver.name} ${WORDS[vote]}`);
  return [{ name: 'Votes', value: [`${yes} of ${required}`, ...said].join(', ') }];
}

const WORDS: Readonly<Record<Vote['vote'], string>> = { approve: 'approved', deny: 'opposed' };

/** What policies may have asked about the request; empty where no policy read any of it. */
function signalsInWords(signals: RequestSignals | undefined): readonly string[] {
  if (signals === undefined) return [];
  const count = (n: number, what: string): string[] => (n === 0 ? [] : [`${n} ${what}`]);
  const say = (is: boolean, what: string): string[] => (is ? [what] : []);
  return [
    ...count(signals.deniedInARow, 'denied in a row'),
    ...count(signals.lapsedLately, 'lapsed within a day'),
    ...count(signals.cancelledLately, 'cancelled within a day'),
    ...say(signals.firstUse90Days, 'first use in 90 days'),
    ...say(signals.newNetwork, 'from a network not seen before'),
    ...say(signals.offHours, 'at an unusual hour'),
    ...say(signals.otherNetwork, 'used from another network'),
    ...say(signals.tokenTwoNetworks, 'one token in two networks'),
  ];
}

/** `2026-11-23 10:15 UTC` */
function readable(time: Instant): string {
  return `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
