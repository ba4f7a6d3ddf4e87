import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type ApiUnderTest, startApi } from '../support/api-under-test.ts';
import { auditor, dev, TABLE } from '../support/callers.ts';
import { type FakeTable, fakeTable } from '../support/fake-table.ts';
import { sign } from '../support/test-issuer.ts';

/** A grant that is stored and cannot be used fails whoever lists it. */

let api: ApiUnderTest;
let table: FakeTable;
let [requester, approver, security] = ['', '', ''];
let damaged = '';
let rowOf: (sk: string) => string;

beforeAll(async () => {
  api = await startApi();
  const { issuer } = api;
  const claims = { iss: issuer.urls.people, sub: 'dan', email: 'dan@acme.example', amr: ['mfa'] };
  approver = await sign({ ...claims, groups: ['database'] }, issuer.keys.RS256);
  [requester, security] = [await dev(issuer), await auditor(issuer)];
});
afterAll(() => api.stop());
beforeEach(async () => {
  api.aws.acceptAll();
  table = fakeTable(api.aws);
  const ask = () => api.call('POST /v1/grants', { token: requester, body: TABLE });
  const [first] = [await ask(), await ask()];
  damaged = String(first?.body['id']);
  rowOf = (sk) =>
    [...table.items.keys()].find((key) => key.startsWith(`GRANT#${damaged} ${sk}`)) ?? '';
});

const list = (token: string, query: string) => api.call('GET /v1/grants', { token, query });
const REVIEWABLE = 'reviewable=me';

describe('a request that waits for votes', () => {
  test('is in the list of its approvers', async () => {
    const { status, body } = await list(approver, REVIEWABLE);
    expect([status, (body['grants'] as object[]).length]).toEqual([200, 2]);
  });

  test('fails that list where the record of what was asked is missing, and is named to auditors', async () => {
    table.items.delete(rowOf('EVENT#'));
    const answer = await list(approver, REVIEWABLE);
    expect(answer).toMatchObject({
      status: 503,
      headers: { 'retry-after': expect.any(String) },
      body: { type: 'urn:valetkey:problem:unavailable' },
    });
    expect(JSON.stringify(answer.body)).not.toContain(damaged);
    const told = await list(security, REVIEWABLE);
    expect(told).toMatchObject({ status: 503, body: { grantId: damaged } });
    expect(await list(requester, '')).toMatchObject({ status: 200 });
  });

  test('fails every list that it belongs to where its own row is damaged', async () => {
    const row = table.items.get(rowOf('GRANT')) ?? {};
    table.items.set(rowOf('GRANT'), { ...row, ...marshall({ entitlement: 7 }) });
    for (const [token, query] of [
      [approver, REVIEWABLE],
      [requester, ''],
      [security, 'status=pending'],
    ] as const) {
      expect(await list(token, query)).toMatchObject({ status: 503 });
    }
  });
});
