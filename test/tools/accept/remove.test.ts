import {
  CloudFormationClient,
  DeleteStackCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import {
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import {
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  GetRoleCommand,
  IAMClient,
  ListRolePoliciesCommand,
} from '@aws-sdk/client-iam';
import {
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetBucketTaggingCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { removeAll } from '../../../tools/accept/remove.ts';

const cloudFormation = mockClient(CloudFormationClient);
const dynamo = mockClient(DynamoDBClient);
const iam = mockClient(IAMClient);
const s3 = mockClient(S3Client);

const RUN = {
  id: 'abcd1234',
  account: '111111111111',
  region: 'eu-central-1',
  partition: 'aws',
  folder: '/no/such/folder',
};
const OWN = [{ Key: 'valetkey:accept', Value: RUN.id }];
const BROKER = 'vk-accept-abcd1234';

/** The account has the broker's stack, with these tags, and no other. */
function withStack(Tags: typeof OWN): void {
  const made = { CreationTime: new Date(), StackStatus: 'CREATE_COMPLETE' } as const;
  cloudFormation
    .on(DescribeStacksCommand)
    .rejects(new Error('Stack with that id does not exist'))
    .on(DescribeStacksCommand, { StackName: BROKER })
    .resolves({ Stacks: [{ StackName: BROKER, StackId: 'arn:of:the:stack', Tags, ...made }] })
    .on(DescribeStacksCommand, { StackName: 'arn:of:the:stack' })
    .resolves({ Stacks: [{ ...made, StackName: BROKER, StackStatus: 'DELETE_COMPLETE' }] });
}

const remove = () => removeAll(RUN, () => undefined);

beforeEach(() => {
  for (const mock of [cloudFormation, dynamo, iam, s3]) mock.reset();
  cloudFormation.on(DeleteStackCommand).resolves({});
  const resource = { Timestamp: new Date(), ResourceStatus: 'CREATE_COMPLETE' } as const;
  cloudFormation.on(DescribeStackResourcesCommand).resolves({
    StackResources: [
      {
        ...resource,
        LogicalResourceId: 'T',
        ResourceType: 'AWS::DynamoDB::Table',
        PhysicalResourceId: 'grants',
      },
      {
        ...resource,
        LogicalResourceId: 'R',
        ResourceType: 'AWS::IAM::Role',
        PhysicalResourceId: 'vend',
      },
    ],
  });
  iam.onAnyCommand().rejects(Object.assign(new Error('gone'), { name: 'NoSuchEntityException' }));
  dynamo
    .onAnyCommand()
    .rejects(Object.assign(new Error('gone'), { name: 'ResourceNotFoundException' }));
  s3.onAnyCommand().rejects(Object.assign(new Error('gone'), { name: 'NoSuchBucket' }));
});

describe('what a run takes away', () => {
  test('is the stack with its tag, after the kill switch that CloudFormation does not know', async () => {
    withStack(OWN);
    expect(await remove()).toEqual({ gone: [`the stack ${BROKER}`], left: [] });
    const [policy] = iam.commandCalls(DeleteRolePolicyCommand);
    expect(policy?.args[0].input).toEqual({ RoleName: 'vend', PolicyName: 'ValetKeyKillSwitch' });
  });

  test('is never a stack of its name without its tag', async () => {
    withStack([{ Key: 'valetkey:accept', Value: 'another1' }]);
    const { gone, left } = await remove();
    expect(gone).toEqual([]);
    expect(left).toEqual([expect.stringContaining('so it is not of this run')]);
    expect(cloudFormation.commandCalls(DeleteStackCommand)).toEqual([]);
    expect(iam.calls()).toEqual([]);
    expect(dynamo.calls()).toEqual([]);
  });

  test('is what its stack made and left: a protected table, a role with policies', async () => {
    withStack(OWN);
    dynamo
      .on(DescribeTableCommand)
      .resolves({ Table: { DeletionProtectionEnabled: true } })
      .on(UpdateTableCommand)
      .resolves({})
      .on(DeleteTableCommand)
      .resolves({});
    iam
      .on(GetRoleCommand)
      .resolves({})
      .on(ListRolePoliciesCommand)
      .resolves({ PolicyNames: ['own'] })
      .on(DeleteRolePolicyCommand)
      .resolves({})
      .on(DeleteRoleCommand)
      .resolves({});
    const gone = [`the stack ${BROKER}`, 'the table grants', 'the role vend'];
    expect(await remove()).toEqual({ gone, left: [] });
    const [update] = dynamo.commandCalls(UpdateTableCommand);
    expect(update?.args[0].input).toMatchObject({ DeletionProtectionEnabled: false });
    expect(iam.commandCalls(DeleteRoleCommand)).toHaveLength(1);
  });

  test('is the bucket with its tag, and no other', async () => {
    withStack(OWN);
    s3.on(GetBucketTaggingCommand).resolves({ TagSet: [] });
    expect((await remove()).gone).not.toContain('the bucket');
    s3.on(GetBucketTaggingCommand).resolves({ TagSet: OWN });
    s3.on(DeleteObjectCommand).resolves({}).on(DeleteBucketCommand).resolves({});
    expect((await remove()).gone).toContain('the bucket');
    expect(s3.commandCalls(DeleteBucketCommand)).toHaveLength(1);
  });

  test('goes on past what cannot be removed, and says so', async () => {
    withStack(OWN);
    cloudFormation.on(DeleteStackCommand).rejects(new Error('not now'));
    s3.on(GetBucketTaggingCommand).resolves({ TagSet: OWN });
    s3.on(DeleteObjectCommand).resolves({}).on(DeleteBucketCommand).resolves({});
    const left = [`the stack ${BROKER}: not now`];
    expect(await remove()).toEqual({ gone: ['the bucket'], left });
  });
});
