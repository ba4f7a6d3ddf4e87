import type { Grant } from '../api/types.ts';

type Approvals = Grant['approvals'];

/** What people vote on: a request, or the extension of a grant that runs. */
export type Waiting = {
  readonly kind: 'request' | 'extension';
  readonly approvals: Approvals;
  readonly decision: Grant['decision'];
  readonly durationSeconds: number;
  readonly justification: string;
  readonly askedAt: string;
};

/** @returns null where nothing waits for votes any more */
export function waitingOf(grant: Grant, now: number): Waiting | null {
  const { extension, approvals } = grant;
  const found: Waiting =
    extension === null
      ? { ...grant, kind: 'request', askedAt: grant.createdAt }
      : { ...extension, kind: 'extension', askedAt: extension.requestedAt };
  const { lapsesAt } = extension?.approvals ?? approvals;
  const open =
    extension === null
      ? grant.status === 'pending'
      : ['active', 'scheduled'].includes(grant.status);
  const lapsed = lapsesAt !== null && Date.parse(lapsesAt) <= now;
  return open && !lapsed ? found : null;
}

/** How many have said yes so far. */
export function approved({ votes }: Approvals): number {
  return votes.filter(({ vote }) => vote === 'approve').length;
}

/** "1 of 2 approvals". */
export function approvalsInWords(approvals: Approvals): string {
  const { required } = approvals;
  return `${approved(approvals)} of ${required} ${required === 1 ? 'approval' : 'approvals'}`;
}

export function voteOf({ votes }: Approvals, voter: string): 'approve' | 'deny' | null {
  return votes.find(({ approver }) => approver.id === voter)?.vote ?? null;
}
