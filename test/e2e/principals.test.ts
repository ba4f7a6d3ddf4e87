import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  GetRoleCommand,
  IAMClient,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { act, ask, eventTypes, invoke, read, tester, untilStatus } from './grant-actions.ts';
import type { Credentials } from './support.ts';
import {
  ARTIFACTS,
  awsClient,
  BUCKET,
  call,
  fillBucket,
  person,
  refusal,
  s3,
  stack,
  tokenFor,
  until,
  vend,
} from './support.ts';

/** Ending all grants of a principal, and endings while parts of the broker do not work. */

beforeAll(fillBucket);

const useOf = (credentials: Credentials) =>
  refusal(
    s3(credentials).send(new GetObjectCommand({ Bucket: BUCKET, Key: 'releases/1/app.tgz' })),
  );

async function newPerson(groups: readonly string[]) {
  const sub = `p-${Math.random().toString(36).slice(2)}`;
  const token = await tokenFor('people', { sub, email: `${sub}@acme.example`, groups });
  return { token, id: `people:${sub}` };
}

const order = (token: string, id: string, what: string, body: object = {}) =>
  call('POST', `/v1/principals/${encodeURIComponent(id)}/${what}`, token, body);

describe('suspending a principal', () => {
  test('ends all its grants and keeps it out until it is resumed', async () => {
    const [ana, admin] = [await newPerson(['platform', 'testers']), await person(['security'])];
    const first = await vend(ana.token, ARTIFACTS);
    const pending = await ask(ana.token, 'two-approvals');
    const answer = await order(admin, ana.id, 'suspend', { reason: 'left the company' });
    expect(answer).toMatchObject({
      status: 200,
      body: { principal: { id: ana.id, suspended: { reason: 'left the company' } } },
    });
    const ended = answer.body['grants'] as { readonly id: string; readonly status: string }[];
    expect(new Map(ended.map(({ id, status }) => [id, status]))).toEqual(
      new Map([
        [first.grant.id, 'revoking'],
        [pending.id, 'cancelled'],
      ]),
    );
    const revoked = await untilStatus(admin, first.grant.id, 'revoked');
    expect(revoked.endReason).toBe('its principal was suspended: left the company');
    expect(await useOf(first.credentials)).toBe('AccessDenied');
    for (const [method, path] of [
      ['POST', '/v1/credentials'],
      ['GET', `/v1/grants/${first.grant.id}`],
    ] as const) {
      const refused = await call(method, path, ana.token, method === 'GET' ? undefined : ARTIFACTS);
      expect(refused).toMatchObject({ status: 403, body: { title: 'Suspended' } });
    }
    expect((await call('GET', '/v1/whoami', ana.token)).status).toBe(200);
    expect(await order(admin, ana.id, 'resume')).toMatchObject({
      body: { principal: { suspended: null }, grants: [] },
    });
    const again = await vend(ana.token, ARTIFACTS);
    expect(await useOf(again.credentials)).toBeNull();
  });

  test('may race with vends: keys vended in the same instant stop working', async () => {
    const [ana, admin] = [await newPerson(['platform']), await person(['security'])];
    await vend(ana.token, ARTIFACTS);
    const vends = Array.from({ length: 8 }, () =>
      call('POST', '/v1/credentials', ana.token, ARTIFACTS),
    );
    const [suspended, ...answers] = await Promise.all([order(admin, ana.id, 'suspend'), ...vends]);
    expect(suspended.status).toBe(200);
    for (const { status, body } of answers) {
      expect([200, 403]).toContain(status);
      if (status !== 200) continue;
      const { id } = body['grant'] as { readonly id: string };
      await untilStatus(admin, id, 'revoked');
      expect(await useOf(body['credentials'] as Credentials)).toBe('AccessDenied');
    }
  });

  test('is for administrators; everybody may end their own grants, and suspend themselves', async () => {
    const ana = await newPerson(['platform']);
    const { grant } = await vend(ana.token, ARTIFACTS);
    const other = await person(['platform']);
    expect((await order(other, ana.id, 'suspend')).status).toBe(403);
    expect((await order(other, ana.id, 'revoke')).status).toBe(403);
    const own = await order(ana.token, ana.id, 'revoke');
    expect(own).toMatchObject({ status: 200, body: { grants: [{ id: grant.id }] } });
    await untilStatus(ana.token, grant.id, 'revoked');
    const { status, body } = await order(ana.token, 'me', 'suspend', { reason: 'not me' });
    expect([status, body]).toMatchObject([
      200,
      { principal: { id: ana.id, suspended: { by: { id: ana.id }, reason: 'not me' } } },
    ]);
    expect((await call('POST', '/v1/credentials', ana.token, ARTIFACTS)).status).toBe(403);
    expect((await order(ana.token, ana.id, 'resume')).status).toBe(403);
  });

  test('works without API and policy engine, by invoking the kill Lambda', async () => {
    const ana = await newPerson(['platform']);
    const { grant, credentials } = await vend(ana.token, ARTIFACTS);
    const answer = await invoke('KillFunctionName', { principal: ana.id, reason: 'runbook' });
    expect(answer).toEqual({ grants: [grant.id], ended: 1, finished: true });
    expect(await read(ana.token, grant.id)).toMatchObject({ status: 'revoked' });
    expect(await useOf(credentials)).toBe('AccessDenied');
  });
});

describe('an order about a principal', () => {
  test('under one key is given once, even if it is sent again after the principal was resumed', async () => {
    const [ana, admin] = [await newPerson(['platform']), await person(['security'])];
    await vend(ana.token, ARTIFACTS);
    const key = { 'idempotency-key': ana.id };
    const path = `/v1/principals/${encodeURIComponent(ana.id)}`;
    const suspend = () => call('POST', `${path}/suspend`, admin, { reason: 'x' }, key);
    const first = await suspend();
    expect(first).toMatchObject({ status: 200, body: { known: true, ended: 1, finished: true } });
    expect(await call('POST', `${path}/resume`, admin, { reason: 'x' }, key)).toMatchObject({
      status: 422,
    });
    await order(admin, ana.id, 'resume');
    const { body } = await suspend();
    expect(body['principal']).toEqual(first.body['principal']);
    expect(body['ended']).toBe(1);
    await vend(ana.token, ARTIFACTS);
  });

  test('says so where nobody has this id, or no issuer can have given it', async () => {
    const admin = await person(['security']);
    const id = `people:nobody-${Date.now()}`;
    expect(await order(admin, id, 'revoke')).toMatchObject({
      status: 200,
      body: { known: false, ended: 0, grants: [] },
    });
    expect(await order(admin, 'peeple:ana', 'revoke')).toMatchObject({ status: 400 });
  });

  test('is seen in the list of suspended principals', async () => {
    const [ana, admin] = [await newPerson(['platform']), await person(['security'])];
    const list = async () => {
      const { body } = await call('GET', '/v1/principals?suspended=true&limit=1', admin);
      return (body['principals'] as { readonly principal: string }[])[0]?.principal;
    };
    await order(admin, ana.id, 'suspend', { reason: 'x' });
    expect(await list()).toBe(ana.id);
    await order(admin, ana.id, 'resume');
    expect(await list()).not.toBe(ana.id);
    const refused = await call('GET', '/v1/principals?suspended=true', ana.token);
    expect(refused.status).toBe(403);
  });
});

describe('a role whose kill switch cannot be written', () => {
  const iam = new IAMClient(awsClient());
  const role = { RoleName: 'doomed' };

  test('reports that keys still work, vends no more, and thaws once it can be written', async () => {
    const ana = await tester();
    const body = { entitlement: 'doomed', durationSeconds: 900, justification: 'a test' };
    const { grant, credentials } = await vend(ana, body);
    const { Role } = await iam.send(new GetRoleCommand(role));
    const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand(role));
    for (const PolicyName of PolicyNames)
      await iam.send(new DeleteRolePolicyCommand({ ...role, PolicyName }));
    await iam.send(new DeleteRoleCommand(role));

    await act(ana, grant.id, 'revoke');
    await expect(invoke('KillFunctionName', { grantId: grant.id })).rejects.toThrow(
      /no-such-role|refused/,
    );
    const stuck = await read(ana, grant.id);
    expect(stuck).toMatchObject({ status: 'revoking', keysValidUntil: grant.keysValidUntil });
    expect(await eventTypes(ana, grant.id)).toContain('kill-failed');
    const frozen = await call('POST', '/v1/credentials', ana, body);
    expect(frozen).toMatchObject({
      status: 503,
      body: { detail: expect.stringMatching(/kill switch/) },
    });

    const AssumeRolePolicyDocument = decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '');
    await iam.send(
      new CreateRoleCommand({ ...role, Path: '/valetkey/', AssumeRolePolicyDocument }),
    );
    const all = { Effect: 'Allow', Action: '*', Resource: '*' };
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [all] });
    await iam.send(new PutRolePolicyCommand({ ...role, PolicyName: 'all', PolicyDocument }));
    await invoke('KillFunctionName', { grantId: grant.id });
    expect(await read(ana, grant.id)).toMatchObject({ status: 'revoked' });
    expect(await useOf(credentials)).not.toBeNull();
    expect(await useOf((await vend(ana, body)).credentials)).toBeNull();
  });
});

describe('without its workflow', () => {
  const stop = async (grantId: string) => {
    const executionArn = `${stack().stateMachineArn.replace(':stateMachine:', ':execution:')}:${grantId}`;
    await new SFNClient(awsClient()).send(new StopExecutionCommand({ executionArn }));
  };
  /** Changes the grant as if it had been due for minutes. */
  const age = async (grantId: string, status: string) => {
    const past = String(Date.now() - 120_000);
    await new DynamoDBClient(awsClient()).send(
      new UpdateItemCommand({
        TableName: stack().tableName,
        Key: { pk: { S: `GRANT#${grantId}` }, sk: { S: 'GRANT' } },
        UpdateExpression:
          status === 'active'
            ? 'SET dueAt = :past, expiresAt = :past'
            : 'SET dueAt = :past, approvals.lapseAt = :past',
        ExpressionAttributeValues: { ':past': { N: past } },
      }),
    );
  };

  test('every grant still ends: the sweep finds and reports it', async () => {
    const ana = await person(['platform', 'testers']);
    const { grant } = await vend(ana, ARTIFACTS);
    const pending = await ask(ana, 'two-approvals');
    const revoked = await vend(ana, ARTIFACTS);
    for (const { id } of [grant, pending, revoked.grant]) {
      const started = () =>
        stop(id).then(
          () => true,
          () => null,
        );
      // The table's stream may be busy with what other tests wrote.
      await until('the execution has started', started);
    }
    await age(grant.id, 'active');
    await age(pending.id, 'pending');
    const swept = (await invoke('SweepFunctionName', {})) as {
      readonly repaired: readonly string[];
    };
    expect(swept.repaired).toEqual(expect.arrayContaining([grant.id, pending.id]));
    expect(await read(ana, grant.id)).toMatchObject({ status: 'expired' });
    expect(await read(ana, pending.id)).toMatchObject({ status: 'lapsed' });
    await act(ana, revoked.grant.id, 'revoke');
    await untilStatus(ana, revoked.grant.id, 'revoked');
  }, 90_000);
});
