import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { type ApiUnderTest, startApi } from '../support/api-under-test.ts';
import { ana } from '../support/callers.ts';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await startApi();
  api.issuer.broken = true;
});
afterAll(() => api.stop());
afterEach(() => {
  api.issuer.broken = false;
});

test('a Lambda starts while its issuers are down, answers 503, and finds them when they are back', async () => {
  const token = await ana(api.issuer);
  const answer = await api.call('GET /v1/whoami', { token });
  expect(answer).toMatchObject({
    status: 503,
    headers: { 'retry-after': expect.stringMatching(/^[1-9]\d*$/) },
    body: { detail: expect.stringContaining('issuer') },
  });
  expect(answer.headers).not.toHaveProperty('www-authenticate');
  expect(answer.text).not.toContain(token);

  const before = api.issuer.requests.length;
  for (let calls = 0; calls < 20; calls += 1) await api.call('GET /v1/whoami', { token });
  expect(api.issuer.requests.length).toBeLessThanOrEqual(before + 1);

  api.issuer.broken = false;
  const later = performance.now() + 5000;
  const spy = jest.spyOn(performance, 'now').mockImplementation(() => later);
  expect(await api.call('GET /v1/whoami', { token })).toMatchObject({ status: 200 });
  spy.mockRestore();
});
