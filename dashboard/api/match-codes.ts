import { draftOf, keepDraft } from '../sign-in/drafts.ts';
import type { Grant } from './types.ts';

/**
 * The two digits that the requester tells the approver. Only the answer to the request has them, so the page keeps them in
 * memory while the request waits, and over a new sign-in as it keeps what was typed.
 */
const KEPT = 'match-codes';

type Kept = Readonly<Record<string, string>>;

/** @param grant as the broker answered a request, or an extension */
export function keepMatchCode(grant: Grant): void {
  if (grant.matchCode === undefined) return;
  keepDraft(KEPT, { ...draftOf<Kept>(KEPT), [nameOf(grant)]: grant.matchCode });
}

/** The digits for what waits for votes now; null where there are none, or this page never had them. */
export function matchCodeOf(grant: Grant): string | null {
  const { matchCode } = waitingOf(grant) ?? {};
  return matchCode === undefined ? null : (draftOf<Kept>(KEPT)?.[nameOf(grant)] ?? null);
}

/** Whether approvers ask for digits. */
export function asksForMatchCode(grant: Grant): boolean {
  return waitingOf(grant)?.matchCode !== undefined;
}

function waitingOf({ status, approvals, extension }: Grant): Grant['approvals'] | null {
  return status === 'pending' ? approvals : (extension?.approvals ?? null);
}

/** A later extension has other digits. */
function nameOf({ id, extension }: Grant): string {
  return extension === null ? id : `${id} ${extension.requestedAt}`;
}
