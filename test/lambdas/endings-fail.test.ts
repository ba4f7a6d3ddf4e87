import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { eventItem, grantItem } from '../../adapters/dynamodb/items.ts';
import type { RouteKey } from '../../core/api/routes.ts';
import type { Grant } from '../../core/grant.ts';
import { type ApiUnderTest, startApi } from '../support/api-under-test.ts';
import { ana } from '../support/callers.ts';
import { awsError } from '../support/mock-aws.ts';
import { activeGrant, NO_APPROVALS, requestedEvent } from '../support/sample-grants.ts';

/**
 * Calls that end grants, with each of their AWS calls failing once: they are done or answer 503.
 */

let api: ApiUnderTest;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

let calls: string[] = [];
let failAt = -1;

function play(stored: Grant): void {
  const answers: Readonly<Record<string, object>> = {
    GetItemCommand: { Item: grantItem(stored) },
    QueryCommand: { Items: [eventItem(requestedEvent(stored))] },
  };
  const send = async (command: { readonly input: { readonly Key?: object } }) => {
    const { name } = command.constructor;
    const key = JSON.stringify(command.input.Key ?? {});
    // It is read while a Lambda starts.
    if (key.includes('LISTING')) return { Item: { gated: { BOOL: true } } };
    // Endings do not ask whether the broker is in quarantine, so it never matters that this cannot be read.
    if (key.includes('QUARANTINE')) throw awsError('ThrottlingException', 'a secret of AWS');
    calls.push(name);
    if (calls.length - 1 === failAt) throw awsError('ThrottlingException', 'a secret of AWS');
    return key.includes('SUSPENSION') ? {} : (answers[name] ?? {});
  };
  for (const { prototype } of [DynamoDBClient, LambdaClient]) Object.assign(prototype, { send });
}

const ANA = { type: 'User', id: 'people:ana', name: 'ana@acme.example' } as const;
const soon = { expiresAt: Date.now() + 600_000, keysValidUntil: Date.now() + 600_000 };
const own = (changes: Partial<Grant> = {}) => activeGrant({ requester: ANA, ...soon, ...changes });
const pending = own({
  status: 'pending',
  keysValidUntil: null,
  expiresAt: null,
  approvals: { ...NO_APPROVALS, required: 1, refusals: 1, lapseAt: Date.now() + 600_000 },
});

const CASES: readonly [RouteKey, Grant, readonly string[], string][] = [
  ['POST /v1/grants/{id}/revoke', own(), ['platform'], 'revoking'],
  ['POST /v1/grants/{id}/cancel', pending, ['platform'], 'cancelled'],
  ['POST /v1/principals/{id}/suspend', own(), ['security'], ''],
  ['POST /v1/principals/{id}/resume', own(), ['security'], ''],
];

describe.each(CASES)('%s', (route, stored, groups, status) => {
  beforeEach(() => {
    calls = [];
    failAt = -1;
    play(stored);
  });

  const call = async () => {
    const token = await ana(api.issuer, { groups });
    const id = route.includes('principals') ? 'people:bob' : stored.id;
    return api.call(route, { token, id, body: {} });
  };

  test('is done, or answers 503', async () => {
    const good = await call();
    expect(good.status).toBe(200);
    if (status !== '') expect(good.body).toMatchObject({ status });
    const all = [...calls];
    for (const index of all.keys()) {
      calls = [];
      failAt = index;
      const answer = await call();
      expect(answer.text).not.toContain('secret of AWS');
      // Only waking the kill switch may fail unnoticed.
      const expected = all[index] === 'InvokeCommand' ? 200 : 503;
      expect([all[index], answer.status]).toEqual([all[index], expected]);
    }
    expect(all.length).toBeGreaterThan(0);
  });
});
