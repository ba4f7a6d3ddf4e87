import type { AuditEvent, PrincipalEvent } from '../audit.ts';
import { CLASSES, type ClassName, type OcsfVersion, type Row } from './classes.ts';

export type EventType = (AuditEvent | PrincipalEvent)['type'];

/** The compiler sees to it that every type of event has its row. */
type Mapping = Readonly<Record<EventType, Row>>;

/** What version 1.5.0 and those around it have, too. */
const SHARED = {
  voted: ['entity_management', 'Update', 'success'],
  'vote-withdrawn': ['entity_management', 'Update', 'success'],
  'vote-voided': ['entity_management', 'Update', 'success'],
  reminded: ['entity_management', 'Update', 'success'],
  escalated: ['entity_management', 'Update', 'success'],
  'extension-requested': ['entity_management', 'Update', 'underway'],
  extended: ['entity_management', 'Update', 'success'],
  'extension-denied': ['entity_management', 'Update', 'failure'],
  'extension-refused': ['entity_management', 'Update', 'failure'],
  reviewed: ['entity_management', 'Update', 'success'],
  'review-reminded': ['compliance_finding', 'Create', 'new'],
  'usage-read': ['entity_management', 'Read', 'success'],
  outlived: ['detection_finding', 'Create', 'new'],
  'kill-failed': ['detection_finding', 'Create', 'new'],
  'principal-refused': ['entity_management', 'Update', 'failure'],
  'bundle-deployed': ['entity_management', 'Update', 'success'],
  'evidence-exported': ['entity_management', 'Read', 'success'],
  'access-review-started': ['entity_management', 'Create', 'success'],
  'access-review-decided': ['entity_management', 'Update', 'success'],
  'access-review-signed': ['entity_management', 'Update', 'success'],
  'signal-raised': ['detection_finding', 'Create', 'new'],
  'quarantine-begun': ['entity_management', 'Update', 'success'],
  'quarantine-release-asked': ['entity_management', 'Update', 'success'],
  'quarantine-ended': ['entity_management', 'Update', 'success'],
  'broker-recovered': ['entity_management', 'Update', 'success'],
} as const satisfies Partial<Mapping>;

/** User Management takes the place of Account Change and User Access Management, which 1.9.0 deprecates. */
const MAPPING_1_9_0: Mapping = {
  requested: ['user_management', 'Assign Roles', 'by grant'],
  approved: ['user_management', 'Assign Roles', 'by grant'],
  started: ['user_management', 'Assign Roles', 'success'],
  denied: ['user_management', 'Assign Roles', 'failure'],
  lapsed: ['user_management', 'Assign Roles', 'failure'],
  cancelled: ['user_management', 'Assign Roles', 'failure'],
  vended: ['authorize_session', 'Assign Roles', 'success'],
  'vend-failed': ['authorize_session', 'Assign Roles', 'failure'],
  revoking: ['user_management', 'Remove Roles', 'underway'],
  revoked: ['user_management', 'Remove Roles', 'success'],
  killing: ['user_management', 'Remove Roles', 'underway'],
  expired: ['user_management', 'Remove Roles', 'success'],
  'principal-revoked': ['user_management', 'Remove Roles', 'success'],
  'principal-suspended': ['user_management', 'Disable', 'success'],
  'principal-resumed': ['user_management', 'Enable', 'success'],
  ...SHARED,
};

/** Before 1.9.0, roles are privileges here: the schema has no list of roles. */
const MAPPING_1_5_0: Mapping = {
  requested: ['user_access', 'Assign Privileges', 'by grant'],
  approved: ['user_access', 'Assign Privileges', 'by grant'],
  started: ['user_access', 'Assign Privileges', 'success'],
  denied: ['user_access', 'Assign Privileges', 'failure'],
  lapsed: ['user_access', 'Assign Privileges', 'failure'],
  cancelled: ['user_access', 'Assign Privileges', 'failure'],
  vended: ['authorize_session', 'Assign Privileges', 'success'],
  'vend-failed': ['authorize_session', 'Assign Privileges', 'failure'],
  revoking: ['user_access', 'Revoke Privileges', 'underway'],
  revoked: ['user_access', 'Revoke Privileges', 'success'],
  killing: ['user_access', 'Revoke Privileges', 'underway'],
  expired: ['user_access', 'Revoke Privileges', 'success'],
  'principal-revoked': ['user_access', 'Revoke Privileges', 'success'],
  'principal-suspended': ['account_change', 'Disable', 'success'],
  'principal-resumed': ['account_change', 'Enable', 'success'],
  ...SHARED,
};

export const MAPPINGS: Readonly<Record<OcsfVersion, Mapping>> = {
  '1.9.0': MAPPING_1_9_0,
  '1.5.0': MAPPING_1_5_0,
};

/** The name of the class that an event becomes: lakes keep one class in a file or source. */
export function ocsfClassOf(event: { readonly type: EventType }, version: OcsfVersion): ClassName {
  return MAPPINGS[version][event.type][0];
}

/** The classes that events can become, in the order of their numbers. */
export function ocsfClassesOf(version: OcsfVersion): readonly ClassName[] {
  const names = new Set(Object.values(MAPPINGS[version]).map(([name]) => name));
  return [...names].toSorted((one, other) => CLASSES[one].uid - CLASSES[other].uid);
}
