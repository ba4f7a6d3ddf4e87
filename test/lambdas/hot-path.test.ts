import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type ApiUnderTest, startApi } from '../support-api/api-under-test.ts';
import { ARTIFACTS, ana } from '../support-api/people.ts';

let api: ApiUnderTest;
beforeAll(async () => { api = await startApi(); });
afterAll(() => api.stop());
beforeEach(() => api.aws.willing());

describe('asking and vending in one call', () => {
  test('x', async () => {
    const a = await api.call('POST /v1/credentials', { token: await ana(api.issuer), body: ARTIFACTS });
    process.stdout.write(JSON.stringify([a, api.aws.calls(), api.log.lines(), api.issuer.asked], null, 1));
    expect(a.status).toBe(200);
  });
});
