import { formatDuration } from '../../core/duration.ts';
import type { Decision, Grant } from '../broker/answers.ts';
import { plain, type Style, type Terminal } from '../terminal.ts';

/** Prints grants and decisions for people. */

const STYLES: Readonly<Record<string, Style>> = {
  active: 'green',
  pending: 'yellow',
  scheduled: 'cyan',
  denied: 'red',
  lapsed: 'red',
  revoking: 'yellow',
};

export function showStatus(out: Terminal, status: string): string {
  return out.paint(STYLES[status] ?? 'dim', plain(status));
}

export function showGrant(out: Terminal, grant: Grant): void {
  const { id, entitlement, requester, approvals, decision } = grant;
  out.print(`${out.paint('bold', id)}  ${showStatus(out, grant.status)}  ${plain(entitlement)}`);
  const line = (name: string, text: string | null): void => {
    if (text !== null && text !== '') out.print(`  ${name.padEnd(10)} ${plain(text)}`);
  };
  line('who', `${requester.name} (${requester.id})`);
  line('with', parametersOf(grant));
  line('scope', grant.scope === null ? null : JSON.stringify(grant.scope));
  line('why', grant.justification);
  line('ticket', grant.ticket);
  line('from', timeOf(grant.startsAt));
  line('until', timeOf(grant.expiresAt));
  line('ended', grant.endedAt && `${timeOf(grant.endedAt)}: ${grant.endReason ?? ''}`);
  if (grant.endedAt === null) line('because', grant.endReason);
  line('keys', grant.keysValidUntil && `valid until ${timeOf(grant.keysValidUntil)}`);
  const votesOn = ({ required, votes }: Pick<Grant['approvals'], 'required' | 'votes'>): void => {
    const yes = votes.filter(({ vote }) => vote === 'approve').length;
    if (required > 0) line('approvals', `${yes} of ${required}`);
    for (const { approver, vote, comment } of votes) {
      line('', `${vote} by ${approver.name}${comment === null ? '' : `: ${comment}`}`);
    }
  };
  votesOn(approvals);
  line('code', matchCodeOf(grant));
  if (grant.extension != null) {
    line('extension', extensionOf(grant.extension));
    line('', grant.extension.justification);
    votesOn(grant.extension.approvals);
  }
  line('review', grant.review ? `${grant.review.status}, by ${grant.review.dueAt}` : null);
  line('decided', `${decision.outcome} by ${decision.policies.join(', ') || 'no policy'}`);
  if (grant.status === 'pending') for (const advice of decision.advice) line('advice', advice);
}

/** What the requester has to tell whoever approves; null where nothing is to be told, or another answer had it. */
export function matchCodeOf({ matchCode }: Grant): string | null {
  return matchCode === undefined ? null : `${matchCode}: tell it to whoever approves`;
}

function extensionOf({ durationSeconds, approvals }: NonNullable<Grant['extension']>): string {
  const lapses = timeOf(approvals.lapsesAt ?? null);
  return `of ${formatDuration(durationSeconds)} waits for approval${lapses === null ? '' : ` until ${lapses}`}`;
}

export function showDecision(out: Terminal, { outcome, policies, advice }: Decision): void {
  const words = {
    allow: out.paint('green', 'allowed at once'),
    approve: out.paint('yellow', 'needs approval'),
    deny: out.paint('red', 'denied'),
  };
  const by = policies.length === 0 ? '' : `  (${policies.map(plain).join(', ')})`;
  out.print(`${words[outcome]}${by}`);
  for (const text of advice) out.print(`  ${plain(text)}`);
}

export function showGrants(out: Terminal, grants: readonly Grant[]): void {
  if (grants.length === 0) out.print('None.');
  for (const grant of grants) {
    const { id, status, entitlement, requester, expiresAt } = grant;
    const waits = grant.extension == null ? '' : ', extension waits for approval';
    const until = expiresAt === null ? '' : `until ${timeOf(expiresAt)}${waits}`;
    const gap = ' '.repeat(Math.max(1, 11 - status.length));
    const facts = [entitlement, requester.name, parametersOf(grant), until];
    const text = facts
      .filter((fact) => fact !== '')
      .map(plain)
      .join('  ');
    out.print(`${id}  ${showStatus(out, status)}${gap}${text}`);
  }
}

export function parametersOf({ parameters }: Grant): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}

/** A time and its distance from now: `2026-11-24T12:00:00Z (in 28 min)`. */
export function timeOf(text: string | null, now = Date.now()): string | null {
  if (text === null || Number.isNaN(Date.parse(text))) return null;
  const minutes = Math.round((Date.parse(text) - now) / 60_000);
  const near = Math.abs(minutes) < 600;
  const away = minutes >= 0 ? `in ${minutes} min` : `${-minutes} min ago`;
  return near ? `${text} (${away})` : text;
}
