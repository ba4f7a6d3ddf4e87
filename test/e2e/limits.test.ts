import { describe, expect, test } from '@jest/globals';
import { act, ask, tester } from './grant-actions.ts';
import { type Answer, call, until } from './support.ts';

/** The seconds that were left of the minute in which the answer was given. */
function leftOfMinute({ headers }: Answer): number {
  return 60 - new Date(headers.get('date') ?? '').getUTCSeconds();
}

describe('a person who asks for too much', () => {
  test('of one grant gets 429 until the next minute, and keys again then', async () => {
    const token = await tester();
    const { id } = await ask(token, 'few-vends');
    const vend = () => call('POST', `/v1/grants/${id}/credentials`, token, {});
    const refused = await until('429', async () => {
      const answer = await vend();
      return answer.status === 429 ? answer : null;
    });
    expect(refused.body).toMatchObject({
      type: 'urn:valetkey:problem:limited',
      limit: 'vendsPerMinute',
      most: 2,
    });
    const retryAfter = Number(refused.headers.get('retry-after'));
    expect(retryAfter).toBeGreaterThan(0);
    // The gateway dates the answer a moment later.
    expect((retryAfter - leftOfMinute(refused) + 60) % 60).toBeLessThanOrEqual(30);
    await until('keys', async () => ((await vend()).status === 200 ? true : null));
    expect((await act(token, id, 'revoke')).status).toBe(200);
  }, 300_000);

  test('of the same approvers gets 429, and cancelling makes room', async () => {
    const token = await tester();
    const ids: string[] = [];
    for (let made = 0; made < 20; made += 1) ids.push((await ask(token, 'two-approvals')).id);
    const body = { entitlement: 'two-approvals', durationSeconds: 900, justification: 'a test' };
    const refused = await call('POST', '/v1/grants', token, body);
    expect(refused.status).toBe(429);
    expect(refused.body).toMatchObject({ limit: 'openRequestsPerEntitlement', most: 20 });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await act(token, ids[0] ?? '', 'cancel')).status).toBe(200);
    expect((await call('POST', '/v1/grants', token, body)).status).toBe(201);
  }, 150_000);
});
