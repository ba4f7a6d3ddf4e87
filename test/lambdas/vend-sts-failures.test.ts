import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Answer } from '../support/api-call.ts';
import { type ApiUnderTest, startApi } from '../support/api-under-test.ts';
import { ARTIFACTS, ana } from '../support/callers.ts';
import { awsError, awsRefusal, CREDENTIALS } from '../support/mock-aws.ts';

/** `POST /v1/credentials` when the grant is written but STS issues no session. */

let api: ApiUnderTest;
let token: string;
beforeAll(async () => {
  api = await startApi();
  token = await ana(api.issuer);
});
afterAll(() => api.stop());
beforeEach(() => {
  api.aws.acceptAll();
  api.log.clear();
});

const vend = (): Promise<Answer> => api.call('POST /v1/credentials', { token, body: ARTIFACTS });

const EXPIRATION = new Date('2030-01-01T00:00:00Z');
/** The error messages of STS repeat its input. */
const LEAKY = `${CREDENTIALS.SecretAccessKey} ${CREDENTIALS.SessionToken} arn:aws:s3:::acme-artifacts`;

function expectUnavailable(answer: Answer): string {
  expect(answer).toMatchObject({
    headers: { 'retry-after': expect.stringMatching(/^[1-9]\d*$/) },
    body: { detail: expect.stringContaining('STS') },
  });
  return expectNoKeys(answer, 503);
}

function expectNoKeys(answer: Answer, status: number): string {
  expect(answer).toMatchObject({ status, body: { grantId: expect.stringMatching(/^gr_/) } });
  expect(answer.body).not.toHaveProperty('credentials');
  const stored = api.aws.calls().filter(({ command }) => command !== 'AssumeRoleCommand');
  const everything = answer.text + api.log.text() + JSON.stringify(stored);
  for (const secret of [
    CREDENTIALS.AccessKeyId,
    CREDENTIALS.SecretAccessKey,
    CREDENTIALS.SessionToken,
    token,
  ]) {
    expect(everything).not.toContain(secret);
  }
  expect(answer.text + api.log.text()).not.toContain('acme-artifacts');
  return String(answer.body['grantId']);
}

/** The event of the failure in the audit trail. */
function failureEvent(): Readonly<Record<string, unknown>> {
  const puts = api.aws.dynamo.commandCalls(PutItemCommand);
  expect(puts).toHaveLength(1);
  return puts[0]?.args[0].input.Item ?? {};
}

describe('a failed AssumeRole means no keys, 503 and an event in the audit trail:', () => {
  test.each(['ExpiredToken', 'Throttling', 'TimeoutError', 'ECONNRESET'])('%s', async (name) => {
    const failure = name === 'ECONNRESET' ? awsError : awsRefusal;
    api.aws.sts.on(AssumeRoleCommand).rejects(failure(name, LEAKY));
    const grantId = expectUnavailable(await vend());
    expect(failureEvent()).toMatchObject({
      pk: { S: `GRANT#${grantId}` },
      type: { S: 'vend-failed' },
      reason: { S: name },
      requestId: { S: 'request-1' },
    });
    expect(api.aws.calls().map(({ command }) => command)).toEqual([
      'TransactWriteItemsCommand',
      'AssumeRoleCommand',
      'PutItemCommand',
    ]);
  });

  test('a rejection that is not an Error', async () => {
    api.aws.sts.on(AssumeRoleCommand).callsFake(() => Promise.reject(LEAKY));
    expectUnavailable(await vend());
    expect(failureEvent()).toMatchObject({ reason: { S: 'UnknownError' } });
  });
});

test.each(['AccessDenied', 'RegionDisabledException', 'ValidationError'])(
  'a role that AWS refuses with %s is named to the caller and to the operator, and nobody is told to try again',
  async (name) => {
    api.aws.sts.on(AssumeRoleCommand).rejects(awsRefusal(name, LEAKY));
    const answer = await vend();
    const grantId = expectNoKeys(answer, 500);
    const role = 'arn:aws:iam::123456789012:role/valetkey/artifacts';
    expect(answer.headers).not.toHaveProperty('retry-after');
    expect(answer.body).toMatchObject({
      type: 'urn:valetkey:problem:role-refused',
      detail: expect.stringContaining(`AWS refused to assume ${role}`),
    });
    expect(answer.body['detail']).toContain('valetkey accounts check');
    expect(failureEvent()).toMatchObject({
      pk: { S: `GRANT#${grantId}` },
      type: { S: 'vend-failed' },
      reason: { S: name },
    });
    const errors = api.log.lines().filter(({ level }) => level === 'ERROR');
    expect(errors).toMatchObject([{ operation: 'AssumeRole', errorName: name, role }]);
  },
);

test.each(['MalformedPolicyDocument', 'PackedPolicyTooLargeException'])(
  'a session policy that AWS refuses with %s is no reason to try again',
  async (name) => {
    api.aws.sts.on(AssumeRoleCommand).rejects(awsRefusal(name, LEAKY));
    const answer = await vend();
    expectNoKeys(answer, 500);
    expect(answer.headers).not.toHaveProperty('retry-after');
    expect(answer.body).toMatchObject({
      type: 'urn:valetkey:problem:policy-refused',
      detail: expect.stringContaining('a smaller scope'),
    });
    expect(failureEvent()).toMatchObject({ reason: { S: name } });
  },
);

describe('an incomplete answer of STS counts as a failure:', () => {
  test.each<[string, object]>([
    ['no credentials', {}],
    [
      'no key id',
      { Credentials: { ...CREDENTIALS, AccessKeyId: undefined, Expiration: EXPIRATION } },
    ],
    ['no secret', { Credentials: { ...CREDENTIALS, SecretAccessKey: '', Expiration: EXPIRATION } }],
    [
      'no session token',
      { Credentials: { ...CREDENTIALS, SessionToken: '', Expiration: EXPIRATION } },
    ],
    ['no expiration', { Credentials: CREDENTIALS }],
    ['an expiration that is not a date', { Credentials: { ...CREDENTIALS, Expiration: 'soon' } }],
  ])('%s', async (_, output) => {
    api.aws.sts.on(AssumeRoleCommand).resolves(output);
    expectUnavailable(await vend());
    expect(failureEvent()).toMatchObject({ type: { S: 'vend-failed' } });
  });
});

test('the answer is the same if the audit trail cannot be written either', async () => {
  api.aws.sts.on(AssumeRoleCommand).rejects(awsError('Throttling', LEAKY));
  api.aws.dynamo.on(PutItemCommand).rejects(awsError('InternalServerError'));
  const grantId = expectUnavailable(await vend());
  const failures = api.log.lines().filter(({ level }) => level === 'ERROR');
  expect(failures).toMatchObject([
    { operation: 'AssumeRole', requestId: 'request-1' },
    { operation: 'PutItem', requestId: 'request-1' },
  ]);
  expect(api.log.lines().at(-1)).toMatchObject({ message: 'answered', status: 503, grantId });
});
