import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type ApiUnderTest, startApi } from '../support/api-under-test.ts';
import { DEPLOY, job } from '../support/callers.ts';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());
beforeEach(() => api.aws.acceptAll());

describe.each([
  ['lacks the claim', { run_id: null }],
  ['has the claim empty', { run_id: '' }],
  ['has a list for the claim', { run_id: ['4711'] }],
])('a job whose token %s that its grant would be bound to', (_, claims) => {
  test('gets no grant and no keys, and reads which claim it needs', async () => {
    const token = await job(api.issuer, claims);
    for (const route of ['POST /v1/credentials', 'POST /v1/grants'] as const) {
      const answer = await api.call(route, { token, body: DEPLOY });
      expect(answer).toMatchObject({
        status: 403,
        body: {
          detail: expect.stringContaining('a token that contains run_id'),
          decision: { outcome: 'deny', policies: ['valetkey.unknown-job'] },
        },
      });
    }
    expect(api.aws.assumedRoles()).toEqual([]);
  });

  test('hears the same before it asks', async () => {
    const token = await job(api.issuer, claims);
    expect(await api.call('POST /v1/evaluate', { token, body: DEPLOY })).toMatchObject({
      body: { decision: { policies: ['valetkey.unknown-job'] }, sessionPolicy: null },
    });
    const id = 'service-deploy';
    expect(await api.call('GET /v1/entitlements/{id}', { token, id })).toMatchObject({
      body: { outcome: 'deny' },
    });
  });
});

test('a job whose token has the claim gets keys', async () => {
  const token = await job(api.issuer);
  const answer = await api.call('POST /v1/credentials', { token, body: DEPLOY });
  expect(answer.status).toBe(200);
});
