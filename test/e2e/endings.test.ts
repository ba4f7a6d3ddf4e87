import { GetObjectCommand } from '@aws-sdk/client-s3';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { act, ask, eventTypes, MFA, read, statesOf, tester, untilStatus } from './grant-actions.ts';
import type { Credentials, Grant } from './support.ts';
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
  until,
  vend,
} from './support.ts';

/** Every way in which a grant ends and its keys stop working, with IAM enforced. */

beforeAll(fillBucket);

const useOf = (credentials: Credentials) =>
  refusal(
    s3(credentials).send(new GetObjectCommand({ Bucket: BUCKET, Key: 'releases/1/app.tgz' })),
  );

const untilRefused = (credentials: Credentials) =>
  until('the keys are refused', () => useOf(credentials));

describe('revoking a grant', () => {
  test('stops its keys, but not those of another grant on the same role', async () => {
    const ana = await person(['platform']);
    const [first, second] = [await vend(ana, ARTIFACTS), await vend(ana, ARTIFACTS)];
    expect(await useOf(first.credentials)).toBeNull();
    const answer = await act(ana, first.grant.id, 'revoke', { reason: 'done' });
    expect(answer).toMatchObject({
      status: 200,
      body: { status: 'revoking', keysValidUntil: first.grant.keysValidUntil },
    });
    const revoked = await untilStatus(ana, first.grant.id, 'revoked');
    expect(await useOf(first.credentials)).toBe('AccessDenied');
    expect(revoked).toMatchObject({ endReason: 'released by the requester: done' });
    expect(await useOf(second.credentials)).toBeNull();
    expect(await eventTypes(ana, first.grant.id)).toEqual([
      'requested',
      'vended',
      'revoking',
      'revoked',
    ]);
    expect((await act(ana, first.grant.id, 'revoke')).body).toMatchObject({ status: 'revoked' });
    const again = await call('POST', `/v1/grants/${first.grant.id}/credentials`, ana);
    expect(again).toMatchObject({ status: 409, body: { grant: { status: 'revoked' } } });
  });

  test('is done at once if it never vended', async () => {
    const ana = await person(['platform']);
    const asked = await call('POST', '/v1/grants', ana, ARTIFACTS);
    const answer = await act(ana, String(asked.body['id']), 'revoke');
    expect(answer.body).toMatchObject({ status: 'revoked', keysValidUntil: null });
  });

  test('is for its requester, approvers and administrators, not for mere readers', async () => {
    const [ana, bob] = await Promise.all([tester(), person(['first-tier'])]);
    const grant = await ask(ana, 'two-approvals');
    expect((await act(await person(['platform']), grant.id, 'revoke')).status).toBe(404);
    expect((await act(bob, grant.id, 'revoke')).body).toMatchObject({ status: 'cancelled' });
    const other = await vend(await person(['platform']), ARTIFACTS);
    const answer = await act(await person(['security']), other.grant.id, 'revoke');
    expect(answer.body).toMatchObject({ status: 'revoking' });
    await untilRefused(other.credentials);
  });

  test('may race with vends: no key works once the status is revoked', async () => {
    const ana = await person(['platform']);
    const { grant, credentials } = await vend(ana, ARTIFACTS);
    const calls = await Promise.all([
      ...Array.from({ length: 6 }, () => call('POST', `/v1/grants/${grant.id}/credentials`, ana)),
      act(ana, grant.id, 'revoke'),
    ]);
    await untilStatus(ana, grant.id, 'revoked');
    const keys = calls.flatMap(
      ({ body }) => (body['credentials'] as Credentials | undefined) ?? [],
    );
    for (const one of [credentials, ...keys]) expect(await useOf(one)).toBe('AccessDenied');
  });
});

describe('a grant that expires', () => {
  test('is marked within seconds, by three transitions of its workflow', async () => {
    const ana = await person(['platform']);
    const { grant } = await vend(ana, { ...ARTIFACTS, durationSeconds: 2 });
    const expired = await untilStatus(ana, grant.id, 'expired');
    expect(expired).toMatchObject({ endReason: 'time is up', endedAt: grant.expiresAt });
    await until(
      'the execution has ended',
      async () => ((await statesOf(grant.id)).length === 3 ? true : null),
      5000,
    );
    expect(await statesOf(grant.id)).toEqual(['WhereNext', 'AwaitEnd', 'Expire']);
  });

  test('does so later if policy extends it, never beyond the longest duration', async () => {
    const ana = await person(['platform']);
    const { grant } = await vend(ana, { ...ARTIFACTS, durationSeconds: 3 });
    const more = { durationSeconds: 6, justification: 'not done yet' };
    const extended = await act(ana, grant.id, 'extend', more);
    expect(extended).toMatchObject({ status: 200, body: { status: 'active' } });
    const later = String(extended.body['expiresAt']);
    expect(Date.parse(later)).toBeGreaterThan(Date.parse(String(grant.expiresAt)));
    const shorter = await act(ana, grant.id, 'extend', { ...more, durationSeconds: 1 });
    expect(shorter).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/durationSeconds' }] },
    });
    const longer = await act(ana, grant.id, 'extend', { ...more, durationSeconds: 40_000 });
    expect(longer.status).toBe(400);
    const denied = await act(ana, grant.id, 'extend', { ...more, durationSeconds: 20_000 });
    expect(denied).toMatchObject({ status: 403, body: { decision: { outcome: 'deny' } } });
    expect(await untilStatus(ana, grant.id, 'expired')).toMatchObject({ endedAt: later });
    expect(await eventTypes(ana, grant.id)).toEqual([
      'requested',
      'vended',
      'extended',
      'extension-denied',
      'expired',
    ]);
  });
});

describe('sessions in a chained role', () => {
  const chain = async (grant: Grant, keys: Credentials): Promise<Credentials> => {
    const sts = new STSClient(awsClient(keys));
    const { Credentials: found } = await sts.send(
      new AssumeRoleCommand({
        RoleArn: `arn:aws:iam::${stack().accountId}:role/valetkey/chain-end`,
        RoleSessionName: `chained-${grant.id}`,
      }),
    );
    return {
      accessKeyId: found?.AccessKeyId ?? '',
      secretAccessKey: found?.SecretAccessKey ?? '',
      sessionToken: found?.SessionToken ?? '',
      expiration: '',
    };
  };

  test('stop working when their grant is revoked', async () => {
    const ana = await tester();
    const body = { entitlement: 'chained', durationSeconds: 900, justification: 'a test' };
    const { grant, credentials } = await vend(ana, body);
    const chained = await chain(grant, credentials);
    expect(await useOf(chained)).toBeNull();
    await act(ana, grant.id, 'revoke');
    await untilStatus(ana, grant.id, 'revoked');
    expect(await useOf(chained)).toBe('AccessDenied');
    const sts = new STSClient(awsClient(credentials));
    await sts.send(new GetCallerIdentityCommand({}));
    expect(await refusal(chain(grant, credentials))).toBe('AccessDenied');
  });

  test('stop working at its end, and only then is it marked expired', async () => {
    const ana = await tester();
    const body = { entitlement: 'chained', durationSeconds: 4, justification: 'a test' };
    const { grant, credentials } = await vend(ana, body);
    const chained = await chain(grant, credentials);
    expect(await useOf(chained)).toBeNull();
    expect(Date.parse(String(grant.keysValidUntil))).toBeGreaterThan(
      Date.parse(String(grant.expiresAt)) + 3_000_000,
    );
    const expired = await untilStatus(ana, grant.id, 'expired');
    expect(await useOf(chained)).toBe('AccessDenied');
    expect(expired).toMatchObject({ endedAt: grant.expiresAt });
    expect(await eventTypes(ana, grant.id)).toEqual(['requested', 'vended', 'killing', 'expired']);
  });
});

describe('an approved grant that is revoked', () => {
  test('takes at most twelve transitions', async () => {
    const [ana, bob, eve] = await Promise.all([
      tester(),
      person(['first-tier']),
      person(['first-tier']),
    ]);
    const grant = await ask(ana, 'two-approvals', { durationSeconds: 60 });
    const votes = async () => ((await statesOf(grant.id)).at(-1) === 'AwaitVotes' ? true : null);
    await until('the workflow waits for votes', votes);
    await act(bob, grant.id, 'approve');
    await act(eve, grant.id, 'approve');
    await call('POST', `/v1/grants/${grant.id}/credentials`, ana);
    const waits = async () => ((await statesOf(grant.id)).at(-1) === 'AwaitEnd' ? true : null);
    await until('the workflow waits for the end', waits);
    await act(ana, grant.id, 'revoke');
    await untilStatus(ana, grant.id, 'revoked');
    const last = async () => ((await statesOf(grant.id)).at(-1) === 'AwaitLastKey' ? true : null);
    await until('the workflow waits for the last key', last);
    const states = await statesOf(grant.id);
    expect(states).toEqual(expect.arrayContaining(['AwaitVotes', 'AwaitEnd', 'AwaitLastKey']));
    // Prune, WhereNext and Over follow when the last key has expired.
    expect(states.length + 3).toBeLessThanOrEqual(12);
    expect(await read(ana, grant.id)).toMatchObject({ status: 'revoked' });
  });
});

describe('break-glass', () => {
  const body = {
    entitlement: 'break-glass',
    durationSeconds: 600,
    justification: 'the site is down',
  };

  test('is immediate, needs an incident, and is reviewed by another person', async () => {
    const ana = await person(['incident-commanders', 'security'], MFA);
    const without = await call('POST', '/v1/credentials', ana, body);
    expect(without).toMatchObject({ status: 400, body: { errors: [{ pointer: '/ticket' }] } });
    const { grant } = await vend(ana, { ...body, ticket: 'INC-7' });
    expect(grant).toMatchObject({ status: 'active', review: { status: 'due' } });
    const own = await act(ana, grant.id, 'review', { comment: 'all fine' });
    expect(own).toMatchObject({ status: 403, body: { detail: expect.stringMatching(/own use/) } });
    const zoe = await person(['security']);
    const reviewed = await act(zoe, grant.id, 'review', { comment: 'as the incident says' });
    expect(reviewed).toMatchObject({
      status: 200,
      body: { review: { status: 'done', comment: 'as the incident says' } },
    });
    expect((await act(zoe, grant.id, 'review')).status).toBe(409);
  });
});
