import { IAMClient, SimulateCustomPolicyCommand } from '@aws-sdk/client-iam';
import { beforeEach, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { policySimulator } from '../../../adapters/iam/simulate-policy.ts';

const iam = mockClient(IAMClient);
beforeEach(() => {
  iam.reset();
});

const ALLOW = [{ Effect: 'Allow', Action: ['s3:GetObject'], Resource: ['*'] }] as const;
const ask = (...resources: readonly string[]) =>
  policySimulator('eu-central-1').simulate(ALLOW, 's3:GetObject', resources);
const answer = (
  resource: string,
  decision: 'allowed' | 'implicitDeny',
  missing: string[] = [],
) => ({
  ...{ EvalResourceName: resource, EvalResourceDecision: decision },
  MissingContextValues: missing,
});
/** About all resources together, with those about each in it. */
const about = (...ResourceSpecificResults: readonly ReturnType<typeof answer>[]) => ({
  EvaluationResults: [
    {
      ...{ EvalActionName: 's3:GetObject', EvalDecision: 'implicitDeny' as const },
      EvalResourceName: 'arn:${Partition}:s3:::${BucketName}/${KeyName}',
      ResourceSpecificResults: [...ResourceSpecificResults],
    },
  ],
});

test('answers are told by their resources', async () => {
  iam
    .on(SimulateCustomPolicyCommand)
    .resolves(
      about(
        answer('b', 'implicitDeny'),
        answer('a', 'allowed'),
        answer('c', 'implicitDeny', ['aws:SourceIp']),
      ),
    );
  expect(await ask('a', 'b', 'c')).toEqual({ ok: true, value: ['allowed', 'denied', 'unclear'] });
  const [call] = iam.commandCalls(SimulateCustomPolicyCommand);
  expect(JSON.parse(call?.args[0].input.PolicyInputList?.[0] ?? '')).toEqual({
    ...{ Version: '2012-10-17', Statement: ALLOW },
  });
});

test('a resource without an answer is not one that is allowed', async () => {
  iam.on(SimulateCustomPolicyCommand).resolves(about(answer('a', 'allowed')));
  expect(await ask('a', 'b')).toEqual({ ok: false, error: 'IAM gave no answer about b' });
  iam.on(SimulateCustomPolicyCommand).resolves({});
  expect(await ask('a')).toMatchObject({ ok: false });
});

test('IAM is asked in the partition of the Region, whatever Region the operator has set', async () => {
  iam.on(SimulateCustomPolicyCommand).resolves(about(answer('a', 'allowed')));
  await policySimulator('cn-north-1').simulate(ALLOW, 's3:GetObject', ['a']);
  const [client] = iam.send.thisValues as readonly IAMClient[];
  expect(await client?.config.region()).toBe('cn-north-1');
});

test.each([
  ['CredentialsProviderError', 'there are no AWS credentials'],
  ['AccessDenied', 'the AWS credentials may not call iam:SimulateCustomPolicy'],
  ['Throttling', 'Throttling: slow down'],
])('%s is no opinion', async (name, why) => {
  iam.on(SimulateCustomPolicyCommand).rejects(Object.assign(new Error('slow down'), { name }));
  expect(await ask('a')).toEqual({ ok: false, error: why });
});
