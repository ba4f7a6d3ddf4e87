import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { eventJson } from '../../../core/api/wire.ts';
import {
  type AuditEvent,
  EVENT_TYPES,
  PRINCIPAL_EVENT_TYPES,
  type PrincipalEvent,
} from '../../../core/audit.ts';
import { canonicalJson } from '../../../core/canonical-json.ts';
import { OCSF_VERSIONS, type OcsfVersion } from '../../../core/ocsf/classes.ts';
import { ocsfClassOf } from '../../../core/ocsf/mapping.ts';
import { toOcsf } from '../../../core/ocsf/to-ocsf.ts';
import type { GrantLine, PrincipalLine } from '../../../core/ocsf/trail-event.ts';
import { OPERATOR } from '../../support/caller-token.ts';
import {
  ALLOWED,
  ANA,
  DENIED,
  GRANT_EVENTS,
  GRANT_ID,
  PRINCIPAL_EVENTS,
  principalSampleOf,
  sampleOf,
  TRACE_ID,
} from '../../support/ocsf/one-of-each.ts';
import { factsOf } from '../../support/ocsf/schema-facts.ts';
import { faultsOf } from '../../support/ocsf/validate.ts';
import { NOW, ROLE } from '../../support/sample-grants.ts';

const LEDGER = { origin: 'broker.example/log', index: 4711, leafHash: 'bGVhZg==' };

type Ocsf = Readonly<Record<string, unknown>>;

function ocsf(
  event: GrantLine | PrincipalLine,
  version: OcsfVersion = '1.9.0',
  ledger: typeof LEDGER | null = null,
): Ocsf {
  const options = { version, ledger };
  const made =
    'grantId' in event ? toOcsf(event, { ...options, requester: ANA }) : toOcsf(event, options);
  return made as Ocsf;
}

const SAMPLES: readonly (AuditEvent | PrincipalEvent)[] = [...GRANT_EVENTS, ...PRINCIPAL_EVENTS];

/** What events of one type can differ in. */
const CHAT_USER = { type: 'ChatUser', id: 'slack:T1:U1', name: 'bob' } as const;
const VARIANTS: readonly (AuditEvent | PrincipalEvent)[] = [
  ...(['pending', 'scheduled', 'denied'] as const).map((status) => ({
    ...sampleOf('requested'),
    status,
    decision: status === 'denied' ? DENIED : ALLOWED,
  })),
  { ...sampleOf('requested'), breakGlass: true },
  { ...sampleOf('voted'), comment: null, warning: 'an account with the same name' },
  { ...sampleOf('vended'), actor: { type: 'Workload', id: 'ci:1/2', name: 'acme/app' } },
  { ...sampleOf('vended'), sourceIp: '2001:db8::7' },
  { ...sampleOf('kill-failed'), role: 'not an ARN' },
  { ...sampleOf('review-reminded'), dueAt: NOW },
  { ...principalSampleOf('principal-revoked'), actor: ANA },
  { ...principalSampleOf('principal-revoked'), actor: OPERATOR },
  { ...sampleOf('denied'), actor: CHAT_USER },
];

describe.each(OCSF_VERSIONS)('an event in version %s', (version) => {
  const facts = factsOf(version);

  test.each([...SAMPLES, ...VARIANTS].map((event) => [event.type, event] as const))(
    'keeps the rules of the schema: %s',
    (_, event) => {
      expect(faultsOf(ocsf(event, version), facts)).toEqual([]);
      expect(faultsOf(ocsf(event, version, LEDGER), facts)).toEqual([]);
    },
  );

  test('is plain JSON', () => {
    for (const event of SAMPLES) {
      const made = ocsf(event, version, LEDGER);
      expect(JSON.parse(JSON.stringify(made))).toEqual(made);
    }
  });

  test('is the same, byte for byte, from the line that the trail and the ledger show', () => {
    for (const event of SAMPLES) {
      const line = JSON.parse(canonicalJson({ v: 1, ...eventJson(event) }));
      const { v: _, ...shown } = line;
      const options = [version, LEDGER] as const;
      expect(JSON.stringify(ocsf(shown, ...options))).toBe(JSON.stringify(ocsf(event, ...options)));
    }
  });

  test('says which class it is of', () => {
    for (const event of SAMPLES) {
      const name = ocsfClassOf(event, version);
      expect(facts.classes[name]?.uid).toBe(ocsf(event, version)['class_uid']);
    }
  });
});

test('every type of event has a sample', () => {
  expect(SAMPLES.map(({ type }) => type).sort()).toEqual(
    [...EVENT_TYPES, ...PRINCIPAL_EVENT_TYPES].sort(),
  );
});

test('severity, status and detail of one event of each type', () => {
  const lines = SAMPLES.map((event) => {
    const { severity_id, status_id, status, status_detail = '-' } = ocsf(event);
    return [event.type, severity_id, status_id, status, status_detail].join(' | ');
  });
  expect(lines).toEqual([
    'requested | 1 | 1 | Success | -',
    'vended | 1 | 1 | Success | -',
    'vend-failed | 2 | 2 | Failure | for a reason',
    'voted | 1 | 1 | Success | -',
    'vote-withdrawn | 1 | 1 | Success | -',
    'vote-voided | 2 | 1 | Success | for a reason',
    'approved | 1 | 99 | Scheduled | -',
    'denied | 2 | 2 | Failure | for a reason',
    'reminded | 1 | 1 | Success | -',
    'escalated | 2 | 1 | Success | -',
    'lapsed | 2 | 2 | Failure | -',
    'started | 1 | 1 | Success | -',
    'expired | 1 | 1 | Success | -',
    'extended | 1 | 1 | Success | -',
    'extension-denied | 2 | 2 | Failure | Denied by office-only',
    'extension-requested | 1 | 99 | Underway | Ask for less.',
    'extension-refused | 2 | 2 | Failure | for a reason',
    'cancelled | 1 | 2 | Failure | for a reason',
    'revoking | 1 | 99 | Underway | for a reason',
    'killing | 1 | 99 | Underway | for a reason',
    'revoked | 1 | 1 | Success | for a reason',
    'outlived | 4 | 1 | New | for a reason',
    'kill-failed | 4 | 1 | New | for a reason',
    'reviewed | 1 | 1 | Success | -',
    'review-reminded | 2 | 1 | New | -',
    'usage-read | 1 | 1 | Success | -',
    'principal-suspended | 3 | 1 | Success | for a reason',
    'principal-resumed | 1 | 1 | Success | -',
    'principal-revoked | 3 | 1 | Success | for a reason',
    'principal-refused | 2 | 2 | Failure | You may not vote on this grant.',
    'bundle-deployed | 1 | 1 | Success | -',
    'signal-raised | 3 | 1 | New | 3 denials within an hour',
    'quarantine-begun | 3 | 1 | Success | for a reason',
    'quarantine-release-asked | 3 | 1 | Success | for a reason',
    'quarantine-ended | 3 | 1 | Success | for a reason',
    'broker-recovered | 3 | 1 | Success | -',
    'evidence-exported | 1 | 1 | Success | -',
    'access-review-started | 1 | 1 | Success | -',
    'access-review-decided | 1 | 1 | Success | -',
    'access-review-signed | 1 | 1 | Success | for a reason',
  ]);
});

test('each finding says in its title what is wrong', () => {
  const titles = (['outlived', 'kill-failed', 'review-reminded'] as const).map((type) => {
    const { finding_info: found } = ocsf(sampleOf(type));
    return (found as Ocsf)['title'];
  });
  expect(titles).toEqual([
    'Keys ran out before the kill switch could be written',
    'The kill switch cannot be written',
    'A break-glass use needs its review',
  ]);
});

describe('a vend', () => {
  const SESSION = {
    uid: 'vk_0',
    uid_alt: `ana-0000000000000000.${GRANT_ID}`,
    issuer: ROLE,
    created_time: NOW,
    expiration_time: NOW + 900_000,
  };
  const COMMON = {
    time: NOW,
    category_uid: 3,
    category_name: 'Identity & Access Management',
    class_uid: 3003,
    class_name: 'Authorize Session',
    severity_id: 1,
    severity: 'Informational',
    status_id: 1,
    status: 'Success',
    message: `vended: grant ${GRANT_ID} of artifacts-read`,
    actor: { user: { uid: ANA.id, name: ANA.name, type_id: 1, type: 'User' } },
    src_endpoint: { ip: '192.0.2.7' },
    user: { uid: ANA.id, name: ANA.name, type_id: 1, type: 'User' },
    session: SESSION,
    privileges: ['artifacts-read'],
    cloud: { provider: 'AWS', account: { uid: '000000000000', type_id: 10, type: 'AWS Account' } },
    unmapped: { requestId: 'r-1', status: 'active', traceId: TRACE_ID, type: 'vended' },
  };
  const METADATA = {
    product: { name: 'Valet Key', vendor_name: 'Valet Key' },
    profiles: ['cloud'],
    uid: 'ev_vended',
    correlation_uid: GRANT_ID,
    event_code: 'valetkey.grant.vended',
    original_time: '2026-11-23T10:00:00.123Z',
  };

  test('assigns a role to a session in 1.9.0', () => {
    expect(ocsf(sampleOf('vended'))).toEqual({
      ...COMMON,
      metadata: { ...METADATA, version: '1.9.0', original_event_uid: 'ev_vended' },
      activity_id: 3,
      activity_name: 'Assign Roles',
      type_uid: 300303,
      type_name: 'Authorize Session: Assign Roles',
      iam_roles: [{ uid: ROLE, name: 'contract', account: COMMON.cloud.account }],
    });
  });

  test('assigns privileges to a session in 1.5.0, which has no roles', () => {
    expect(ocsf(sampleOf('vended'), '1.5.0')).toEqual({
      ...COMMON,
      metadata: { ...METADATA, version: '1.5.0' },
      activity_id: 1,
      activity_name: 'Assign Privileges',
      type_uid: 300301,
      type_name: 'Authorize Session: Assign Privileges',
    });
  });
});

describe('a request', () => {
  const requested = sampleOf('requested');

  test.each([
    ['active', 1, 'Success'],
    ['denied', 2, 'Failure'],
    ['pending', 99, 'Pending'],
    ['scheduled', 99, 'Scheduled'],
  ] as const)('that leaves its grant %s has the status %i, %s', (status, status_id, label) => {
    const made = ocsf({ ...requested, status });
    expect(made).toMatchObject({ type_uid: 300716, status_id, status: label });
  });

  test.each([
    ['the advice', { ...DENIED, advice: ['Use MFA.', 'Ask for less.'] }, 'Use MFA. Ask for less.'],
    ['the policies', { ...DENIED, policies: ['a', 'b'] }, 'Denied by a, b'],
    ['that there are none', { ...DENIED, policies: [] }, 'No policy permits it'],
  ])('that was denied says why: %s', (_, decision, detail) => {
    const made = ocsf({ ...requested, status: 'denied', decision });
    expect(made).toMatchObject({ severity: 'Low', status_detail: detail });
  });

  test('that was allowed has no detail of its status', () => {
    expect(ocsf(requested)).not.toHaveProperty('status_detail');
  });

  test('keeps the decision and what was asked for, and leaves out what else policies saw', () => {
    expect(ocsf(requested)['unmapped']).toEqual({
      breakGlass: false,
      decision: ALLOWED,
      request: {
        durationSeconds: 1800,
        justification: 'longer',
        parameters: {},
        startsInSeconds: 0,
        ticket: null,
      },
      requestId: 'r-1',
      status: 'active',
      traceId: TRACE_ID,
      type: 'requested',
    });
    expect(JSON.stringify(ocsf(requested))).not.toContain('team');
  });

  test('says whether it came with a second factor', () => {
    expect(ocsf(requested)).toMatchObject({ actor: { session: { is_mfa: false } } });
  });

  test('of break-glass is more severe, and so is a vote with a warning', () => {
    expect(ocsf({ ...requested, breakGlass: true })).toMatchObject({ severity: 'Medium' });
    const voted = { ...sampleOf('voted'), warning: 'look' };
    expect(ocsf(voted)).toMatchObject({ severity: 'Medium', unmapped: { warning: 'look' } });
  });
});

test('the broker itself is an application in 1.9.0, and the name of one in 1.5.0', () => {
  const expired = sampleOf('expired');
  expect(ocsf(expired)).toMatchObject({
    actor: { application: { name: 'Valet Key', uid: 'broker' } },
    user: { uid: ANA.id },
  });
  expect(ocsf(expired)).not.toHaveProperty('src_endpoint');
  expect(ocsf(expired, '1.5.0')).toMatchObject({
    actor: { app_name: 'Valet Key', app_uid: 'broker' },
  });
});

test('a workload is a service account, for which 1.5.0 has no number', () => {
  const actor = { type: 'Workload', id: 'ci:1/2', name: 'acme/app' } as const;
  const vended = { ...sampleOf('vended'), actor };
  const user = { uid: 'ci:1/2', name: 'acme/app', type: 'Service' };
  expect(ocsf(vended)).toMatchObject({ actor: { user: { ...user, type_id: 4 } } });
  expect(ocsf(vended, '1.5.0')).toMatchObject({ actor: { user: { ...user, type_id: 99 } } });
});

test('an operator of AWS is an administrator, with the id and the ARN', () => {
  expect(ocsf({ ...principalSampleOf('principal-revoked'), actor: OPERATOR })).toMatchObject({
    actor: { user: { uid: OPERATOR.id, name: OPERATOR.name, type_id: 2, type: 'Admin' } },
  });
});

test('somebody in a chat is no user of ours, with the id that the chat vouches for', () => {
  expect(ocsf({ ...sampleOf('denied'), actor: CHAT_USER })).toMatchObject({
    actor: { user: { uid: 'slack:T1:U1', name: 'bob', type_id: 99, type: 'Chat user' } },
  });
});

test('a change of a grant has the comment and the grant', () => {
  expect(ocsf(sampleOf('reviewed'))).toMatchObject({
    comment: 'as it should be',
    entity: { type_id: 99, type: 'Grant', uid: GRANT_ID, name: 'artifacts-read' },
  });
});

test('a finding names the role and the grant with its owner', () => {
  expect(ocsf(sampleOf('kill-failed'))).toMatchObject({
    severity: 'High',
    is_alert: true,
    status_detail: 'for a reason',
    finding_info: { uid: 'ev_kill-failed', title: 'The kill switch cannot be written' },
    resources: [
      { uid: ROLE, type: 'AWS::IAM::Role' },
      { uid: GRANT_ID, type: 'Grant', owner: { uid: ANA.id } },
    ],
  });
});

test('a review that is late fails; one that is due later warns', () => {
  const reminded = sampleOf('review-reminded');
  expect(ocsf(reminded)).toMatchObject({
    compliance: { status_id: 2, status: 'Warning' },
    unmapped: { dueAt: '2026-11-23T10:15:00.123Z' },
  });
  expect(ocsf({ ...reminded, dueAt: NOW })).toMatchObject({
    compliance: { status_id: 3, status: 'Fail' },
  });
});

test('a refused call is a failure of its caller, with the code of the problem', () => {
  expect(ocsf(principalSampleOf('principal-refused'))).toMatchObject({
    actor: { user: { uid: ANA.id, name: ANA.name } },
    entity: { type: 'API call', name: `POST /v1/grants/${GRANT_ID}/approve` },
    status: 'Failure',
    status_code: 'forbidden',
    status_detail: 'You may not vote on this grant.',
  });
});

test('a suspension disables a user of whom it says the id alone, and no reason where none was given', () => {
  const suspended = ocsf(principalSampleOf('principal-suspended'));
  expect(suspended).toMatchObject({ type_uid: 300705, status_detail: 'for a reason' });
  expect(suspended['user']).toEqual({ uid: ANA.id });
  expect(ocsf(principalSampleOf('principal-resumed'))).not.toHaveProperty('status_detail');
});

test('all grants of a principal are all privileges in 1.5.0, which requires some', () => {
  const revoked = principalSampleOf('principal-revoked');
  expect(ocsf(revoked, '1.5.0')).toMatchObject({ type_uid: 300502, privileges: ['*'] });
  expect(ocsf(revoked)).not.toHaveProperty('privileges');
});

test('a step of an access review is about the review', () => {
  expect(ocsf(principalSampleOf('access-review-decided'))).toMatchObject({
    ...{
      activity_name: 'Update',
      entity: { type: 'Access review', uid: expect.stringMatching(/^ar_/) },
    },
    message: expect.stringMatching(/^access-review-decided: ar_/),
    unmapped: { decisions: [{ item: 1, decision: 'keep' }] },
  });
});

test('a deployed bundle is a policy, with the changes in words', () => {
  expect(ocsf(principalSampleOf('bundle-deployed'))).toMatchObject({
    entity: { type_id: 5, type: 'Policy', uid: 'sha256:1', name: 'bundle/sha256-1.json' },
    unmapped: { changes: ['artifacts-read is new'] },
  });
});

describe('the place in the ledger', () => {
  test('is there in every version', () => {
    for (const version of OCSF_VERSIONS) {
      expect(ocsf(sampleOf('vended'), version, LEDGER)).toMatchObject({
        metadata: { log_name: LEDGER.origin, sequence: 4711 },
        unmapped: { ledger: LEDGER },
      });
    }
  });

  test('is attested in 1.9.0 by a hash of the whole event without that hash', () => {
    const { attestation_list: list, ...rest } = ocsf(sampleOf('vended'), '1.9.0', LEDGER);
    const [{ fingerprint, ...attestation }] = list as [Record<string, Ocsf>];
    const hashed = canonicalJson({ ...rest, attestation_list: [attestation] });
    expect(fingerprint?.['value']).toBe(createHash('sha256').update(hashed).digest('hex'));
    expect(attestation).toMatchObject({ uid: '4711', chain_uid: LEDGER.origin });
    expect(rest['metadata']).toMatchObject({ profiles: ['cloud', 'record_integrity'] });
  });

  test('is not attested in 1.5.0, which has no profile for it', () => {
    expect(ocsf(sampleOf('vended'), '1.5.0', LEDGER)).not.toHaveProperty('attestation_list');
  });
});

describe('a bug of the caller is an error', () => {
  test.each(['yesterday', '', 1.5, null])('a time that is none: %j', (at) => {
    const broken = { ...sampleOf('vended'), at } as GrantLine;
    expect(() => ocsf(broken)).toThrow(
      new RangeError(`Event ev_vended: at is ${JSON.stringify(at)}, which is no time.`),
    );
  });

  test('a grant of nobody', () => {
    const nobody = { version: '1.9.0', ledger: null } as Parameters<typeof toOcsf>[1];
    expect(() => toOcsf(sampleOf('expired') as unknown as PrincipalLine, nobody)).toThrow(
      `Event ev_expired: whose grant ${GRANT_ID} is was not given.`,
    );
  });
});
