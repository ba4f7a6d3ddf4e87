import {
  CloudFormationClient,
  DeleteStackCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  waitUntilStackDeleteComplete,
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
import { KILL_SWITCH_POLICY } from '../../core/kill/deny-policy.ts';
import { type Run, TAG } from './names.ts';
import { emptyBucket, removeBucket } from './objects.ts';
import { stacksOf } from './plan.ts';
import { disableAwsIssuer } from './tokens.ts';

/** What a stack made, as long as its list can be read: some of it may outlive the stack. */
type Made = { readonly type: string; readonly id: string };

export type Removal = { readonly gone: readonly string[]; readonly left: readonly string[] };

/** Takes away what the run made, and nothing else: stacks and the rest must carry its tag. */
export async function removeAll(run: Run, log: (line: string) => void): Promise<Removal> {
  const gone: string[] = [];
  const left: string[] = [];
  const step = async (what: string, work: () => Promise<boolean>): Promise<void> => {
    try {
      if (!(await work())) return;
      gone.push(what);
      log(`removed ${what}`);
    } catch (error) {
      left.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
      log(`could not remove ${what}`);
    }
  };
  const made: Made[] = [];
  for (const stack of stacksOf(run)) {
    await step(`the stack ${stack}`, () => removeStack(run, stack, made));
  }
  await step('the bucket', () => removeBucket(run));
  for (const { type, id } of made) {
    if (type === 'AWS::DynamoDB::Table') await step(`the table ${id}`, () => removeTable(run, id));
    if (type === 'AWS::IAM::Role') await step(`the role ${id}`, () => removeRole(id));
  }
  await step('outbound federation, which was off before', () => disableAwsIssuer(run));
  return { gone, left };
}

async function removeStack(run: Run, StackName: string, made: Made[]): Promise<boolean> {
  const client = new CloudFormationClient({ region: run.region });
  const { Stacks: [stack] = [] } = await client
    .send(new DescribeStacksCommand({ StackName }))
    .catch((error: Error) => {
      if (/does not exist/.test(error.message)) return { Stacks: [] };
      throw error;
    });
  if (stack === undefined) return false;
  if (!stack.Tags?.some(({ Key, Value }) => Key === TAG && Value === run.id)) {
    throw new Error(`it does not carry the tag ${TAG}=${run.id}, so it is not of this run`);
  }
  const { StackResources = [] } = await client.send(
    new DescribeStackResourcesCommand({ StackName }),
  );
  const resources = StackResources.map(({ ResourceType = '', PhysicalResourceId = '' }) => ({
    type: ResourceType,
    id: PhysicalResourceId,
  })).filter(({ id }) => id !== '');
  made.push(...resources);
  // CloudFormation cannot delete a role with a policy that it did not create.
  for (const { type, id } of resources) {
    if (type === 'AWS::IAM::Role') await removePolicy(id, KILL_SWITCH_POLICY);
    // Nor a bucket with objects: the files of the ledger.
    if (type === 'AWS::S3::Bucket') await emptyBucket(run, id);
  }
  const id = stack.StackId ?? StackName;
  await client.send(new DeleteStackCommand({ StackName: id }));
  const waiting = { client, maxWaitTime: 1800, minDelay: 2, maxDelay: 15 };
  await waitUntilStackDeleteComplete(waiting, { StackName: id });
  return true;
}

async function removePolicy(RoleName: string, PolicyName: string): Promise<void> {
  await new IAMClient()
    .send(new DeleteRolePolicyCommand({ RoleName, PolicyName }))
    .catch(unlessGone);
}

/** A role that a stack of this run made, and left. */
async function removeRole(RoleName: string): Promise<boolean> {
  const iam = new IAMClient();
  if ((await iam.send(new GetRoleCommand({ RoleName })).catch(unlessGone)) === null) return false;
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  for (const name of PolicyNames) await removePolicy(RoleName, name);
  await iam.send(new DeleteRoleCommand({ RoleName }));
  return true;
}

/** A table that a stack of this run made, and left. */
async function removeTable(run: Run, TableName: string): Promise<boolean> {
  const client = new DynamoDBClient({ region: run.region });
  const found = await client.send(new DescribeTableCommand({ TableName })).catch(unlessGone);
  if (found === null || found.Table?.TableStatus === 'DELETING') return false;
  if (found.Table?.DeletionProtectionEnabled === true) {
    await client.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: false }));
  }
  await client.send(new DeleteTableCommand({ TableName }));
  return true;
}

function unlessGone(error: Error): null {
  if (/NoSuchEntity|NotFound/.test(error.name)) return null;
  throw error;
}
