import { TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type ApiUnderTest, startApi } from '../support/api-under-test.ts';
import { ana, dev, TABLE } from '../support/callers.ts';
import { cancelled, partWith } from '../support/mock-aws.ts';
import { finding, written } from '../support/stored-grants.ts';
import { testClock } from '../support/test-clock.ts';

/** What callers learn about a decision: what would be better, who denied it, and why. */

let api: ApiUnderTest;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());
beforeEach(() => api.aws.acceptAll());
const clock = testClock();
afterEach(() => clock.restart());

const MAINTENANCE = {
  entitlement: 'database-maintenance',
  parameters: { table: 'orders' },
  durationSeconds: 900,
  justification: 'a new index',
  ticket: 'CHG-4711',
};
const dba = () => dev(api.issuer, { sub: 'dan', groups: ['database'] });

describe('a request that waits for approval', () => {
  const HELPS = /^Ask at \d{4}-\d\d-\d\dT02:00:00Z: it would be allowed at once\.$/;
  /** At noon today the nightly window is closed. */
  const noon = () => Math.floor(Date.now() / 86_400_000) * 86_400_000 + 43_200_000;

  test('is told what would be allowed at once, in a dry run and in the grant', async () => {
    const token = await dev(api.issuer, {
      ...{ sub: 'dan', groups: ['database'] },
      ...{ iat: Math.floor(noon() / 1000), exp: Math.floor(noon() / 1000) + 600 },
    });
    clock.setTo(noon());
    const advice = [expect.stringMatching(HELPS)];
    expect(await api.call('POST /v1/evaluate', { token, body: MAINTENANCE })).toMatchObject({
      status: 200,
      body: { decision: { outcome: 'approve', advice } },
    });
    expect(await api.call('POST /v1/grants', { token, body: MAINTENANCE })).toMatchObject({
      status: 201,
      body: { status: 'pending', decision: { outcome: 'approve', advice } },
    });
  });

  test('is told nothing where nothing would help', async () => {
    const token = await dev(api.issuer);
    const answer = await api.call('POST /v1/evaluate', { token, body: TABLE });
    expect(answer.body).toMatchObject({ decision: { outcome: 'approve', advice: [] } });
  });
});

test('a denial says in words for how long one may ask', async () => {
  const body = { ...TABLE, entitlement: 'artifacts-read', parameters: { prefix: 'a' } };
  const token = await ana(api.issuer);
  const answer = await api.call('POST /v1/evaluate', {
    token,
    body: { ...body, durationSeconds: 7200 },
  });
  expect(answer.body).toMatchObject({
    decision: { advice: ['Ask for at most 1 hour: it would be allowed at once.'] },
  });
});

describe('a request that people denied says who and why, again under the same key', () => {
  test.each(['POST /v1/grants', 'POST /v1/credentials'] as const)('%s', async (route) => {
    const headers = { 'idempotency-key': 'index-4711' };
    const call = { token: await dba(), headers, body: { ...MAINTENANCE, ticket: 'OPS-1' } };
    const before = await written(api, route, call);
    const endReason = 'denied by bo@acme.example: use the replica';
    const Item = before.key as Record<string, { S: string }>;
    api.aws.dynamo.on(TransactWriteItemsCommand).callsFake(({ TransactItems }) => {
      const parts = { TransactItems };
      const reason = { Code: 'ConditionalCheckFailed', Item };
      throw cancelled(TransactItems.length, partWith(parts, 'KEY#'), reason);
    });
    finding(api, { ...before.grant, ...marshall({ status: 'denied', endReason }) });
    expect(await api.call(route, call)).toMatchObject({
      status: 403,
      body: {
        type: 'urn:valetkey:problem:denied',
        title: 'Denied',
        detail: 'Denied by bo@acme.example: use the replica.',
        decision: { outcome: 'approve', policies: ['database-people-ask-for-maintenance'] },
      },
    });
  });
});

describe('break-glass', () => {
  test('cannot be scheduled', async () => {
    const token = await dev(api.issuer, { sub: 'ivy', groups: ['incident-commanders'] });
    const body = {
      ...{ entitlement: 'break-glass', durationSeconds: 900, justification: 'an outage' },
      ...{ ticket: 'INC-1', startsAt: new Date(Date.now() + 3_600_000).toISOString() },
    };
    for (const route of ['POST /v1/evaluate', 'POST /v1/grants', 'POST /v1/credentials'] as const) {
      expect(await api.call(route, { token, body })).toMatchObject({
        status: 400,
        body: {
          errors: [{ pointer: '/startsAt', detail: expect.stringContaining('begins at once') }],
        },
      });
    }
  });
});
