import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  GetRoleCommand,
  IAMClient,
  PutUserPolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { S3Client } from '@aws-sdk/client-s3';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { awsClient, type Credentials as Vended } from './support.ts';

/** Clients and credentials for tests with two accounts, and roles to assume in either. */

/** An account beside that of the broker. */
export const OTHER = '111111111111';

export type Credentials = Omit<Vended, 'expiration' | 'sessionToken'> & {
  readonly sessionToken?: string;
};

export const rootOf = (account: string): Credentials => ({
  accessKeyId: account,
  secretAccessKey: 'local',
});

const as = ({ accessKeyId, secretAccessKey, sessionToken }: Credentials) => ({
  ...awsClient(),
  credentials: { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) },
});

export const iamOf = (credentials: Credentials) => new IAMClient(as(credentials));
export const s3Of = (credentials: Credentials) =>
  new S3Client({ ...as(credentials), forcePathStyle: true });

/** A policy document. */
export const document = (...Statement: object[]) =>
  JSON.stringify({ Version: '2012-10-17', Statement });

export const ALL = document({ Effect: 'Allow', Action: '*', Resource: '*' });

/** A new user with all permissions. */
export async function administratorOf(account: string): Promise<Credentials> {
  const iam = iamOf(rootOf(account));
  const UserName = `administrator-${Date.now()}`;
  await iam.send(new CreateUserCommand({ UserName }));
  const policy = { PolicyName: 'all', PolicyDocument: ALL };
  await iam.send(new PutUserPolicyCommand({ UserName, ...policy }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  return {
    accessKeyId: AccessKey?.AccessKeyId ?? '',
    secretAccessKey: AccessKey?.SecretAccessKey ?? '',
  };
}

export async function assume(credentials: Credentials, RoleArn: string): Promise<Credentials> {
  const { Credentials: given } = await new STSClient(as(credentials)).send(
    new AssumeRoleCommand({ RoleArn, RoleSessionName: 'a-test' }),
  );
  return {
    accessKeyId: given?.AccessKeyId ?? '',
    secretAccessKey: given?.SecretAccessKey ?? '',
    sessionToken: given?.SessionToken ?? '',
  };
}

/** Lets a role trust the root of its account while `action` runs. */
export async function trustingRoot<T>(
  account: string,
  RoleName: string,
  action: () => Promise<T>,
): Promise<T> {
  const iam = iamOf(rootOf(account));
  const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
  const before = decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '');
  const PolicyDocument = document({
    Effect: 'Allow',
    Action: 'sts:AssumeRole',
    Principal: { AWS: `arn:aws:iam::${account}:root` },
  });
  await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }));
  try {
    return await action();
  } finally {
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: before }));
  }
}
