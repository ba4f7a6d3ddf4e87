import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts';
import type { SessionIssuer } from '../../core/ports.ts';
import { err, ok } from '../../core/result.ts';

/**
 * Issues sessions with AssumeRole under the plan's session policy (STS API Reference, AssumeRole).
 *
 * The reason for a failure is only the error's name, because the messages of STS repeat its input.
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
