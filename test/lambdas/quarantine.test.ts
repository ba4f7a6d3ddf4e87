import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { QUARANTINE_KEY } from '../../adapters/dynamodb/keys.ts';
import { type ApiUnderTest, startApi } from '../support/api-under-test.ts';
import { ARTIFACTS, ana, auditor } from '../support/callers.ts';
import { type FakeTable, fakeTable } from '../support/fake-table.ts';
import { testClock } from '../support/test-clock.ts';

const clock = testClock();
let api: ApiUnderTest;
let table: FakeTable;
/** Later than all reads of the test before. */
let later = 0;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());
beforeEach(() => {
  api.aws.acceptAll();
  table = fakeTable(api.aws);
  later += 10;
  clock.forward(later);
});
afterEach(() => clock.restart());

const REASON = { reason: 'a token was stolen' };
const isRead = ({ args: [{ input }] }: { args: [{ input: object }] }) =>
  JSON.stringify(input).includes(JSON.stringify(marshall(QUARANTINE_KEY)));

test('a vend reads the quarantine while its token is verified, and not again for two seconds', async () => {
  const token = await ana(api.issuer);
  const reads = () => api.aws.dynamo.commandCalls(GetItemCommand).filter((c) => isRead(c as never));
  const vend = () => api.call('POST /v1/credentials', { token, body: ARTIFACTS });
  expect((await vend()).status).toBe(200);
  expect(reads()).toHaveLength(1);
  expect((await vend()).status).toBe(200);
  expect(reads()).toHaveLength(1);
});

test('a token that is not accepted has had its read already: nothing waits for it in a row', async () => {
  await api.call('POST /v1/credentials', { token: 'none', body: ARTIFACTS });
  const reads = api.aws.dynamo.commandCalls(GetItemCommand).filter((c) => isRead(c as never));
  expect(reads).toHaveLength(1);
});

test('after an order every giving call is refused, and says why, since when, and what still works', async () => {
  const token = await auditor(api.issuer);
  const begun = await api.call('POST /v1/quarantine', { token, body: REASON });
  expect(begun).toMatchObject({ status: 200, body: { quarantine: { cause: 'order', ...REASON } } });
  clock.forward(3);
  const own = await ana(api.issuer);
  for (const [route, body] of [
    ['POST /v1/grants', ARTIFACTS],
    ['POST /v1/credentials', ARTIFACTS],
  ] as const) {
    const refused = await api.call(route, { token: own, body });
    expect(refused).toMatchObject({
      status: 503,
      headers: { 'retry-after': '60' },
      body: {
        type: 'urn:valetkey:problem:quarantine',
        detail: expect.stringMatching(/since 2.*a token was stolen.*still read, release.*revoke/),
        quarantine: { cause: 'order', release: null },
      },
    });
  }
  expect(api.aws.assumedRoles()).toEqual([]);
  const read = await api.call('GET /v1/quarantine', { token: own });
  expect(read).toMatchObject({ status: 200, body: { quarantine: REASON } });
  expect(table.sortKeys('QUARANTINE')).toEqual(['RECORD']);
});

test('only administrators order or release one, and nothing is released that is not in force', async () => {
  const token = await ana(api.issuer);
  const begun = await api.call('POST /v1/quarantine', { token, body: REASON });
  expect(begun).toMatchObject({ status: 403 });
  const released = await api.call('POST /v1/quarantine/release', { token });
  expect(released).toMatchObject({ status: 403 });
  const admin = await auditor(api.issuer);
  const none = await api.call('POST /v1/quarantine/release', { token: admin });
  expect(none).toMatchObject({ status: 409, body: { detail: 'The broker is not in quarantine.' } });
  const blank = await api.call('POST /v1/quarantine', { token: admin, body: {} });
  expect(blank).toMatchObject({ status: 400 });
});
