import type { Cell } from './csv.ts';

/** The CSV files of an export, and their columns. */

const EVENT = ['at', 'event', 'entry'] as const;
const OF_GRANT = ['grant', 'entitlement', 'requester', 'requesterName'] as const;

export const TABLES = {
  population: [
    ...(['id', 'requester', 'requesterName', 'requesterType', 'entitlement'] as const),
    ...(['parameters', 'account', 'role', 'justification', 'ticket'] as const),
    ...(['requestedAt', 'sourceIp', 'mfa', 'mfaAgeSeconds', 'durationSeconds'] as const),
    ...(['breakGlass', 'outcome', 'policies', 'bundle', 'approvers', 'decidedAt'] as const),
    ...(['startsAt', 'expiresAt', 'status', 'endedAt', 'endedBy', 'endReason'] as const),
    ...(['vends', 'vendsFailed', 'extensions', 'killSeconds'] as const),
    ...(['review', 'reviewer', 'reviewedAt', 'firstEntry', 'lastEntry'] as const),
  ],
  votes: [
    ...EVENT,
    ...OF_GRANT,
    ...(['about', 'vote', 'approver', 'approverName', 'comment', 'warning', 'sourceIp'] as const),
  ],
  vends: [
    ...EVENT,
    ...OF_GRANT,
    ...(['result', 'account', 'role', 'sessionName', 'sourceIdentity'] as const),
    ...(['durationSeconds', 'reason', 'sourceIp'] as const),
  ],
  denials: [
    ...EVENT,
    ...OF_GRANT,
    ...(['what', 'by', 'policies', 'bundle', 'advice', 'reason', 'sourceIp'] as const),
  ],
  refusals: [...EVENT, 'principal', 'principalName', 'call', 'problem', 'reason', 'sourceIp'],
  orders: [...EVENT, 'order', 'principal', 'by', 'byName', 'reason', 'sourceIp'],
  principals: [
    ...(['principal', 'name', 'type', 'requests', 'denials', 'vends', 'votes'] as const),
    ...(['refusals', 'lastRequestAt', 'lastVendAt', 'lastVoteAt', 'suspendedSince'] as const),
  ],
  reviews: [
    ...OF_GRANT,
    ...(['startsAt', 'endedAt', 'dueAt', 'review', 'reviewedAt', 'reviewer'] as const),
    ...(['reviewerName', 'comment', 'entry'] as const),
  ],
  entitlements: [
    ...(['id', 'title', 'risk', 'account', 'role', 'approval', 'maxDurationSeconds'] as const),
    ...(['breakGlass', 'permits', 'permitsAtOnce', 'forbids', 'bundle', 'file'] as const),
    ...(['inForceFrom', 'inForceUntil'] as const),
  ],
  bundles: [...EVENT, 'inForce', 'bundle', 'file', 'changes'],
  exports: [
    ...EVENT,
    ...(['by', 'byName', 'from', 'until', 'size', 'root', 'manifest', 'sourceIp'] as const),
  ],
  'access-reviews': [
    ...(['review', 'from', 'to', 'items', 'undecided', 'startedBy', 'startedAt'] as const),
    ...(['item', 'entitlement', 'principal', 'policies', 'decision', 'reason'] as const),
    ...(['by', 'at', 'replaced', 'signedBy', 'signedAt', 'comment', 'entry'] as const),
  ],
  exceptions: [...EVENT, 'kind', ...OF_GRANT, 'detail'],
  sample: ['draw', 'id', 'sha256', 'proofs'],
  controls: ['framework', 'control', 'question', 'file', 'rows'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type TableName = keyof typeof TABLES;
type Cells<T extends TableName> = Readonly<Record<(typeof TABLES)[T][number], Cell>>;

export type Row = { readonly table: TableName; readonly cells: readonly Cell[] };

/** The compiler sees to it that no column is forgotten. */
export function row<T extends TableName>(table: T, cells: Cells<T>): Row {
  const columns: readonly (keyof Cells<T>)[] = TABLES[table];
  return { table, cells: columns.map((column) => cells[column]) };
}

export function list(items: readonly string[]): string {
  return items.join('; ');
}
