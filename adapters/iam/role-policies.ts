import {
  DeleteRolePolicyCommand,
  GetRolePolicyCommand,
  type IAMClient,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { KILL_SWITCH_POLICY } from '../../core/kill/deny-policy.ts';
import type { PolicyRefusal, RolePolicies } from '../../core/kill/ports.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { parseRoleArn, type RoleArn } from '../../core/role-arn.ts';
import { NoKillRole } from './kill-role.ts';

/** One client per account. */
export type IamClients = {
  readonly of: (role: RoleArn) => IAMClient;
  /** Drops a client whose keys AWS does not take any more, so that the next client gets new keys. */
  readonly forget: (role: RoleArn) => void;
};

/**
 * The kill switch's inline policy in IAM, written with the client of the role's own account. The
 * client must not retry for longer than the margin of a lease: a late write would undo that of
 * another writer.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html
 */
export function iamRolePolicies(clients: IamClients): RolePolicies {
  const on = async <T>(
    role: string,
    what: (client: IAMClient, key: { RoleName: string; PolicyName: string }) => Promise<T>,
    absent?: T,
  ): Promise<Result<T, PolicyRefusal>> => {
    const parts = parseRoleArn(role);
    if (parts === null) return err(NO_ROLE);
    try {
      const key = { RoleName: parts.name, PolicyName: KILL_SWITCH_POLICY };
      return ok(await what(clients.of(parts), key));
    } catch (error) {
      const refusal = refusalOf(error);
      if (OWN_KEYS.test(refusal.reason)) clients.forget(parts);
      const noPolicy = refusal.code === 'no-such-role' && absent !== undefined;
      return noPolicy && isAboutPolicy(error) ? ok(absent) : err(refusal);
    }
  };
  return {
    put: (role, document) =>
      on(role, async (client, key) => {
        await client.send(new PutRolePolicyCommand({ ...key, PolicyDocument: document }));
        return null;
      }),
    remove: (role) =>
      on(
        role,
        async (client, key) => {
          await client.send(new DeleteRolePolicyCommand(key));
          return null;
        },
        null,
      ),
    read: (role) =>
      on<string | null>(
        role,
        async (client, key) => {
          const { PolicyDocument = '' } = await client.send(new GetRolePolicyCommand(key));
          return decodeURIComponent(PolicyDocument);
        },
        null,
      ),
  };
}

/**
 * What an error says of the call. Where the kill role could not be assumed, STS's error says why, and IAM
 * did nothing.
 */
function refusalOf(error: unknown): PolicyRefusal {
  if (error instanceof NoKillRole) {
    const { code, reason } = refusalOf(error.cause);
    return { code: code === 'unavailable' ? 'throttled' : code, reason };
  }
  if (!isFromAws(error)) return { code: 'unavailable', reason: nameOf(error) };
  const { name: reason } = error;
  if (/^NoSuchEntity/.test(reason)) return { code: 'no-such-role', reason };
  if (/^LimitExceeded/.test(reason)) return { code: 'too-long', reason };
  if (NOT_NOW.test(reason) || OWN_KEYS.test(reason)) return { code: 'throttled', reason };
  const answered = error.$fault === 'client' && !/Timeout/i.test(reason);
  return { code: answered ? 'refused' : 'unavailable', reason };
}

/**
 * AWS did nothing, and will later (IAM API Reference, "Common errors"; PutRolePolicy says of a concurrent
 * modification: submit the request again).
 */
const NOT_NOW = /Throttl|TooManyRequests|RequestLimitExceeded|ConcurrentModification/;

/**
 * The keys of the call have expired, belong to a deleted role, or signed at another time (IAM API Reference,
 * "Common errors"): AWS did nothing, and new keys can mend it. It says nothing of the role.
 */
const OWN_KEYS = /InvalidClientTokenId|ExpiredToken|RequestExpired|SignatureDoesNotMatch/;

function isFromAws(error: unknown): error is Error & { readonly $fault: 'client' | 'server' } {
  return error instanceof Error && '$fault' in error;
}

/** IAM uses one error for a missing role and for a missing policy. */
function isAboutPolicy(error: unknown): boolean {
  return error instanceof Error && /role policy/i.test(error.message);
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown';
}

const NO_ROLE: PolicyRefusal = { code: 'refused', reason: 'not the ARN of a role' };
