import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts';
import type { NoSession, SessionIssuer } from '../../core/ports.ts';
import { err, ok, type Result } from '../../core/result.ts';

/**
 * Issues sessions with AssumeRole under the plan's session policy (STS API Reference, AssumeRole).
 *
 * The reason for a failure is only the error's name, because the messages of STS repeat its input.
 */
export function stsSessionIssuer(
  client: STSClient,
  report: (operation: string, reason: string, roleArn: string) => void,
): SessionIssuer {
  return async (plan) => {
    const failed = (reason: string): Result<never, NoSession> => {
      report('AssumeRole', reason, plan.roleArn);
      return err({ code: codeOf(reason), reason });
    };
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
        return failed('IncompleteAnswer');
      }
      return ok({
        accessKeyId: AccessKeyId,
        secretAccessKey: SecretAccessKey,
        sessionToken: SessionToken,
        expiration: Expiration.getTime(),
      });
    } catch (error) {
      return failed(error instanceof Error ? error.name : 'UnknownError');
    }
  };
}

/**
 * What AWS will refuse again and again. It denies access to a role that does not exist as well (STS API
 * Reference, AssumeRole and Common Errors). The SDK adds `Exception` to some codes.
 */
function codeOf(reason: string): NoSession['code'] {
  switch (reason.replace(/Exception$/, '')) {
    case 'AccessDenied':
      return 'role-refused';
    case 'PackedPolicyTooLarge':
    case 'MalformedPolicyDocument':
      return 'policy-refused';
    default:
      return 'unavailable';
  }
}
