import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
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

const JSON_TEXT = JSON.stringify(ARTIFACTS);

function evaluate(bytes: Uint8Array | string, headers: Record<string, string> = {}) {
  if (typeof bytes === 'string') {
    return api.call('POST /v1/evaluate', { token, headers, body: bytes });
  }
  const body = Buffer.from(bytes).toString('base64');
  return api.call('POST /v1/evaluate', { token, headers, encodedBody: body });
}

function expectUnsupported(answer: Answer, says: RegExp): void {
  expect(answer).toMatchObject({
    status: 415,
    headers: { 'content-type': 'application/problem+json' },
    body: { type: 'urn:valetkey:problem:unsupported-media-type' },
  });
  expect(answer.body['detail']).toMatch(says);
}

describe('a body of JSON is read', () => {
  test.each<[string, Uint8Array | string, Record<string, string>]>([
    ['without a content type', JSON_TEXT, {}],
    ['with a byte order mark', `\ufeff${JSON_TEXT}`, {}],
    ['with a byte order mark, in base64', Buffer.from(`\ufeff${JSON_TEXT}`), {}],
    ['with a charset', JSON_TEXT, { 'content-type': 'application/json; charset=UTF-8' }],
    ['with a quoted charset', JSON_TEXT, { 'Content-Type': 'application/json;charset="utf-8"' }],
    ['as text, which some clients call it', JSON_TEXT, { 'content-type': 'text/plain' }],
    [
      'as a form, which curl calls it',
      JSON_TEXT,
      { 'content-type': 'application/x-www-form-urlencoded' },
    ],
    ['with the coding that is none', JSON_TEXT, { 'content-encoding': 'identity' }],
  ])('%s', async (_, body, headers) => {
    expect(await evaluate(body, headers)).toMatchObject({ status: 200 });
  });
});

describe('a body that is not JSON in UTF-8 is refused, with what to do', () => {
  test('compressed', async () => {
    for (const coding of ['gzip', 'GZIP', 'br', 'deflate, gzip']) {
      const headers = { 'content-type': 'application/json', 'content-encoding': coding };
      expectUnsupported(
        await evaluate(gzipSync(JSON_TEXT), headers),
        /encoded as .*Send it as it is/,
      );
    }
  });

  test('in another charset', async () => {
    for (const charset of ['utf-16', 'ISO-8859-1', '"windows-1252"']) {
      const headers = { 'content-type': `application/json; charset=${charset}` };
      expectUnsupported(await evaluate(JSON_TEXT, headers), /charset .*UTF-8/);
    }
  });

  test('in another format', async () => {
    for (const type of ['application/x-www-form-urlencoded', 'application/xml', 'text/yaml']) {
      const answer = await evaluate('entitlement=artifacts-read', { 'content-type': type });
      expectUnsupported(answer, /Content-Type: application\/json/);
      expect(answer.body['detail']).toContain(type);
    }
  });

  test('but what begins like JSON, or is called just text, is JSON that is not valid', async () => {
    for (const [text, type] of [
      ['{"entitlement":', 'application/x-www-form-urlencoded'],
      [' [1,', 'application/xml'],
      ['entitlement=x', 'text/plain;charset=UTF-8'],
    ] as const) {
      expect(await evaluate(text, { 'content-type': type })).toMatchObject({
        status: 400,
        body: { errors: [{ pointer: '', detail: 'is not valid JSON' }] },
      });
    }
  });

  test.each<[string, Uint8Array]>([
    ['a byte that no character has', Buffer.from([0x22, 0xff, 0x22])],
    ['half a character', Buffer.from('"é"').subarray(0, 2)],
    ['UTF-16', Buffer.from(`\ufeff${JSON_TEXT}`, 'utf16le')],
  ])('with %s', async (_, bytes) => {
    expect(await evaluate(bytes)).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '', detail: 'is not valid UTF-8' }] },
    });
  });
});

describe('what is there twice is refused, and named', () => {
  test.each([
    ['{"entitlement":"a","entitlement":"artifacts-read"}', '/entitlement'],
    ['{"parameters":{"prefix":"a","prefix":"b"}}', '/parameters/prefix'],
    ['{"parameters":{"prefix":"a","pre\\u0066ix":"b"}}', '/parameters/prefix'],
  ])('in a body: %s', async (body, pointer) => {
    expect(await evaluate(body, { 'content-type': 'application/json' })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer, detail: 'is there twice; send it once' }] },
    });
    expect(api.aws.calls()).toEqual([]);
  });

  test.each(['limit=1&limit=2', 'status=active&status=active', '%6cimit=1&limit=1'])(
    'in a query: %s',
    async (query) => {
      const pointer = query.startsWith('status') ? '/status' : '/limit';
      expect(await api.call('GET /v1/grants', { token, query })).toMatchObject({
        status: 400,
        body: { errors: [{ pointer, detail: 'is in the query twice; send it once' }] },
      });
    },
  );
});

describe('the fingerprint of an Idempotency-Key', () => {
  const headers = { 'idempotency-key': 'k-1' };
  async function fingerprintOf(body: string): Promise<string> {
    api.aws.acceptAll();
    await api.call('POST /v1/grants', { token, headers, body });
    const found = /"fingerprint":\{"S":"(sha256:[0-9a-f]{64})"\}/.exec(
      JSON.stringify(api.aws.transactions()),
    );
    return found?.[1] ?? '';
  }

  test('is the same for the same fields in another order or spacing, and for no other body', async () => {
    const first = await fingerprintOf(JSON_TEXT);
    expect(first).not.toBe('');
    const reversed = Object.fromEntries(Object.entries(ARTIFACTS).toReversed());
    expect(await fingerprintOf(JSON.stringify(reversed, null, 2))).toBe(first);
    const other = { ...ARTIFACTS, durationSeconds: ARTIFACTS.durationSeconds + 1 };
    expect(await fingerprintOf(JSON.stringify(other))).not.toBe(first);
  });
});
