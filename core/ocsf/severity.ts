import type { AuditEvent, PrincipalEvent } from '../audit.ts';
import type { EventType } from './mapping.ts';

/** `severity_id` of the schema; the ids that are not here mean more than an event of ours ever says. */
const LEVELS = { Informational: 1, Low: 2, Medium: 3, High: 4 } as const;

export type Severity = keyof typeof LEVELS;

/**
 * Informational: it went as it should. Low: somebody was refused, or something waits for somebody. Medium: somebody
 * should look at it. High: keys work longer than they should, or may.
 */
export const SEVERITIES: Readonly<Record<EventType, Severity>> = {
  requested: 'Informational',
  approved: 'Informational',
  started: 'Informational',
  denied: 'Low',
  lapsed: 'Low',
  cancelled: 'Informational',
  vended: 'Informational',
  'vend-failed': 'Low',
  voted: 'Informational',
  'vote-withdrawn': 'Informational',
  'vote-voided': 'Low',
  reminded: 'Informational',
  escalated: 'Low',
  'extension-requested': 'Informational',
  extended: 'Informational',
  'extension-denied': 'Low',
  'extension-refused': 'Low',
  revoking: 'Informational',
  revoked: 'Informational',
  killing: 'Informational',
  expired: 'Informational',
  outlived: 'High',
  'kill-failed': 'High',
  reviewed: 'Informational',
  'review-reminded': 'Low',
  'usage-read': 'Informational',
  'principal-revoked': 'Medium',
  'principal-suspended': 'Medium',
  'principal-resumed': 'Informational',
  'principal-refused': 'Low',
  'bundle-deployed': 'Informational',
  'evidence-exported': 'Informational',
  'access-review-started': 'Informational',
  'access-review-decided': 'Informational',
  'access-review-signed': 'Informational',
  'signal-raised': 'Medium',
  'quarantine-begun': 'Medium',
  'quarantine-release-asked': 'Medium',
  'quarantine-ended': 'Medium',
  'broker-recovered': 'Medium',
};

/** What single events say raises the severity of their type. */
export const EXCEPTIONS: readonly {
  readonly when: string;
  readonly severity: Severity;
  readonly applies: (event: AuditEvent | PrincipalEvent) => boolean;
}[] = [
  {
    when: '`requested`, where the entitlement is break-glass',
    severity: 'Medium',
    applies: (event) => event.type === 'requested' && event.breakGlass,
  },
  {
    when: '`voted`, with a warning',
    severity: 'Medium',
    applies: (event) => event.type === 'voted' && event.warning !== undefined,
  },
  {
    when: '`requested`, where policy denied it',
    severity: 'Low',
    applies: (event) => event.type === 'requested' && event.decision.outcome === 'deny',
  },
  {
    when: '`usage-read`, where calls after the end of the grant were not refused',
    severity: 'High',
    applies: (event) => event.type === 'usage-read' && event.afterEnd > 0,
  },
  {
    when: '`signal-raised` of the kind `keys-after-end`',
    severity: 'High',
    applies: (event) => event.type === 'signal-raised' && event.kind === 'keys-after-end',
  },
];

export function severityOf(event: AuditEvent | PrincipalEvent) {
  const exception = EXCEPTIONS.find(({ applies }) => applies(event));
  const severity = exception?.severity ?? SEVERITIES[event.type];
  return { severity_id: LEVELS[severity], severity };
}
