import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts';
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from '@aws-sdk/types';

/** The kill role could not be assumed, so IAM was not called. `cause` says why. */
export class NoKillRole extends Error {
  override readonly name = 'NoKillRole';
}

/**
 * Provides the credentials of a target account's kill role to an SDK client, which keeps them and
 * asks for new ones a few minutes before they expire.
 *
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export function killRoleCredentials(
  client: STSClient,
  roleArn: string,
): AwsCredentialIdentityProvider {
  return () =>
    assume(client, roleArn).catch((cause: unknown) => {
      throw new NoKillRole('the kill role could not be assumed', { cause });
    });
}

async function assume(client: STSClient, roleArn: string): Promise<AwsCredentialIdentity> {
  const { Credentials: issued } = await client.send(
    new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'kill-switch' }),
  );
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = issued ?? {};
  if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration) {
    throw new Error('STS returned no credentials');
  }
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    expiration: Expiration,
  };
}
