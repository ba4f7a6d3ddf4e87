import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  paginateListAttachedRolePolicies,
  paginateListRolePolicies,
} from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { FoundRole } from '../../core/accounts/drift.ts';

/** Reads the IAM of an account and changes nothing. Every function throws the errors of AWS. */
export type AccountReader = {
  readonly account: () => Promise<string>;
  /** Null if no role has that name, under any path. */
  readonly role: (name: string) => Promise<FoundRole | null>;
  /** The document of a managed policy's default version; null if there is no such policy. */
  readonly policy: (arn: string) => Promise<unknown>;
};

/** The SDK would print warnings among the command's own output, such as about keys beside a profile. */
const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

/** The account of the credentials that the SDK finds: environment, profile, SSO. */
export function ambientAccount(): AccountReader {
  const iam = new IAMClient({ logger: SILENT });
  const sts = new STSClient({ logger: SILENT });
  return {
    account: async () => (await sts.send(new GetCallerIdentityCommand({}))).Account ?? '',
    role: (name) => orNull(readRole(iam, name)),
    policy: (arn) => orNull(readPolicy(iam, arn)),
  };
}

async function readRole(client: IAMClient, RoleName: string): Promise<FoundRole> {
  const { Role } = await client.send(new GetRoleCommand({ RoleName }));
  const inline: Record<string, unknown> = {};
  for await (const { PolicyNames = [] } of paginateListRolePolicies({ client }, { RoleName })) {
    for (const PolicyName of PolicyNames) {
      const read = await client.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
      inline[PolicyName] = parsed(read.PolicyDocument);
    }
  }
  const attached: string[] = [];
  for await (const page of paginateListAttachedRolePolicies({ client }, { RoleName })) {
    attached.push(...(page.AttachedPolicies ?? []).map(({ PolicyArn = '' }) => PolicyArn));
  }
  return {
    arn: Role?.Arn ?? '',
    trust: parsed(Role?.AssumeRolePolicyDocument),
    tags: Object.fromEntries((Role?.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
    boundary: Role?.PermissionsBoundary?.PermissionsBoundaryArn ?? null,
    inline,
    attached,
  };
}

async function readPolicy(client: IAMClient, PolicyArn: string): Promise<unknown> {
  const { Policy } = await client.send(new GetPolicyCommand({ PolicyArn }));
  const VersionId = Policy?.DefaultVersionId;
  const read = await client.send(new GetPolicyVersionCommand({ PolicyArn, VersionId }));
  return parsed(read.PolicyVersion?.Document);
}

/** IAM returns policies percent-encoded (IAM API Reference, GetRole). */
function parsed(document: string | undefined): unknown {
  return JSON.parse(decodeURIComponent(document ?? '{}'));
}

function orNull<T>(read: Promise<T>): Promise<T | null> {
  return read.catch((error: unknown) => {
    if (error instanceof Error && /^NoSuchEntity/.test(error.name)) return null;
    throw error;
  });
}
