import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { stsSessionIssuer } from '../../../adapters/sts/session-issuer.ts';
import { awsError, awsRefusal, CREDENTIALS } from '../../support/mock-aws.ts';

const sts = mockClient(STSClient);
const reports: unknown[] = [];
const issue = stsSessionIssuer(new STSClient({ region: 'eu-central-1' }), (...report) => {
  reports.push(report);
});
beforeEach(() => {
  sts.reset();
  reports.length = 0;
});

const PLAN = {
  roleArn: 'arn:aws:iam::123456789012:role/valetkey/artifacts',
  sessionName: 'vk_00000000000000000000000000',
  sourceIdentity: 'ana-0000000000000000.gr_00000000000000000000',
  durationSeconds: 900,
  policy: '{"Version":"2012-10-17","Statement":[]}',
};

test('AssumeRole gets the whole plan and nothing else', async () => {
  const Expiration = new Date('2026-11-23T20:00:00.500Z');
  sts.on(AssumeRoleCommand).resolves({ Credentials: { ...CREDENTIALS, Expiration } });
  expect(await issue(PLAN)).toEqual({
    ok: true,
    value: {
      accessKeyId: CREDENTIALS.AccessKeyId,
      secretAccessKey: CREDENTIALS.SecretAccessKey,
      sessionToken: CREDENTIALS.SessionToken,
      expiration: Expiration.getTime(),
    },
  });
  expect(sts.calls().map(({ args: [{ input }] }) => input)).toEqual([
    {
      RoleArn: PLAN.roleArn,
      RoleSessionName: PLAN.sessionName,
      SourceIdentity: PLAN.sourceIdentity,
      DurationSeconds: 900,
      Policy: PLAN.policy,
    },
  ]);
});

/** Of these, the first comes from AWS and is no refusal, and the second never reached it. */
const fails = (name: string) =>
  ['InternalFailure', 'TimeoutError'].includes(name) ? awsError : awsRefusal;

describe('a failure reports the name of the error, the role and nothing else', () => {
  test.each([
    ['AccessDenied', 'role-refused'],
    ['AccessDeniedException', 'role-refused'],
    ['PackedPolicyTooLarge', 'policy-refused'],
    ['PackedPolicyTooLargeException', 'policy-refused'],
    ['MalformedPolicyDocumentException', 'policy-refused'],
    ['RegionDisabledException', 'role-refused'],
    ['ValidationError', 'role-refused'],
    ['InvalidParameterValue', 'role-refused'],
    ['InvalidClientTokenId', 'role-refused'],
    ['OptInRequired', 'role-refused'],
    ['ExpiredTokenException', 'unavailable'],
    ['RequestExpired', 'unavailable'],
    ['RequestLimitExceeded', 'unavailable'],
    ['RequestTimeoutException', 'unavailable'],
    ['ThrottlingException', 'unavailable'],
    ['InternalFailure', 'unavailable'],
    ['TimeoutError', 'unavailable'],
  ])('%s: %s', async (name, code) => {
    sts
      .on(AssumeRoleCommand)
      .rejects(fails(name)(name, `${PLAN.policy} ${CREDENTIALS.SecretAccessKey}`));
    expect(await issue(PLAN)).toEqual({ ok: false, error: { code, reason: name } });
    expect(reports).toEqual([['AssumeRole', name, PLAN.roleArn]]);
  });

  test('an answer without credentials', async () => {
    sts.on(AssumeRoleCommand).resolves({});
    const error = { code: 'unavailable', reason: 'IncompleteAnswer' };
    expect(await issue(PLAN)).toEqual({ ok: false, error });
  });
});
