import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { grantOf, readRecord } from '../../../core/usage/read-record.ts';
import { recordJson, trailRecord } from '../../support/trail-records.ts';

const GRANT = 'gr_01hq4m7x2k9v5t3w8y0z';
const IDENTITY = `people_ana.${GRANT}`;

describe('a record', () => {
  test.each(['eventID', 'eventTime', 'eventSource', 'eventName'])(
    'without %s is unreadable, and says so',
    (field) => {
      const record = readRecord(recordJson({ [field]: undefined }));
      expect(record).toEqual({ ok: false, error: expect.stringContaining(field) });
    },
  );

  test.each([
    '',
    'yesterday',
    '2026-11-20 09:00:00',
    '2026-11-20T09:00:00+01:00',
    '2026-13-45T09:00:00Z',
    1_700_000_000,
  ])('with the time %j is unreadable', (eventTime) => {
    expect(readRecord(recordJson({ eventTime })).ok).toBe(false);
  });

  test.each([null, undefined, 1, 'text', [], true])('that is %j is unreadable', (json) => {
    expect(readRecord(json)).toEqual({ ok: false, error: 'it is no object' });
  });

  test('has where and through what it was called, and what it shares with others', () => {
    const fields = {
      ...{ sharedEventID: 's-1', recipientAccountId: '444455556666', awsRegion: 'eu-west-1' },
      ...{ sourceIPAddress: '192.0.2.7', userAgent: 'aws-cli/2.31.0', errorMessage: 'no' },
    };
    expect(trailRecord(fields)).toMatchObject({
      ...{ sharedEventId: 's-1', account: '444455556666', region: 'eu-west-1' },
      ...{ sourceIp: '192.0.2.7', userAgent: 'aws-cli/2.31.0', errorMessage: 'no' },
    });
  });

  test('needs no other field', () => {
    const { eventID, eventTime, eventSource, eventName } = recordJson();
    expect(readRecord({ eventID, eventTime, eventSource, eventName })).toEqual({
      ok: true,
      value: {
        eventId: eventID,
        sharedEventId: null,
        at: Date.parse('2026-11-20T09:00:00Z'),
        source: 's3.amazonaws.com',
        name: 'GetObject',
        region: '',
        account: null,
        callerAccount: null,
        error: null,
        errorMessage: null,
        sourceIdentity: null,
        givesIdentity: false,
        role: null,
        sessionName: null,
        accessKeyId: null,
        sourceIp: null,
        userAgent: null,
        invokedBy: null,
        category: 'Management',
        resources: [],
        request: {},
      },
    });
  });

  test.each([
    [{ eventCategory: 'Data', managementEvent: false }, 'Data'],
    [{ managementEvent: false }, 'Data'],
    [{ managementEvent: true }, 'Management'],
    [{}, 'Management'],
    [{ eventCategory: 'NetworkActivity' }, 'NetworkActivity'],
  ])('with %j is of the category %s', (fields, category) => {
    expect(trailRecord(fields).category).toBe(category);
  });

  test.each([
    [null, {}],
    ['{"bucketName":"orders"}', { bucketName: 'orders' }],
    ['{"bucketName":', {}],
    ['[1]', {}],
    ['null', {}],
    [[1], {}],
    [{ bucketName: 'orders' }, { bucketName: 'orders' }],
  ])('with the request %j has %j', (requestParameters, request) => {
    expect(trailRecord({ requestParameters }).request).toEqual(request);
  });

  test.each([
    ['AccessDenied', 'AccessDenied'],
    ['200', null],
    ['', null],
    [undefined, null],
    ['404', '404'],
    ['2000', '2000'],
    ['x200', 'x200'],
  ])('with the error code %j has the error %j', (errorCode, error) => {
    expect(trailRecord({ errorCode }).error).toBe(error);
  });

  test('has the resources that have an ARN, in either spelling', () => {
    const resources = [
      { ARN: 'arn:aws:s3:::orders', type: 'AWS::S3::Bucket', accountId: '111122223333' },
      { arn: 'arn:aws:s3:::other' },
      { ARNPrefix: 'arn:aws:s3:::orders/2026/' },
      'arn:aws:s3:::text',
      null,
    ];
    expect(trailRecord({ resources }).resources).toEqual([
      { arn: 'arn:aws:s3:::orders', type: 'AWS::S3::Bucket' },
      { arn: 'arn:aws:s3:::other', type: null },
    ]);
  });

  test('never throws, whatever it is', () => {
    const field = fc.constantFrom(
      'eventID',
      'eventTime',
      'eventSource',
      'eventName',
      'userIdentity',
      'requestParameters',
      'resources',
    );
    fc.assert(
      fc.property(fc.jsonValue(), fc.dictionary(field, fc.jsonValue()), (json, fields) => {
        expect(typeof readRecord(json).ok).toBe('boolean');
        expect(typeof readRecord(recordJson(fields)).ok).toBe('boolean');
      }),
    );
  });
});

describe('the caller', () => {
  const session = {
    type: 'AssumedRole',
    principalId: 'AROAEXAMPLE:vk_session',
    accountId: '111122223333',
    accessKeyId: 'ASIAEXAMPLE',
    invokedBy: 'athena.amazonaws.com',
    sessionContext: {
      sessionIssuer: { type: 'Role', arn: 'arn:aws:iam::111122223333:role/vend/orders' },
      sourceIdentity: IDENTITY,
    },
  };

  test('of a session has its role, its name, its key and its source identity', () => {
    expect(trailRecord({ userIdentity: session })).toMatchObject({
      callerAccount: '111122223333',
      role: 'arn:aws:iam::111122223333:role/vend/orders',
      sessionName: 'vk_session',
      accessKeyId: 'ASIAEXAMPLE',
      invokedBy: 'athena.amazonaws.com',
      ...{ sourceIdentity: IDENTITY, givesIdentity: false },
    });
  });

  test.each(['Root', 'IAMUser', undefined])('whose session is of a %s has no role', (type) => {
    const sessionIssuer = { ...session.sessionContext.sessionIssuer, type };
    const userIdentity = { ...session, sessionContext: { sessionIssuer } };
    expect(trailRecord({ userIdentity })).toMatchObject({ role: null, sessionName: null });
  });

  test.each(['AROAEXAMPLE', 'AROAEXAMPLE:', 7, null])(
    'whose principal id is %j has no session name',
    (principalId) => {
      expect(trailRecord({ userIdentity: { ...session, principalId } }).sessionName).toBeNull();
    },
  );

  test('who is a user has no role', () => {
    const userIdentity = { type: 'IAMUser', principalId: 'AIDAEXAMPLE', accountId: '111122223333' };
    expect(trailRecord({ userIdentity })).toMatchObject({ role: null, sessionName: null });
  });

  test.each(['AssumeRole', 'AssumeRoleWithSAML', 'AssumeRoleWithWebIdentity'])(
    'who calls %s is joined by the source identity that the call sets',
    (eventName) => {
      const record = trailRecord({
        eventSource: 'sts.amazonaws.com',
        eventName,
        requestParameters: { sourceIdentity: IDENTITY },
      });
      expect(grantOf(record)).toBe(GRANT);
      expect(record.givesIdentity).toBe(true);
    },
  );

  test('keeps the source identity of its own session in a chained AssumeRole', () => {
    const record = trailRecord({
      eventSource: 'sts.amazonaws.com',
      eventName: 'AssumeRole',
      userIdentity: session,
      requestParameters: { sourceIdentity: 'people_eve.gr_zzzzzzzzzzzzzzzzzzzz' },
    });
    expect(grantOf(record)).toBe(GRANT);
    expect(record.givesIdentity).toBe(false);
  });

  test('cannot set one by a parameter of another call', () => {
    const requestParameters = { sourceIdentity: IDENTITY };
    for (const fields of [{}, { eventName: 'AssumeRole' }, { eventSource: 'sts.amazonaws.com' }]) {
      expect(grantOf(trailRecord({ ...fields, requestParameters }))).toBeNull();
    }
  });
});

describe('the grant', () => {
  test.each([
    [IDENTITY, GRANT],
    [`a.b.c.${GRANT}`, GRANT],
    [GRANT, null],
    [`.${GRANT}`, null],
    ['people_ana', null],
    [`people_ana.${GRANT}x`, null],
    [`people_ana.${GRANT.toUpperCase()}`, null],
    ['people_ana.', null],
  ])('of %s is %j', (sourceIdentity, grant) => {
    const userIdentity = { sessionContext: { sourceIdentity } };
    expect(grantOf(trailRecord({ userIdentity }))).toBe(grant);
  });
});
