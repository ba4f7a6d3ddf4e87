import { type Approvals, type Grant, next, type Vote } from '../grant.ts';
import type { RandomBytes } from '../ids.ts';
import { hashedCode } from './hashed-code.ts';
import { votedOn, withApprovals } from './vote.ts';

/**
 * Two digits that the requester tells the approver over a channel of their own. Whoever approves without having spoken to
 * the requester, by mistake or because there were so many, does not know them.
 */

export function newMatchCode(random: RandomBytes): string {
  const number = random(4).reduce((sum, byte) => sum * 256 + byte, 0) % 100;
  return String(number).padStart(2, '0');
}

/** The code for its requester, where it is the one of what waits for votes; null for that of an earlier answer. */
export function shownCode(grant: Grant, code: string): string | null {
  return isRight(grant, votedOn(grant), code) ? code : null;
}

function isRight({ id }: Grant, { matchCode }: Approvals, code: string): boolean {
  return matchCode !== undefined && matchCode.hash === hashedCode(id, code).hash;
}

export type Checked =
  | { readonly kind: 'right' | 'missing' }
  | { readonly kind: 'wrong'; readonly grant: Grant; readonly triesLeft: number };

/** Only a yes needs the code. A wrong one leaves a try less; the caller ends what has none left. */
export function checkCode(grant: Grant, vote: Vote['vote'], code: string | null): Checked {
  const approvals = votedOn(grant);
  const { matchCode } = approvals;
  if (matchCode === undefined || vote === 'deny') return { kind: 'right' };
  if (code === null) return { kind: 'missing' };
  if (isRight(grant, approvals, code)) return { kind: 'right' };
  const triesLeft = matchCode.triesLeft - 1;
  const left = { ...approvals, matchCode: { ...matchCode, triesLeft } };
  return { kind: 'wrong', grant: withApprovals(next(grant, {}), left), triesLeft };
}
