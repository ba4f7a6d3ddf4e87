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
    const failed = (reason: string, code: NoSession['code']): Result<never, NoSession> => {
      report('AssumeRole', reason, plan.roleArn);
      return err({ code, reason });
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
        return failed('IncompleteAnswer', 'unavailable');
      }
      return ok({
        accessKeyId: AccessKeyId,
        secretAccessKey: SecretAccessKey,
        sessionToken: SessionToken,
        expiration: Expiration.getTime(),
      });
    } catch (error) {
      return error instanceof Error
        ? failed(error.name, codeOf(error))
        : failed('UnknownError', 'unavailable');
    }
  };
}

/** What AWS answers to a policy that it does not accept. */
const ABOUT_POLICY = /^(PackedPolicyTooLarge|MalformedPolicyDocument)/;

/**
 * What passes by itself: load, clocks, credentials of the broker that run out and are renewed (STS API
 * Reference, Common Error Types).
 */
const PASSES =
  /Throttl|TooManyRequests|LimitExceeded|SlowDown|Timeout|Expired|InProgress|Unavailable|^Request(InTheFuture|TimeTooSkewed)/;

/**
 * AWS answers a mistake in the same way every time: a role that does not exist or trusts others, a Region in
 * which STS is switched off, a duration beyond the role's longest. Only other errors may pass.
 */
function codeOf(error: Error): NoSession['code'] {
  if (ABOUT_POLICY.test(error.name)) return 'policy-refused';
  const answered = '$fault' in error && error.$fault === 'client';
  return answered && !PASSES.test(error.name) ? 'role-refused' : 'unavailable';
}
