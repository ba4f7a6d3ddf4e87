import { beforeAll, describe, expect, test } from '@jest/globals';
import * as responses from '../../core/api/responses.ts';
import { PAGE_ROUTES, ROUTES } from '../../core/api/routes.ts';
import { type Answer, ARTIFACTS, call, person, tokenFor } from './support.ts';

let token: string;

beforeAll(async () => {
  token = await person(['platform']);
});

const CALLS = ['/v1/grants', '/v1/credentials', '/v1/evaluate'];

/** Expects a problem document that says what is wrong and where, without internals. */
function expectProblem(answer: Answer, status: number, pointer?: string): void {
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  const problem = responses.problem.parse(answer.body);
  expect(problem.status).toBe(status);
  expect(problem.detail.length).toBeGreaterThan(10);
  if (pointer !== undefined)
    expect(problem.errors?.map((error) => error.pointer)).toContain(pointer);
  expect(JSON.stringify(answer.body)).not.toMatch(/\bat .+\.m?[jt]s|Exception|node_modules|stack"/);
}

describe('bad input', () => {
  const prefix = (value: unknown) => ({ ...ARTIFACTS, parameters: { prefix: value } });
  const cases: [string, unknown, string][] = [
    ['malformed JSON', '{"entitlement":', ''],
    ['a list', [], ''],
    ['an unknown field', { ...ARTIFACTS, admin: true }, '/admin'],
    ['a prototype key', '{"__proto__":{},"entitlement":"x"}', '/__proto__'],
    ['no entitlement', { ...ARTIFACTS, entitlement: undefined }, '/entitlement'],
    ['an unknown entitlement', { ...ARTIFACTS, entitlement: 'root' }, '/entitlement'],
    [
      'an entitlement named like a method',
      { ...ARTIFACTS, entitlement: 'constructor' },
      '/entitlement',
    ],
    ['a number as a name', { ...ARTIFACTS, entitlement: 7 }, '/entitlement'],
    ['no parameters', { ...ARTIFACTS, parameters: {} }, '/parameters/prefix'],
    [
      'an unknown parameter',
      { ...ARTIFACTS, parameters: { prefix: 'a', suffix: 'b' } },
      '/parameters/suffix',
    ],
    ['a wildcard', prefix('releases/*'), '/parameters/prefix'],
    ['a question mark', prefix('release?'), '/parameters/prefix'],
    ['an IAM variable', prefix('${aws:username}'), '/parameters/prefix'],
    ['quotes', prefix('a","Resource":"*'), '/parameters/prefix'],
    ['a line break', prefix('releases\n1'), '/parameters/prefix'],
    ['a look-alike', prefix('rеleases'), '/parameters/prefix'],
    ['a value of 10,000 characters', prefix('a'.repeat(10_000)), '/parameters/prefix'],
    ['a list for a string', prefix(['releases']), '/parameters/prefix'],
    ['no time', { ...ARTIFACTS, durationSeconds: 0 }, '/durationSeconds'],
    ['negative time', { ...ARTIFACTS, durationSeconds: -1 }, '/durationSeconds'],
    ['half a second', { ...ARTIFACTS, durationSeconds: 0.5 }, '/durationSeconds'],
    ['time as text', { ...ARTIFACTS, durationSeconds: '900' }, '/durationSeconds'],
    [
      'too much time for the entitlement',
      { ...ARTIFACTS, durationSeconds: 28_801 },
      '/durationSeconds',
    ],
    ['a huge time', { ...ARTIFACTS, durationSeconds: 1e300 }, '/durationSeconds'],
    ['no justification', { ...ARTIFACTS, justification: undefined }, '/justification'],
    ['a blank justification', { ...ARTIFACTS, justification: '   ' }, '/justification'],
    ['a forged log line', { ...ARTIFACTS, justification: 'a\nINFO ok' }, '/justification'],
    ['a field of a later version', { ...ARTIFACTS, startsAt: '2027-01-01T00:00:00Z' }, '/startsAt'],
  ];

  test.each(cases)('%s is refused, with its JSON pointer', async (_, body, pointer) => {
    for (const path of CALLS) expectProblem(await call('POST', path, token, body), 400, pointer);
  });

  test('a body above 16 KiB is refused', async () => {
    const body = { ...ARTIFACTS, justification: 'x'.repeat(17_000) };
    for (const path of CALLS) expectProblem(await call('POST', path, token, body), 413);
  });

  test('queries are checked like bodies', async () => {
    for (const [query, pointer] of [
      ['status=gone', '/status'],
      ['limit=0', '/limit'],
      ['limit=many', '/limit'],
      ['cursor=abc', '/cursor'],
      ['sort=up', '/sort'],
    ]) {
      expectProblem(await call('GET', `/v1/grants?${query}`, token), 400, pointer);
    }
  });

  test('unknown ids are not found, and none of these requests was stored', async () => {
    expectProblem(await call('GET', '/v1/grants/gr_none', token), 404);
    expectProblem(await call('GET', '/v1/grants/gr_00000000000000000000', token), 404);
    expectProblem(await call('GET', '/v1/entitlements/none', token), 404);
    const listed = await call('GET', '/v1/grants', token);
    expect(listed.body['grants']).toEqual([]);
  });
});

describe('a caller without a valid token', () => {
  test.each(Object.entries(ROUTES).filter(([route]) => !PAGE_ROUTES.includes(route)))(
    'gets 401 from %s unless it is open',
    async (route, { open }) => {
      const [method, path = ''] = route.split(' ');
      const body = method === 'POST' ? '{}' : undefined;
      const answer = await call(
        method as 'GET' | 'POST',
        path.replace('{id}', 'x'),
        undefined,
        body,
      );
      if (open) {
        expect(answer.status).toBe(200);
      } else {
        expectProblem(answer, 401);
        expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer /);
      }
    },
  );

  const now = () => Math.floor(Date.now() / 1000);
  test.each([
    ['expired', () => ({ exp: now() - 61 }), /expired at/],
    ['not valid yet', () => ({ nbf: now() + 120 }), /not valid before/],
    ['for another audience', () => ({ aud: 'another' }), /audience/],
    ['from an unknown issuer', () => ({ iss: 'https://evil.example' }), /issuer/],
    ['without an expiry', () => ({ exp: null }), /exp/],
    ['without a subject', () => ({ sub: null }), /'sub'/],
    ['with an empty subject', () => ({ sub: '' }), /'sub'/],
    ['with groups that are not a list', () => ({ groups: 7 }), /'groups'/],
  ])('gets 401 with the reason: the token is %s', async (_, claims, reason) => {
    const bad = await tokenFor('people', { sub: 'ana', ...claims() });
    const answer = await call('GET', '/v1/whoami', bad);
    expectProblem(answer, 401);
    expect(answer.body['detail']).toMatch(reason);
    expect(answer.headers.get('www-authenticate')).toMatch(/error="invalid_token"/);
  });

  test('is allowed a minute of clock skew', async () => {
    const late = await tokenFor('people', { sub: 'ana', exp: now() - 30 });
    expect((await call('GET', '/v1/whoami', late)).status).toBe(200);
  });

  test.each(['nonsense', 'a.b.c', `${'x'.repeat(500)}.${'y'.repeat(500)}.z`])(
    'gets 401 for %.10s, which is not a token',
    async (text) => {
      expectProblem(await call('GET', '/v1/whoami', text), 401);
    },
  );
});
