import { describe, expect, test } from '@jest/globals';
import type { AuditEvent, PrincipalEvent } from '../../../core/audit.ts';
import { classification, type OcsfVersion, type Row } from '../../../core/ocsf/classes.ts';
import { toOcsf } from '../../../core/ocsf/to-ocsf.ts';
import { ANA, GRANT_ID, principalSampleOf, sampleOf } from '../../support/ocsf/one-of-each.ts';
import { NOW, ROLE } from '../../support/sample-grants.ts';

/** What single fields say, which the rules of the schema leave open. */

function ocsf(event: AuditEvent | PrincipalEvent, version: OcsfVersion = '1.9.0') {
  const options = { version, ledger: null };
  return 'grantId' in event
    ? toOcsf(event, { ...options, requester: ANA })
    : toOcsf(event, options);
}

const ENTITLEMENT = 'artifacts-read';
const USER = { uid: ANA.id, name: ANA.name, type_id: 1, type: 'User' };
const ACCOUNT = { uid: '000000000000', type_id: 10, type: 'AWS Account' };

describe('what a grant assigns', () => {
  test('is a role of the name of its entitlement in 1.9.0', () => {
    expect(ocsf(sampleOf('revoked'))).toMatchObject({
      iam_roles: [{ name: ENTITLEMENT }],
      privileges: [ENTITLEMENT],
    });
  });

  test('is a privilege of that name in 1.5.0', () => {
    expect(ocsf(sampleOf('revoked'), '1.5.0')).toMatchObject({ privileges: [ENTITLEMENT] });
  });

  test('is not said of a principal that is kept out: no entitlement is meant', () => {
    const suspended = ocsf(principalSampleOf('principal-suspended'));
    expect(suspended).not.toHaveProperty('iam_roles');
    expect(suspended).not.toHaveProperty('privileges');
  });

  test('is the role as it is written, where a session has one that is no ARN', () => {
    const vended = sampleOf('vended');
    const session = { ...vended.session, roleArn: 'not an ARN' };
    const made = ocsf({ ...vended, session });
    expect(made).toMatchObject({ iam_roles: [{ uid: 'not an ARN' }] });
    expect(made).toHaveProperty('cloud', { provider: 'AWS' });
  });
});

describe('the message says what an event is about:', () => {
  test.each([
    [sampleOf('expired'), `expired: grant ${GRANT_ID} of ${ENTITLEMENT}`],
    [principalSampleOf('bundle-deployed'), 'bundle-deployed: sha256:1'],
    [principalSampleOf('principal-suspended'), `principal-suspended: ${ANA.id}`],
  ])('%#', (event, message) => {
    expect(ocsf(event)).toHaveProperty('message', message);
  });
});

test('a principal that acts on itself is named as the event names it', () => {
  const suspended = principalSampleOf('principal-suspended');
  expect(ocsf({ ...suspended, actor: ANA })).toHaveProperty('user', USER);
  expect(ocsf({ ...suspended, actor: 'broker' })).toHaveProperty('user', { uid: ANA.id });
});

test('a finding about a role is of its type, and in the account of the role', () => {
  const found = ocsf(sampleOf('kill-failed'));
  expect(found).toMatchObject({
    finding_info: { types: ['kill-failed'], created_time: NOW },
    cloud: { provider: 'AWS', account: ACCOUNT },
    resources: [{ uid: ROLE }, { name: ENTITLEMENT, owner: USER }],
  });
});

test('an event without a role is in no account that it says', () => {
  expect(ocsf(sampleOf('expired'))).toHaveProperty('cloud', { provider: 'AWS' });
});

test('the new end of a grant that was extended is a time as the trail shows it', () => {
  expect(ocsf(sampleOf('extended'))).toMatchObject({
    unmapped: { expiresAt: '2026-11-23T10:15:00.123Z' },
  });
});

test('an activity that a class does not have is an error of whoever wrote the table', () => {
  const row = ['user_management', 'Create', 'success'] as unknown as Row;
  expect(() => classification(row)).toThrow('user_management has no activity Create');
});
