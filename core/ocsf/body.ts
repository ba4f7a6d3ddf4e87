import type { AuditEvent, PrincipalEvent } from '../audit.ts';
import type { Requester } from '../grant.ts';
import { addSeconds } from '../instant.ts';
import type { ClassName, OcsfVersion } from './classes.ts';
import { roleObject, userObject } from './objects.ts';

/** The fields that a class has beside those of every event. */
export type Fields = Readonly<Record<string, unknown>>;

type Source = {
  readonly event: AuditEvent | PrincipalEvent;
  /** Whom the event is about. */
  readonly subject: Requester | { readonly id: string };
  readonly version: OcsfVersion;
};

const BODIES: Readonly<Record<ClassName, (source: Source) => Fields>> = {
  user_management: ({ event, subject, version }) => ({
    user: userObject(subject, version),
    ...('entitlement' in event && {
      iam_roles: [{ name: event.entitlement }],
      privileges: [event.entitlement],
    }),
  }),
  user_access: ({ event, subject, version }) => ({
    user: userObject(subject, version),
    // The class requires them, and all grants of a principal end.
    privileges: ['entitlement' in event ? event.entitlement : '*'],
  }),
  account_change: ({ subject, version }) => ({ user: userObject(subject, version) }),
  authorize_session: (source) => ({
    user: userObject(source.subject, source.version),
    ...sessionFields(source),
  }),
  entity_management: ({ event }) => ({ ...comment(event), entity: entityOf(event) }),
  detection_finding: (source) => ({ ...findingFields(source), is_alert: true }),
  compliance_finding: (source) => ({
    ...findingFields(source),
    compliance: { control: 'Break-glass uses are reviewed', ...reviewStatus(source.event) },
  }),
};

export function bodyOf(name: ClassName, source: Source): Fields {
  return BODIES[name](source);
}

function sessionFields({ event, version }: Source): Fields {
  if (!('session' in event)) return {};
  const { roleArn, sessionName, sourceIdentity, durationSeconds } = event.session;
  return {
    session: {
      uid: sessionName,
      uid_alt: sourceIdentity,
      // CloudTrail has the role as the issuer of a session, too.
      issuer: roleArn,
      created_time: event.at,
      expiration_time: addSeconds(event.at, durationSeconds),
    },
    privileges: [event.entitlement],
    ...(version !== '1.5.0' && { iam_roles: [roleObject(roleArn)] }),
  };
}

function comment(event: AuditEvent | PrincipalEvent): Fields {
  return 'comment' in event && event.comment !== null ? { comment: event.comment } : {};
}

/** What was changed, or would have been. */
function entityOf(event: AuditEvent | PrincipalEvent): Fields {
  const other = { type_id: 99 };
  if ('grantId' in event) {
    return { ...other, type: 'Grant', uid: event.grantId, name: event.entitlement };
  }
  switch (event.type) {
    case 'bundle-deployed':
      return { type_id: 5, type: 'Policy', uid: event.bundle, name: event.file };
    case 'evidence-exported':
      return { ...other, type: 'Evidence', uid: event.manifest };
    case 'access-review-started':
    case 'access-review-decided':
    case 'access-review-signed':
      return { ...other, type: 'Access review', uid: event.reviewId };
    case 'principal-refused':
      return { ...other, type: 'API call', name: event.call };
    default:
      return { ...other, type: 'Principal', uid: event.principalId };
  }
}

const TITLES: Readonly<Partial<Record<AuditEvent['type'] | PrincipalEvent['type'], string>>> = {
  outlived: 'Keys ran out before the kill switch could be written',
  'kill-failed': 'The kill switch cannot be written',
  'signal-raised': 'Something about a principal is unusual',
  'review-reminded': 'A break-glass use needs its review',
};

function findingFields({ event, subject, version }: Source): Fields {
  return {
    finding_info: {
      uid: event.id,
      title: TITLES[event.type] ?? event.type,
      types: [event.type],
      created_time: event.at,
    },
    resources: [
      ...('role' in event && event.role !== undefined
        ? [{ uid: event.role, type: 'AWS::IAM::Role' }]
        : []),
      ...('grantId' in event
        ? [
            {
              uid: event.grantId,
              name: event.entitlement,
              type: 'Grant',
              owner: userObject(subject, version),
            },
          ]
        : []),
    ],
  };
}

function reviewStatus(event: AuditEvent | PrincipalEvent): Fields {
  const isLate = 'dueAt' in event && event.at >= event.dueAt;
  return isLate ? { status_id: 3, status: 'Fail' } : { status_id: 2, status: 'Warning' };
}
