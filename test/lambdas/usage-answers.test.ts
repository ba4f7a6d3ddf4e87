import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type ApiUnderTest, startApi } from '../support/api-under-test.ts';
import { ARTIFACTS, ana, auditor, dev } from '../support/callers.ts';
import { fakeTable } from '../support/fake-table.ts';

/** The two calls of what was used, in the Lambda that answers them, where the deployment reads every account. */

let api: ApiUnderTest;
let tokens: Readonly<Record<'ana' | 'dev' | 'sam', string>>;
beforeAll(async () => {
  process.env['USAGE_ACCOUNTS'] = '*';
  process.env['USAGE_KEEP_DAYS'] = '400';
  api = await startApi();
  const { issuer } = api;
  tokens = { ana: await ana(issuer), dev: await dev(issuer), sam: await auditor(issuer) };
});
afterAll(async () => {
  delete process.env['USAGE_ACCOUNTS'];
  delete process.env['USAGE_KEEP_DAYS'];
  await api.stop();
});
beforeEach(() => {
  api.aws.acceptAll();
  fakeTable(api.aws);
});

const GRANT = 'GET /v1/grants/{id}/usage';
const ENTITLEMENT = 'GET /v1/entitlements/{id}/usage';

async function vended(): Promise<string> {
  const { body } = await api.call('POST /v1/credentials', { token: tokens.ana, body: ARTIFACTS });
  return String((body['grant'] as { readonly id: unknown }).id);
}

describe('what was called under a grant', () => {
  test('is waited for while it goes on', async () => {
    const id = await vended();
    const answer = await api.call(GRANT, { token: tokens.ana, id });
    expect(answer).toMatchObject({
      status: 200,
      body: { grant: id, entitlement: 'artifacts-read', state: 'waiting', summary: null },
    });
  });

  test('is not for strangers', async () => {
    const id = await vended();
    expect(await api.call(GRANT, { token: tokens.dev, id })).toMatchObject({ status: 404 });
    expect(await api.call(GRANT, { token: tokens.sam, id })).toMatchObject({ status: 200 });
  });
});

describe('what was used of an entitlement', () => {
  test('is for who may audit', async () => {
    await vended();
    const answer = await api.call(ENTITLEMENT, { token: tokens.sam, id: 'artifacts-read' });
    expect(answer).toMatchObject({
      status: 200,
      body: { entitlement: 'artifacts-read', state: 'on', days: 90, grants: 1, unread: 1 },
    });
    const refused = await api.call(ENTITLEMENT, { token: tokens.ana, id: 'artifacts-read' });
    expect(refused).toMatchObject({ status: 403 });
    const unknown = await api.call(ENTITLEMENT, { token: tokens.sam, id: 'nothing' });
    expect(unknown).toMatchObject({ status: 404 });
  });

  test.each(['days=0', 'days=401', 'days=1.5', 'days=all', 'since=1'])(
    '%s is no period',
    async (query) => {
      const answer = await api.call(ENTITLEMENT, {
        token: tokens.sam,
        id: 'artifacts-read',
        query,
      });
      expect(answer.status).toBe(400);
    },
  );

  test('counts the days that are asked for', async () => {
    const call = { token: tokens.sam, id: 'artifacts-read', query: 'days=7' };
    expect(await api.call(ENTITLEMENT, call)).toMatchObject({ status: 200, body: { days: 7 } });
  });
});
