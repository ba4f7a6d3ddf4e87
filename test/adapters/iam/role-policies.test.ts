import { GetRolePolicyCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { killRoleCredentials } from '../../../adapters/iam/kill-role.ts';
import { iamRolePolicies } from '../../../adapters/iam/role-policies.ts';
import type { RoleArn } from '../../../core/role-arn.ts';

const ROLE = 'arn:aws:iam::111111111111:role/valetkey/deep/reports';
const KILL_ROLE = 'arn:aws:iam::111111111111:role/valetkey/ValetKey-kill';

/** An error as the SDK throws it. */
const fault = ($fault: 'client' | 'server', name: string, message = name) =>
  Object.assign(new Error(message), { name, $fault });

const sts = mockClient(STSClient);
const answer = { AccessKeyId: 'a', SecretAccessKey: 'b', SessionToken: 'c' };
const inAnHour = () => new Date(Date.now() + 3600_000);

beforeEach(() => {
  sts.reset();
  sts.on(AssumeRoleCommand).resolves({ Credentials: { ...answer, Expiration: inAnHour() } });
});

describe('the policies of a role in another account', () => {
  /** Uses a real SDK client whose calls are answered before they reach the network. */
  function policies(result: () => object = () => ({})) {
    const seen: { authorization: string; body: string }[] = [];
    const client = new IAMClient({
      region: 'eu-central-1',
      maxAttempts: 1,
      credentials: killRoleCredentials(new STSClient({}), KILL_ROLE),
    });
    client.middlewareStack.add(
      () => async (args) => {
        const { headers, body } = args.request as {
          readonly headers: Record<string, string>;
          readonly body: string;
        };
        seen.push({ authorization: headers['authorization'] ?? '', body });
        return { output: { $metadata: {}, ...result() }, response: {} };
      },
      { step: 'finalizeRequest', priority: 'low' },
    );
    const accounts: string[] = [];
    const of = ({ account }: RoleArn) => {
      accounts.push(account);
      return client;
    };
    return { port: iamRolePolicies({ of, forget: () => undefined }), seen, accounts };
  }

  test('are written with the kill role’s credentials, which are fetched once', async () => {
    const { port, seen, accounts } = policies();
    for (let call = 0; call < 5; call += 1) {
      expect(await port.put(ROLE, '{}')).toEqual({ ok: true, value: null });
    }
    expect(accounts).toEqual(Array(5).fill('111111111111'));
    expect(seen[0]?.authorization).toContain('Credential=a/');
    expect(seen[0]?.body).toContain('RoleName=reports&');
    const calls = sts.commandCalls(AssumeRoleCommand).map(({ args: [{ input }] }) => input);
    expect(calls).toEqual([{ RoleArn: KILL_ROLE, RoleSessionName: 'kill-switch' }]);
  });

  test('are written with new credentials shortly before the old ones expire', async () => {
    const Expiration = new Date(Date.now() + 60_000);
    sts.on(AssumeRoleCommand).resolves({ Credentials: { ...answer, Expiration } });
    const { port } = policies();
    await port.put(ROLE, '{}');
    await port.put(ROLE, '{}');
    expect(sts.commandCalls(AssumeRoleCommand).length).toBeGreaterThan(1);
  });

  test.each([
    ['refused', fault('client', 'AccessDenied')],
    ['throttled', fault('client', 'ThrottlingException')],
    ['throttled', fault('server', 'ServiceUnavailable')],
    ['throttled', new Error('socket hang up')],
  ])(
    'are %s if the kill role cannot be assumed, because IAM was not called: %s',
    async (code, error) => {
      sts.on(AssumeRoleCommand).rejects(error);
      const { port, seen } = policies();
      for (const call of [port.put(ROLE, '{}'), port.remove(ROLE), port.read(ROLE)]) {
        expect(await call).toMatchObject({ ok: false, error: { code } });
      }
      expect(seen).toEqual([]);
      // As soon as it can be assumed, they are written.
      sts.on(AssumeRoleCommand).resolves({ Credentials: { ...answer, Expiration: inAnHour() } });
      expect((await port.put(ROLE, '{}')).ok).toBe(true);
    },
  );

  test('are not written if the answer of STS is incomplete', async () => {
    sts.on(AssumeRoleCommand).resolves({ Credentials: { ...answer, Expiration: undefined } });
    expect(await policies().port.put(ROLE, '{}')).toMatchObject({
      ok: false,
      error: { code: 'throttled' },
    });
  });
});

describe('an answer of IAM', () => {
  const client = new IAMClient({});
  const iam = mockClient(client);
  const forgotten: string[] = [];
  const port = iamRolePolicies({
    of: () => client,
    forget: ({ account }) => forgotten.push(account),
  });
  beforeEach(() => {
    iam.reset();
  });

  test.each([
    ['no-such-role', fault('client', 'NoSuchEntityException', 'The role with name x')],
    ['too-long', fault('client', 'LimitExceededException')],
    ['refused', fault('client', 'AccessDenied')],
    ['throttled', fault('client', 'ConcurrentModificationException')],
    ['throttled', fault('client', 'Throttling')],
    ['throttled', fault('client', 'RequestLimitExceeded')],
    ['unavailable', fault('client', 'RequestTimeout')],
    ['unavailable', new Error('socket hang up')],
    ['unavailable', fault('server', 'ServiceFailureException')],
  ])('is %s: %s', async (code, error) => {
    iam.on(PutRolePolicyCommand).rejects(error);
    expect(await port.put(ROLE, '{}')).toMatchObject({ ok: false, error: { code } });
  });

  test.each(['InvalidClientTokenId', 'ExpiredToken', 'RequestExpired', 'SignatureDoesNotMatch'])(
    'about the broker’s own keys says nothing of the role, and the next call uses new ones: %s',
    async (name) => {
      forgotten.length = 0;
      iam.on(PutRolePolicyCommand).rejects(fault('client', 'AccessDenied'));
      await port.put(ROLE, '{}');
      expect(forgotten).toEqual([]);
      iam.on(PutRolePolicyCommand).rejects(fault('client', name));
      expect(await port.put(ROLE, '{}')).toMatchObject({ ok: false, error: { code: 'throttled' } });
      expect(forgotten).toEqual(['111111111111']);
    },
  );

  test('that the policy does not exist means null, not a refusal', async () => {
    const error = fault('client', 'NoSuchEntityException', 'The role policy with name x');
    iam.on(GetRolePolicyCommand).rejects(error);
    expect(await port.read(ROLE)).toEqual({ ok: true, value: null });
  });
});

test('a value that is not the ARN of a role reaches no account', async () => {
  const refuse = () => {
    throw new Error('no client may be used');
  };
  const port = iamRolePolicies({ of: refuse, forget: refuse });
  for (const arn of ['', 'reports', 'arn:aws:iam::1:role/x', 'arn:aws:iam::111111111111:user/x']) {
    expect(await port.put(arn, '{}')).toMatchObject({ ok: false, error: { code: 'refused' } });
  }
});
