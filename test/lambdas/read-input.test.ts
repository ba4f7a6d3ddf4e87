import { expect, test } from '@jest/globals';
import type { ApiEvent } from '../../lambdas/middleware/api-call.ts';
import { readInput } from '../../lambdas/middleware/read-input.ts';
import { readRoute } from '../../lambdas/middleware/read-route.ts';
import { ANA } from '../support/memory-ports.ts';

/** The fingerprint of an order on a principal, sent with an Idempotency-Key. */
function fingerprintOf(path: string, body: string, headers: Record<string, string> = {}): string {
  const event = {
    routeKey: 'POST /v1/principals/{proxy+}',
    rawPath: `/v1/principals/${path}`,
    rawQueryString: '',
    headers: { 'Idempotency-Key': 'k-1', ...headers },
    requestContext: { requestId: 'r', http: { method: 'POST', sourceIp: '192.0.2.1' } },
    body,
  } as unknown as ApiEvent;
  const route = readRoute(event);
  if (route === null) throw new Error('no route');
  const input = readInput(event, route, ANA);
  if (!input.ok) throw new Error(JSON.stringify(input.error));
  return input.value.idempotency?.fingerprint ?? '';
}

test('a key of an order is bound to the order, the principal and the body, as they are read', () => {
  const one = fingerprintOf('ci:a/b/suspend', '{"reason":"x"}');
  expect(one).toMatch(/^sha256:/);
  const tilde = `~${Buffer.from('ci:a/b').toString('base64url')}`;
  expect(fingerprintOf(`${tilde}/suspend`, '{ "reason": "\\u0078" }')).toBe(one);
  const others = [
    fingerprintOf('ci:a/b/resume', '{"reason":"x"}'),
    fingerprintOf('ci:a%2Fb/suspend', '{"reason":"x"}'),
    fingerprintOf('ci:a/c/suspend', '{"reason":"x"}'),
    fingerprintOf('ci:a/b/suspend', '{"reason":"y"}'),
    fingerprintOf('ci:a/b/suspend', ''),
  ];
  expect(new Set([one, ...others]).size).toBe(6);
});
