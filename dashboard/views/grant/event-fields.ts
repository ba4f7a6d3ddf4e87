import type { GrantEvent } from '../../api/types.ts';
import { inMoment } from '../../parts/moment.ts';

/** The members of events of all types, each with a value that can be shown. */
export type Fields = {
  readonly breakGlass: boolean;
  readonly outcome: 'allow' | 'approve' | 'deny';
  readonly session: Session;
  readonly reason: string | null;
  readonly comment: string | null;
  readonly warning: string | null;
  readonly vote: 'approve' | 'deny';
  readonly approver: string;
  readonly justification: string | null;
  readonly durationSeconds: number;
  readonly killSeconds: number | null;
  readonly role: string;
  readonly expiresAt: string;
  readonly dueAt: string;
  readonly calls: number;
  readonly used: number;
  readonly granted: number;
  readonly unknown: number;
  readonly afterEnd: number;
};

export type Session = {
  readonly roleArn: string;
  readonly sessionName: string;
  readonly sourceIdentity: string;
  readonly durationSeconds: number;
};

/** The API leaves the members of the single types open; what is not there reads as nothing. */
export function fieldsOf(event: GrantEvent): Fields {
  return {
    breakGlass: event['breakGlass'] === true,
    outcome: (membersOf(event['decision'])['outcome'] as Fields['outcome']) ?? 'allow',
    session: sessionOf(event) ?? NO_SESSION,
    reason: written(event['reason']),
    comment: written(event['comment']),
    warning: written(event['warning']),
    vote: event['vote'] === 'deny' ? 'deny' : 'approve',
    approver: written(membersOf(event['approver'])['name']) ?? 'somebody',
    justification: written(event['justification']),
    durationSeconds: count(event['durationSeconds']) ?? 0,
    killSeconds: count(event['killSeconds']),
    role: written(event['role']) ?? 'a role',
    expiresAt: moment(event['expiresAt']),
    dueAt: moment(event['dueAt']),
    calls: count(event['calls']) ?? 0,
    used: count(event['used']) ?? 0,
    granted: count(event['granted']) ?? 0,
    unknown: count(event['unknown']) ?? 0,
    afterEnd: count(event['afterEnd']) ?? 0,
  };
}

/** @returns null where the event is not about a session */
export function sessionOf(event: GrantEvent): Session | null {
  const { roleArn, sessionName, sourceIdentity, durationSeconds } = membersOf(event['session']);
  if (sessionName === undefined) return null;
  return {
    roleArn: String(roleArn ?? ''),
    sessionName: String(sessionName),
    sourceIdentity: String(sourceIdentity ?? ''),
    durationSeconds: count(durationSeconds) ?? 0,
  };
}

const NO_SESSION: Session = {
  roleArn: '',
  sessionName: '',
  sourceIdentity: '',
  durationSeconds: 0,
};

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function written(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function count(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

function moment(value: unknown): string {
  return typeof value === 'string' ? inMoment(value) : 'later';
}
