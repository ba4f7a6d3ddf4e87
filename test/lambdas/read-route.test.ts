import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ApiEvent } from '../../lambdas/middleware/api-call.ts';
import { readRoute } from '../../lambdas/middleware/read-route.ts';

/** An order as the gateway delivers it: the path decoded, the parameter perhaps once more. */
function order(rawPath: string): ApiEvent {
  const proxy = decodeURIComponent(rawPath.replaceAll('%', '%25'));
  const pathParameters = { proxy };
  return {
    routeKey: 'POST /v1/principals/{proxy+}',
    rawPath,
    pathParameters,
  } as unknown as ApiEvent;
}

const anyId = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => text.isWellFormed()),
  fc.string({ unit: fc.constantFrom('/', '%', '2', 'F', '?', '#', '~', '+', ' ', '/revoke', '.') }),
);

describe('an order on a principal', () => {
  test('is read with exactly the id that a client encoded once, whatever is in it', () => {
    const orders = fc.constantFrom('revoke', 'suspend', 'resume');
    const fronts = fc.constantFrom('', '/prod', '/keys/v2');
    fc.assert(
      fc.property(anyId, orders, fronts, (text, name, front) => {
        const id = `ci:${text}`;
        const sent = `${front}/v1/principals/${encodeURIComponent(id)}/${name}`;
        expect(readRoute(order(decodeURIComponent(sent)))).toEqual({
          key: `POST /v1/principals/{id}/${name}`,
          id,
          event: '',
        });
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    '/v1/principals/',
    '/v1/principals/a',
    '/v1/principals/a/approve',
    '/v1/principals/a/revoke/',
    '/v1/principals/a/Revoke',
    '/v1/principals//revoke',
    '/v1/principals/~!/revoke',
    '/v2/principals/a/revoke',
  ])('is not in %s', (path) => {
    expect(readRoute(order(path))).toBeNull();
  });
});

test('the id of any other call is the parameter as it was delivered', () => {
  const event = (routeKey: string, pathParameters?: object) =>
    ({ routeKey, rawPath: '/x', pathParameters }) as unknown as ApiEvent;
  const key = 'GET /v1/grants/{id}';
  expect(readRoute(event(key, { id: 'gr%5F1' }))).toEqual({ key, id: 'gr%5F1', event: '' });
  expect(readRoute(event('GET /v1/whoami'))).toEqual({ key: 'GET /v1/whoami', id: '', event: '' });
  expect(readRoute(event('$default'))).toBeNull();
  expect(readRoute(event('__proto__'))).toBeNull();
});
