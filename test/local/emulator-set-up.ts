import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  IAMClient,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';

/** Creates roles and users on the emulator, as the account's root. */

const ACCOUNT = '000000000000';

export type Credentials = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
};

export const ROOT: Credentials = { accessKeyId: ACCOUNT, secretAccessKey: 'local' };

export type Statement = Readonly<Record<string, unknown>>;

export const allow = (action: string | string[], more: Statement = {}): Statement => ({
  Effect: 'Allow',
  Action: action,
  Resource: '*',
  ...more,
});

/** A trust statement for anyone in the account. */
export const trust = (action: string | string[], more: Statement = {}): Statement => ({
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
  Action: action,
  ...more,
});

const policy = (...statements: Statement[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements });

export class SetUp {
  readonly #url: string;
  readonly #iam: IAMClient;

  constructor(url: string) {
    this.#url = url;
    this.#iam = new IAMClient(this.client(ROOT));
  }

  client(credentials: Credentials) {
    return { endpoint: this.#url, region: 'us-east-1', credentials, maxAttempts: 1 };
  }

  async role(name: string, trusts: Statement[], ...allows: Statement[]): Promise<string> {
    const role = { RoleName: name, AssumeRolePolicyDocument: policy(...trusts) };
    await this.#iam.send(new CreateRoleCommand(role));
    if (allows.length > 0) await this.putRolePolicy(name, 'does', ...allows);
    return `arn:aws:iam::${ACCOUNT}:role/${name}`;
  }

  async putRolePolicy(role: string, name: string, ...statements: Statement[]): Promise<void> {
    const named = { RoleName: role, PolicyName: name, PolicyDocument: policy(...statements) };
    await this.#iam.send(new PutRolePolicyCommand(named));
  }

  async user(name: string, ...allows: Statement[]): Promise<Credentials> {
    await this.#iam.send(new CreateUserCommand({ UserName: name }));
    const named = { UserName: name, PolicyName: 'does', PolicyDocument: policy(...allows) };
    await this.#iam.send(new PutUserPolicyCommand(named));
    const { AccessKey } = await this.#iam.send(new CreateAccessKeyCommand({ UserName: name }));
    return {
      accessKeyId: AccessKey?.AccessKeyId ?? '',
      secretAccessKey: AccessKey?.SecretAccessKey ?? '',
    };
  }

  /** A session of the role, and the SourceIdentity that STS says it has. */
  async assume(
    as: Credentials,
    role: string,
    sourceIdentity?: string,
  ): Promise<Credentials & { readonly sourceIdentity: string | undefined }> {
    const { Credentials: given, SourceIdentity } = await new STSClient(this.client(as)).send(
      new AssumeRoleCommand({
        RoleArn: role,
        RoleSessionName: 'session-1',
        ...(sourceIdentity !== undefined && { SourceIdentity: sourceIdentity }),
      }),
    );
    return {
      accessKeyId: given?.AccessKeyId ?? '',
      secretAccessKey: given?.SecretAccessKey ?? '',
      sessionToken: given?.SessionToken ?? '',
      sourceIdentity: SourceIdentity,
    };
  }
}

/** The code of the error that AWS answers with, or `allowed`. */
export async function outcome(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'allowed',
    (error: unknown) => (error instanceof Error ? error.name : String(error)),
  );
}
