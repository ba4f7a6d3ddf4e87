import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts';
import type { SessionIssuer } from '../../core/ports.ts';
import { err, ok } from '../../core/result.ts';

/**
 * AssumeRole under the plan's session policy (STS API Reference, AssumeRole).
 *
 * The reason of a failure is the error's name and nothing else: STS repeats what it was sent in
 * its messages.
 */
export function stsSessionIssuer(
  client: STSClient,
  report: (operation: string, reason: string) => void,
): SessionIssuer {
  return async (plan) => {
    try {
      const { Credentials: issued } = await client.send(
        new AssumeRoleCommand({
          RoleArn: plan.roleArn,
          RoleSessionName: plan.sessionName,
          SourceIdentity: plan.sourceIdentity,
          DurationSeconds: plan.durationSeconds,
          Policy: plan.policy,
        }),
      );
      const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = issued ?? {};
      if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration) {
        report('AssumeRole', 'IncompleteAnswer');
        return err({ reason: 'IncompleteAnswer' });
      }
      return ok({
        accessKeyId: AccessKeyId,
        secretAccessKey: SecretAccessKey,
        sessionToken: SessionToken,
        expiration: Expiration.getTime(),
      });
    } catch (error) {
      const reason = error instanceof Error ? error.name : 'UnknownError';
      report('AssumeRole', reason);
      return err({ reason });
    }
  };
}
