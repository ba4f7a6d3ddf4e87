import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts';
import type { AwsCredentialIdentityProvider } from '@aws-sdk/types';

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
  return async () => {
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
  };
}
