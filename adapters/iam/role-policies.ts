import {
  DeleteRolePolicyCommand,
  GetRolePolicyCommand,
  type IAMClient,
  IAMServiceException,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { KILL_SWITCH_POLICY } from '../../core/kill/document.ts';
import type { PolicyRefusal, RolePolicies } from '../../core/kill/ports.ts';
import { err, ok, type Result } from '../../core/result.ts';

/**
 * The kill switch's inline policy in IAM. The client must not repeat calls by itself for longer than a
 * lease has margin: a late write would undo another writer's.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html
 */
export function iamRolePolicies(client: IAMClient, account: string): RolePolicies {
  const on = async <T>(
    role: string,
    what: (key: { RoleName: string; PolicyName: string }) => Promise<T>,
    absent?: T,
  ): Promise<Result<T, PolicyRefusal>> => {
    const { name, owner } = parseRole(role);
    if (owner !== account) return err(OTHER_ACCOUNT);
    try {
      return ok(await what({ RoleName: name, PolicyName: KILL_SWITCH_POLICY }));
    } catch (error) {
      const refusal = refusalOf(error);
      const noPolicy = refusal.code === 'no-such-role' && absent !== undefined;
      return noPolicy && isAboutPolicy(error) ? ok(absent) : err(refusal);
    }
  };
  return {
    put: (role, document) =>
      on(role, async (key) => {
        await client.send(new PutRolePolicyCommand({ ...key, PolicyDocument: document }));
        return null;
      }),
    remove: (role) =>
      on(
        role,
        async (key) => {
          await client.send(new DeleteRolePolicyCommand(key));
          return null;
        },
        null,
      ),
    read: (role) =>
      on<string | null>(
        role,
        async (key) => {
          const { PolicyDocument = '' } = await client.send(new GetRolePolicyCommand(key));
          return decodeURIComponent(PolicyDocument);
        },
        null,
      ),
  };
}

function parseRole(arn: string) {
  const [, owner = '', name = ''] =
    /^arn:[^:]+:iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(arn) ?? [];
  return { name, owner };
}

function refusalOf(error: unknown): PolicyRefusal {
  if (!(error instanceof IAMServiceException))
    return { code: 'unavailable', reason: nameOf(error) };
  const { name: reason } = error;
  if (/^NoSuchEntity/.test(reason)) return { code: 'no-such-role', reason };
  if (/^LimitExceeded/.test(reason)) return { code: 'too-long', reason };
  const answered = error.$fault === 'client' && !/Throttl|Timeout|ConcurrentMod/i.test(reason);
  return { code: answered ? 'refused' : 'unavailable', reason };
}

/** IAM has one error for a role that is not there and for a policy that is not there. */
function isAboutPolicy(error: unknown): boolean {
  return error instanceof Error && /role policy/i.test(error.message);
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown';
}

const OTHER_ACCOUNT: PolicyRefusal = {
  code: 'refused',
  reason: 'the role is in another account, whose policies the broker cannot write',
};
