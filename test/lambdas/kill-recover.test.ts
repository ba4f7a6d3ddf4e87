import { GetRolePolicyCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { killSwitchDocument } from '../../core/kill/deny-policy.ts';
import { parsePolicy } from '../../core/kill/parse-policy.ts';
import { CONTEXT } from '../support/api-call.ts';
import { captureLog } from '../support/capture-log.ts';
import { type FakeTable, fakeTable } from '../support/fake-table.ts';
import { naming } from '../support/kill-ports.ts';
import { ACCOUNT, lambdaEnvironment } from '../support/lambda-environment.ts';
import { type Aws, awsError, awsRefusal, mockAws } from '../support/mock-aws.ts';
import { testClock } from '../support/test-clock.ts';

/** The direct order that cuts a role off in a recovery: what it answers, and what it leaves in AWS. */

const log = captureLog();
const clock = testClock();
const role = `arn:aws:iam::${ACCOUNT}:role/valetkey/artifacts`;
const IDS = ['gr_1qm8vwt2p0c6yh8ttf4e', 'gr_2qp0kp74xq1v0de1yb2g'];
const BEFORE = killSwitchDocument(naming(...IDS)) ?? '';
const iam = mockClient(IAMClient);
let aws: Aws;
let table: FakeTable;
let policy = BEFORE;
let removeFolder: () => void;

beforeAll(() => {
  removeFolder = lambdaEnvironment();
  process.env['QUARANTINE'] = 'recovery';
  aws = mockAws();
});
afterAll(() => {
  delete process.env['QUARANTINE'];
  removeFolder();
  log.restore();
});
beforeEach(() => {
  aws.acceptAll();
  table = fakeTable(aws);
  policy = BEFORE;
  iam.reset();
  iam
    .on(GetRolePolicyCommand)
    .callsFake(() => ({ PolicyDocument: encodeURIComponent(policy) }))
    .on(PutRolePolicyCommand)
    .callsFake(put);
  log.clear();
});
afterEach(() => clock.restart());

const put = ({ PolicyDocument = '' }: { readonly PolicyDocument?: string | undefined }) => {
  policy = PolicyDocument;
  return {};
};

const recover = async (): Promise<unknown> => {
  const { handler } = (await import('../../lambdas/kill.lambda.ts')) as {
    handler: (event: unknown, context: unknown) => Promise<unknown>;
  };
  return handler({ recover: role, reason: 'the table was lost' }, CONTEXT);
};
const row = (sk: string): Record<string, unknown> | null => {
  const item = table.items.get(`ROLE#${role} ${sk}`);
  return item === undefined ? null : unmarshall(item);
};

test('it is refused where the deployment does not say that the table was restored', async () => {
  delete process.env['QUARANTINE'];
  await expect(recover()).rejects.toMatchObject({ name: 'NotInRecovery' });
  process.env['QUARANTINE'] = 'recovery';
  expect([iam.calls(), policy, row('CUTOFF'), row('SWITCH')]).toEqual([[], BEFORE, null, null]);
});

test('it cuts the role off, and says what its policy had denied, as often as it is given', async () => {
  for (const _ of ['once', 'again']) {
    const answer = await recover();
    const { at = 0 } = (row('CUTOFF') ?? {}) as { at?: number };
    expect(answer).toEqual({ role, cutoff: at, patterns: IDS, except: [] });
    expect(at).toBeGreaterThan(Date.now() + 29_000);
    expect(parsePolicy(policy)).toMatchObject({ value: { patterns: IDS, cutoff: at } });
    expect(row('CUTOFF')).toMatchObject({
      until: at + 3_690_000,
      reason: 'the table was lost',
      denied: { patterns: IDS, except: [] },
      ttl: Math.ceil((at + 3_690_000) / 1000) + 86_400,
    });
    expect(row('FREEZE')).toMatchObject({ until: at });
    expect(row('SWITCH')).not.toHaveProperty('leaseUntil');
    clock.forward(40);
  }
});

test('a policy that the broker never writes stays, is reported, and its role vends nothing', async () => {
  const theirs = JSON.stringify({ ...JSON.parse(BEFORE), Id: 'theirs' });
  policy = theirs;
  expect(await recover()).toEqual({
    ...{ role, cutoff: null, patterns: [], except: [] },
    refused: expect.stringMatching(/^unknown-policy: the broker never writes this/),
  });
  expect(policy).toBe(theirs);
  expect(row('FREEZE')).toMatchObject({ reason: expect.stringContaining('never writes') });
  expect(row('FREEZE')).not.toHaveProperty('until');
  expect(row('CUTOFF')).toMatchObject({ denied: { patterns: [], except: [] } });
  const [failed] = log.lines().filter(({ message }) => message === 'kill switch not written');
  expect(failed).toMatchObject({ role, code: 'unknown-policy', level: 'ERROR' });
});

test('a role that does not exist is reported, and leaves neither freeze nor cutoff', async () => {
  iam.on(GetRolePolicyCommand).rejects(awsRefusal('NoSuchEntity', 'The role cannot be found.'));
  expect(await recover()).toMatchObject({ refused: 'no-such-role: NoSuchEntity' });
  expect([row('FREEZE'), row('CUTOFF')]).toEqual([null, null]);
});

test('calls that IAM throttles are made again', async () => {
  iam
    .on(GetRolePolicyCommand)
    .rejectsOnce(awsRefusal('Throttling'))
    .callsFake(() => ({ PolicyDocument: encodeURIComponent(policy) }));
  iam.on(PutRolePolicyCommand).rejectsOnce(awsRefusal('Throttling')).callsFake(put);
  expect(await recover()).toMatchObject({ patterns: IDS });
  expect(parsePolicy(policy)).toMatchObject({
    value: { patterns: IDS, cutoff: row('CUTOFF')?.['at'] },
  });
});

test('after a write whose answer was lost, nobody writes until it can come no more', async () => {
  iam.on(PutRolePolicyCommand).callsFake((input) => {
    put(input);
    throw awsError('TimeoutError');
  });
  await expect(recover()).rejects.toMatchObject({
    ...{ name: 'Retryable', message: expect.stringMatching(/^unavailable: \S/) },
  });
  expect(row('SWITCH')).toHaveProperty('leaseUntil');
  expect(row('CUTOFF')).not.toBeNull();
  expect(parsePolicy(policy)).toMatchObject({ value: { patterns: IDS } });
  iam.on(PutRolePolicyCommand).callsFake(put);
  clock.forward(60);
  expect(await recover()).toMatchObject({ patterns: IDS });
  expect(row('FREEZE')).toMatchObject({ until: row('CUTOFF')?.['at'] });
});
