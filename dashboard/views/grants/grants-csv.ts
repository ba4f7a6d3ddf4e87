import { csvRecord } from '../../../core/evidence/csv.ts';
import type { Grant } from '../../api/types.ts';

/** The columns of the file. Times are RFC 3339 in UTC, as the API has them. */
const COLUMNS: readonly (readonly [string, (grant: Grant) => string | number | null])[] = [
  ['id', ({ id }) => id],
  ['status', ({ status }) => status],
  ['requesterType', ({ requester }) => requester.type],
  ['requesterId', ({ requester }) => requester.id],
  ['requesterName', ({ requester }) => requester.name],
  ['entitlement', ({ entitlement }) => entitlement],
  ['parameters', ({ parameters }) => JSON.stringify(parameters)],
  ['scope', ({ scope }) => scope && JSON.stringify(scope)],
  ['justification', ({ justification }) => justification],
  ['ticket', ({ ticket }) => ticket],
  ['durationSeconds', ({ durationSeconds }) => durationSeconds],
  ['createdAt', ({ createdAt }) => createdAt],
  ['startsAt', ({ startsAt }) => startsAt],
  ['expiresAt', ({ expiresAt }) => expiresAt],
  ['endedAt', ({ endedAt }) => endedAt],
  ['endReason', ({ endReason }) => endReason],
  ['keysValidUntil', ({ keysValidUntil }) => keysValidUntil],
  ['outcome', ({ decision }) => decision.outcome],
  ['policies', ({ decision }) => decision.policies.join(' ')],
  ['bundle', ({ decision }) => decision.bundle],
  ['approvers', ({ approvals }) => votersOf(approvals.votes, 'approve')],
  ['refusers', ({ approvals }) => votersOf(approvals.votes, 'deny')],
];

function votersOf(votes: Grant['approvals']['votes'], vote: 'approve' | 'deny'): string {
  return votes
    .filter((one) => one.vote === vote)
    .map(({ approver }) => approver.id)
    .join(' ');
}

export const GRANTS_HEAD = csvRecord(COLUMNS.map(([name]) => name));

export function grantRecord(grant: Grant): string {
  return csvRecord(COLUMNS.map(([, cellOf]) => cellOf(grant)));
}
