import { GetObjectCommand } from '@aws-sdk/client-s3';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { callerToken, tokenOf } from '../support/caller-token.ts';
import { invoke, read, untilStatus } from './grant-actions.ts';
import {
  ARTIFACTS,
  BUCKET,
  type Credentials,
  call,
  fillBucket,
  refusal,
  s3,
  stack,
  tokenFor,
  vend,
} from './support.ts';

/**
 * Direct orders to the kill Lambda, with and without the proof of who gives them. The emulator's STS accepts no request that is
 * signed in its query, so it can only refuse: what an accepted one does is in test/lambdas/kill-direct-order.test.ts.
 */

beforeAll(fillBucket);

const HOST = new URL(stack().emulatorUrl).host;

async function victim() {
  const sub = `d-${Math.random().toString(36).slice(2)}`;
  const token = await tokenFor('people', {
    sub,
    email: `${sub}@acme.example`,
    groups: ['platform'],
  });
  return { token, id: `people:${sub}`, ...(await vend(token, ARTIFACTS)) };
}

const useOf = (credentials: Credentials) =>
  refusal(
    s3(credentials).send(new GetObjectCommand({ Bucket: BUCKET, Key: 'releases/1/app.tgz' })),
  );

const kill = (principal: string, caller?: unknown) =>
  invoke('KillFunctionName', { principal, reason: 'laptop lost', caller });

describe('a direct order', () => {
  test.each([
    ['is no token', 'k8s-aws-v1.', 'is not what `aws eks get-token` prints'],
    ['is an object', { token: callerToken(HOST) }, 'is not what `aws eks get-token` prints'],
    ['leads elsewhere', callerToken('sts.attacker.example'), 'was made for sts.attacker.example'],
    [
      'asks something else',
      callerToken(HOST, { Action: 'AssumeRole' }),
      'has another request than that of',
    ],
    [
      'has more than it should',
      tokenOf(`https://${HOST}/?Action=GetCallerIdentity&x=1`),
      'another',
    ],
    ['STS does not accept', callerToken(HOST), 'STS does not accept `caller`'],
  ])('whose token %s is refused, and nothing is done', async (_, caller, says) => {
    const { token, id, grant, credentials } = await victim();
    await expect(kill(id, caller)).rejects.toThrow(/CallerNotProven/);
    await expect(kill(id, caller)).rejects.toThrow(says);
    await expect(kill(id, caller)).rejects.toThrow('Nothing was done.');
    expect(await read(token, grant.id)).toMatchObject({ status: 'active' });
    expect(await useOf(credentials)).toBeNull();
    expect((await call('GET', '/v1/whoami', token)).status).toBe(200);
  });

  test('without a token is obeyed as ever', async () => {
    const { token, id, grant, credentials } = await victim();
    expect(await kill(id)).toEqual({ grants: [grant.id], ended: 1, finished: true });
    await untilStatus(token, grant.id, 'revoked');
    expect(await useOf(credentials)).toBe('AccessDenied');
  });
});
