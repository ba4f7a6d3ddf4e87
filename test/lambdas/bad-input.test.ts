import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { RouteKey } from '../../core/api/routes.ts';
import type { Answer } from '../support/api-call.ts';
import { type ApiUnderTest, startApi } from '../support/api-under-test.ts';
import { ARTIFACTS, ana } from '../support/callers.ts';

let api: ApiUnderTest;
let token: string;
beforeAll(async () => {
  api = await startApi();
  token = await ana(api.issuer);
});
afterAll(() => api.stop());
beforeEach(() => api.aws.acceptAll());

const without = (name: string): object =>
  Object.fromEntries(Object.entries(ARTIFACTS).filter(([key]) => key !== name));
const raw = (name: string, json: string): string =>
  `${JSON.stringify(without(name)).slice(0, -1)},"${name}":${json}}`;
const nested = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;

function expectRefusedAt(answer: Answer, pointer: string): void {
  expect(answer).toMatchObject({
    status: 400,
    headers: { 'content-type': 'application/problem+json' },
    body: { type: 'urn:valetkey:problem:invalid-request' },
  });
  const errors = answer.body['errors'] as readonly { readonly pointer: string }[];
  expect(errors.map((error) => error.pointer)).toContain(pointer);
  // Whether the caller is suspended is read before anything else.
  expect(api.aws.calls().filter(({ command }) => command !== 'GetItemCommand')).toEqual([]);
}

const REQUESTING: readonly RouteKey[] = [
  'POST /v1/grants',
  'POST /v1/credentials',
  'POST /v1/evaluate',
];

describe.each(REQUESTING)('%s refuses, before anything is written,', (route) => {
  const request = (body: unknown): Promise<Answer> => api.call(route, { token, body });

  test.each([
    ['half an object', '{"entitlement":'],
    ['a trailing comma', '{"entitlement":"artifacts-read",}'],
    ['single quotes', "{'entitlement':'artifacts-read'}"],
    ['NaN', raw('durationSeconds', 'NaN')],
    ['text that is not JSON', 'entitlement=artifacts-read'],
    ['a list', '[]'],
    ['a string', '"artifacts-read"'],
    ['null', 'null'],
  ])('a body that is %s', async (_, body) => expectRefusedAt(await request(body), ''));

  test.each([
    ['an empty body', '', '/entitlement'],
    ['no entitlement', without('entitlement'), '/entitlement'],
    ['no duration', without('durationSeconds'), '/durationSeconds'],
    ['no justification', without('justification'), '/justification'],
    ['no parameters', without('parameters'), '/parameters/prefix'],
    ['an unknown field', { ...ARTIFACTS, admin: true }, '/admin'],
    ['another unknown field', { ...ARTIFACTS, sessionPolicy: {} }, '/sessionPolicy'],
    ['a field with a slash', { ...ARTIFACTS, 'a/b~c': 1 }, '/a~1b~0c'],
    ['an unknown entitlement', { ...ARTIFACTS, entitlement: 'root' }, '/entitlement'],
    ['an inherited entitlement', { ...ARTIFACTS, entitlement: 'constructor' }, '/entitlement'],
    ['the entitlement __proto__', { ...ARTIFACTS, entitlement: '__proto__' }, '/entitlement'],
    ['a number for an entitlement', { ...ARTIFACTS, entitlement: 7 }, '/entitlement'],
    ['a list of entitlements', { ...ARTIFACTS, entitlement: ['artifacts-read'] }, '/entitlement'],
    ['parameters that are a list', { ...ARTIFACTS, parameters: ['x'] }, '/parameters'],
    ['parameters that are null', { ...ARTIFACTS, parameters: null }, '/parameters'],
    ['a justification of spaces', { ...ARTIFACTS, justification: '   ' }, '/justification'],
    ['a number for a justification', { ...ARTIFACTS, justification: 1 }, '/justification'],
    ['two lines of justification', { ...ARTIFACTS, justification: 'a\nb' }, '/justification'],
    ['a Unicode line break', { ...ARTIFACTS, justification: 'a\u2028b' }, '/justification'],
    ['a broken character', { ...ARTIFACTS, justification: 'a\ud800' }, '/justification'],
    ['a long justification', { ...ARTIFACTS, justification: 'x'.repeat(501) }, '/justification'],
    ['an empty ticket', { ...ARTIFACTS, ticket: '' }, '/ticket'],
    ['a ticket with an escape', { ...ARTIFACTS, ticket: 'OPS\u001b[2J' }, '/ticket'],
    ['__proto__', raw('x', '1').replace('"x"', '"__proto__"'), '/__proto__'],
    ['__proto__ inside', raw('parameters', '{"__proto__":{}}'), '/parameters/__proto__'],
    ['deep nesting', raw('parameters', nested(100)), `/parameters${'/a'.repeat(15)}`],
  ])('%s', async (_, body, pointer) => expectRefusedAt(await request(body), pointer));

  test.each(['0', '-1', '-900', '900.5', '1e-3', '1e400', '"900"', 'null', 'true', '[900]', '{}'])(
    'a duration of %s',
    async (json) =>
      expectRefusedAt(await request(raw('durationSeconds', json)), '/durationSeconds'),
  );

  test.each([28_801, 604_801, 1e15])(
    '%d seconds, longer than the entitlement allows',
    async (seconds) =>
      expectRefusedAt(
        await request({ ...ARTIFACTS, durationSeconds: seconds }),
        '/durationSeconds',
      ),
  );

  test('every mistake at once, each with its pointer', async () => {
    const answer = await request({ parameters: { prefix: 'x' }, durationSeconds: 0, extra: 1 });
    const errors = answer.body['errors'] as readonly { readonly pointer: string }[];
    expect(errors.map(({ pointer }) => pointer).toSorted()).toEqual([
      '/durationSeconds',
      '/entitlement',
      '/extra',
    ]);
  });

  test('a body of more than 16 KiB, counted in bytes, plain or in base64', async () => {
    const large = JSON.stringify({ ...ARTIFACTS, justification: 'x'.repeat(16 * 1024) });
    const wide = JSON.stringify({ ...ARTIFACTS, justification: 'é'.repeat(9000) });
    for (const call of [{ body: large }, { body: wide }, { body: large, base64: true }]) {
      const answer = await api.call(route, { token, ...call });
      expect(answer).toMatchObject({ status: 413, body: { title: 'Body too large' } });
    }
    expect(api.aws.calls()).toEqual([]);
  });

  test.each([
    ['an empty one', ''],
    ['one of 256 characters', 'k'.repeat(256)],
    ['one with a space', 'a b'],
    ['one with a line break', 'a\nb'],
    ['one that is not ASCII', 'schlüssel'],
  ])('an Idempotency-Key that is not valid: %s', async (_, key) => {
    const headers = { 'idempotency-key': key };
    const answer = await api.call(route, { token, body: ARTIFACTS, headers });
    expect(answer).toMatchObject({
      status: 400,
      body: { type: 'urn:valetkey:problem:invalid-idempotency-key' },
    });
    expect(api.aws.calls()).toEqual([]);
  });
});

test('a body of exactly 16 KiB is read', async () => {
  const body = JSON.stringify(ARTIFACTS).padEnd(16 * 1024, ' ');
  expect(await api.call('POST /v1/evaluate', { token, body })).toMatchObject({ status: 200 });
});
