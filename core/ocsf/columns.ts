import type { ClassName, OcsfVersion } from './classes.ts';

/** The fields of each class with their types, for formats that have columns. */

/**
 * `int` has 32 bits, `long` 64. A `map` has texts for its values, with JSON for what is none. An array of one has any
 * number of what it names.
 */
export type Column = 'text' | 'int' | 'long' | 'flag' | 'map' | Columns | readonly [Item];
type Item = 'text' | Columns;
export type Columns = { readonly [name: string]: Column };

/** All fields that an event of this class can have. Each may be missing. */
export function columnsOf(name: ClassName, version: OcsfVersion): Columns {
  return { ...common(version), ...OWN[name](version) };
}

const USER: Columns = { uid: 'text', name: 'text', type_id: 'int', type: 'text' };
const ACCOUNT: Columns = { uid: 'text', type_id: 'int', type: 'text' };

const FINGERPRINT: Columns = {
  ...{ algorithm_id: 'int', algorithm: 'text', encoding_id: 'int', encoding: 'text' },
  ...{ serialization_id: 'int', serialization: 'text', value: 'text' },
};
const ATTESTATION: Columns = {
  ...{ uid: 'text', chain_uid: 'text', authority_uid: 'text' },
  fingerprint: FINGERPRINT,
};

function common(version: OcsfVersion): Columns {
  return {
    time: 'long',
    metadata: {
      version: 'text',
      product: { name: 'text', vendor_name: 'text' },
      profiles: ['text'],
      uid: 'text',
      ...(version !== '1.5.0' && { original_event_uid: 'text' }),
      ...{ correlation_uid: 'text', event_code: 'text', original_time: 'text' },
      ...{ log_name: 'text', sequence: 'int' },
    },
    ...{ category_uid: 'int', category_name: 'text', class_uid: 'int', class_name: 'text' },
    ...{ activity_id: 'int', activity_name: 'text', type_uid: 'long', type_name: 'text' },
    ...{ severity_id: 'int', severity: 'text', status_id: 'int', status: 'text' },
    ...{ status_code: 'text', status_detail: 'text', message: 'text' },
    cloud: { provider: 'text', account: ACCOUNT },
    unmapped: 'map',
    ...(version !== '1.5.0' && { attestation_list: [ATTESTATION] }),
  };
}

function origin(version: OcsfVersion): Columns {
  const broker: Columns =
    version === '1.5.0'
      ? { app_name: 'text', app_uid: 'text' }
      : { application: { name: 'text', uid: 'text' } };
  return {
    actor: { user: USER, session: { is_mfa: 'flag' }, ...broker },
    src_endpoint: { ip: 'text' },
  };
}

const FINDING: Columns = {
  finding_info: { uid: 'text', title: 'text', types: ['text'], created_time: 'long' },
  resources: [{ uid: 'text', name: 'text', type: 'text', owner: USER }],
};
const ROLE: Columns = { uid: 'text', name: 'text', account: ACCOUNT };

const OWN: Readonly<Record<ClassName, (version: OcsfVersion) => Columns>> = {
  user_management: (version) => ({
    ...origin(version),
    ...{ user: USER, iam_roles: [ROLE], privileges: ['text'] },
  }),
  user_access: (version) => ({ ...origin(version), user: USER, privileges: ['text'] }),
  account_change: (version) => ({ ...origin(version), user: USER }),
  authorize_session: (version) => ({
    ...origin(version),
    user: USER,
    session: {
      ...{ uid: 'text', uid_alt: 'text', issuer: 'text' },
      ...{ created_time: 'long', expiration_time: 'long' },
    },
    privileges: ['text'],
    ...(version !== '1.5.0' && { iam_roles: [ROLE] }),
  }),
  entity_management: (version) => ({
    ...origin(version),
    comment: 'text',
    entity: { type_id: 'int', type: 'text', uid: 'text', name: 'text' },
  }),
  detection_finding: () => ({ ...FINDING, is_alert: 'flag' }),
  compliance_finding: () => ({
    ...FINDING,
    compliance: { control: 'text', status_id: 'int', status: 'text' },
  }),
};
