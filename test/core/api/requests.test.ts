import { describe, expect, test } from '@jest/globals';
import * as z from 'zod/mini';
import {
  check,
  commentBody,
  emptyBody,
  extendBody,
  grantRequestBody,
  IDEMPOTENCY_KEY,
  listQuery,
  MAX_BODY_BYTES,
  reasonBody,
  voteBody,
} from '../../../core/api/requests.ts';
import { GRANT_STATUSES } from '../../../core/grant.ts';
import { err, ok } from '../../../core/result.ts';

const REQUEST = { entitlement: 'read', durationSeconds: 60 };

function errorsOf<T>(schema: z.ZodMiniType<T>, value: unknown): readonly string[] {
  const checked = check(schema, value);
  return checked.ok ? [] : checked.error.map(({ pointer, detail }) => `${pointer} ${detail}`);
}

describe('the body of a request', () => {
  test('needs an entitlement and a duration; parameters are empty by default', () => {
    expect(check(grantRequestBody, REQUEST)).toEqual(ok({ ...REQUEST, parameters: {} }));
    expect(errorsOf(grantRequestBody, {})).toEqual([
      '/entitlement is missing (string)',
      '/durationSeconds is missing (number)',
    ]);
  });

  test('keeps everything that it may have', () => {
    const full = {
      ...REQUEST,
      parameters: { prefix: 'a', deep: { x: [1] } },
      scope: { actions: ['s3:GetObject', 's3:Get*'], resources: ['arn:aws:s3:::acme/a'] },
      justification: '',
      startsAt: '2026-11-23T20:00:00+01:00',
      ticket: 'OPS-1',
    };
    expect(check(grantRequestBody, full)).toEqual(ok(full));
  });

  test.each<[string, object, string]>([
    ['an unknown field', { admin: true }, '/admin is not a field of this call; remove it'],
    [
      'an unknown scope',
      { scope: { actions: ['a:b'], x: 1 } },
      '/scope/x is not a field of this call; remove it',
    ],
    ['an empty entitlement', { entitlement: '' }, '/entitlement may not be empty'],
    [
      'a long entitlement',
      { entitlement: 'x'.repeat(64) },
      '/entitlement may have at most 63 characters',
    ],
    ['a number as entitlement', { entitlement: 1 }, '/entitlement must be of type string'],
    ['a list of parameters', { parameters: [] }, '/parameters must be of type object'],
    ['no duration at all', { durationSeconds: 0 }, '/durationSeconds must be at least 1'],
    [
      'half a second',
      { durationSeconds: 1.5 },
      '/durationSeconds must be a whole number of seconds',
    ],
    [
      'a duration as text',
      { durationSeconds: '60' },
      '/durationSeconds must be a whole number of seconds',
    ],
    ['more than a week', { durationSeconds: 604_801 }, '/durationSeconds may be at most 604800'],
    [
      'a long justification',
      { justification: 'x'.repeat(501) },
      '/justification may have at most 500 characters',
    ],
    [
      'a justification of two lines',
      { justification: 'a\nb' },
      '/justification may not contain line breaks or other control characters',
    ],
    ['an empty ticket', { ticket: '' }, '/ticket may not be empty'],
    ['a long ticket', { ticket: 'x'.repeat(101) }, '/ticket may have at most 100 characters'],
    [
      'a start that is no time',
      { startsAt: 'tomorrow' },
      '/startsAt must be a time such as 2026-11-23T20:00:00Z',
    ],
    [
      'a start without a zone',
      { startsAt: '2026-11-23T20:00:00' },
      '/startsAt must be a time such as 2026-11-23T20:00:00Z',
    ],
    [
      'an empty scope',
      { scope: {} },
      '/scope is empty; give actions, resources or both, or leave it out',
    ],
    [
      'a scope of no actions',
      { scope: { actions: [] } },
      '/scope/actions may not be empty; leave it out if you do not want to narrow it',
    ],
    [
      'a scope of many resources',
      { scope: { resources: Array(21).fill('arn:a') } },
      '/scope/resources may have at most 20 entries',
    ],
    [
      'an action that is none',
      { scope: { actions: ['s3'] } },
      '/scope/actions/0 must be an action such as s3:GetObject',
    ],
    [
      'an action with more after it',
      { scope: { actions: ['s3:Get-'] } },
      '/scope/actions/0 must be an action such as s3:GetObject',
    ],
    [
      'an action with more before it',
      { scope: { actions: ['_s3:Get'] } },
      '/scope/actions/0 must be an action such as s3:GetObject',
    ],
    [
      'a resource that is no ARN',
      { scope: { resources: ['arn:a', 'x:arn:b'] } },
      '/scope/resources/1 must be an ARN',
    ],
    [
      'a policy variable',
      { scope: { resources: ['arn:a/${aws:x}'] } },
      '/scope/resources/0 may not contain $',
    ],
    [
      'a space',
      { scope: { resources: ['arn:a b'] } },
      '/scope/resources/0 may contain only printable ASCII',
    ],
    [
      'a letter beyond ASCII',
      { scope: { resources: ['arn:ü'] } },
      '/scope/resources/0 may contain only printable ASCII',
    ],
    ['an empty resource', { scope: { resources: [''] } }, '/scope/resources/0 may not be empty'],
    [
      'a long resource',
      { scope: { resources: [`arn:${'x'.repeat(509)}`] } },
      '/scope/resources/0 may have at most 512 characters',
    ],
  ])('is refused with %s', (_, changes, error) => {
    expect(errorsOf(grantRequestBody, { ...REQUEST, ...changes })).toContain(error);
  });

  test.each<[string, object]>([
    ['a second', { durationSeconds: 1 }],
    ['a week', { durationSeconds: 604_800 }],
    ['an id of 63 characters', { entitlement: 'x'.repeat(63) }],
    ['a justification of 500 characters', { justification: 'x'.repeat(500) }],
    ['a ticket of 100 characters', { ticket: 'x'.repeat(100) }],
    ['twenty actions', { scope: { actions: Array(20).fill('s3:*') } }],
    ['a resource of 512 characters', { scope: { resources: [`arn:${'~'.repeat(508)}`] } }],
    ['a question mark in an action', { scope: { actions: ['a-1:Get?'] } }],
  ])('is accepted with %s', (_, changes) => {
    expect(errorsOf(grantRequestBody, { ...REQUEST, ...changes })).toEqual([]);
  });
});

describe('other bodies', () => {
  const expectText = <T>(name: string, schema: z.ZodMiniType<T>): void => {
    expect(check(schema, {})).toEqual(ok({}));
    expect(check(schema, { [name]: '' })).toEqual(ok({ [name]: '' }));
    expect(check(schema, { [name]: 'x'.repeat(500) }).ok).toBe(true);
    expect(errorsOf(schema, { [name]: 'x'.repeat(501) })).toEqual([
      `/${name} may have at most 500 characters`,
    ]);
    expect(errorsOf(schema, { other: 1 })).toEqual([
      '/other is not a field of this call; remove it',
    ]);
  };

  test('with a comment or a reason need none', () => {
    expectText('comment', commentBody);
    expectText('reason', reasonBody);
    expectText('comment', voteBody);
  });

  test('of a vote may name an extension by its time', () => {
    const about = { extension: '2026-11-23T10:00:00.5Z' };
    expect(check(voteBody, about)).toEqual(ok(about));
    expect(errorsOf(voteBody, { extension: 'yes' })).toEqual([
      '/extension must be a time such as 2026-11-23T20:00:00Z',
    ]);
    expect(errorsOf(commentBody, about)).toEqual([
      '/extension is not a field of this call; remove it',
    ]);
  });

  test('of an extension need a duration and a justification', () => {
    const more = { durationSeconds: 60, justification: 'x' };
    expect(check(extendBody, more)).toEqual(ok(more));
    expect(errorsOf(extendBody, {})).toHaveLength(2);
    expect(errorsOf(extendBody, { ...more, justification: '' })).toEqual([
      '/justification may not be empty',
    ]);
    expect(errorsOf(extendBody, { ...more, durationSeconds: 604_801 })).toHaveLength(1);
  });

  test('that are empty accept no field', () => {
    expect(check(emptyBody, {})).toEqual(ok({}));
    expect(errorsOf(emptyBody, { a: 1 })).toHaveLength(1);
  });
});

describe('free text', () => {
  const HIDDEN = ['   ', '\u200b', '\u3164\u2800', '\u00a0\u2060'];
  const NOTHING = 'has no visible character; write what people should read';

  test.each(HIDDEN)('of which nobody sees anything is refused: %j', (text) => {
    expect(errorsOf(grantRequestBody, { ...REQUEST, justification: text, ticket: text })).toEqual([
      `/justification ${NOTHING}`,
      `/ticket ${NOTHING}`,
    ]);
    expect(errorsOf(commentBody, { comment: text })).toEqual([`/comment ${NOTHING}`]);
    expect(errorsOf(reasonBody, { reason: text })).toEqual([`/reason ${NOTHING}`]);
    const extension = { durationSeconds: 60, justification: text };
    expect(errorsOf(extendBody, extension)).toEqual([`/justification ${NOTHING}`]);
  });

  test('may be left empty where it is optional', () => {
    expect(errorsOf(reasonBody, { reason: '' })).toEqual([]);
    expect(errorsOf(commentBody, { comment: 'ok\u200b' })).toEqual([]);
  });
});

describe('the query of a list', () => {
  test('asks for 50 entries by default', () => {
    expect(check(listQuery, {})).toEqual(ok({ limit: 50 }));
  });

  test('keeps every filter, with the limit as a number', () => {
    const longest = 'é'.repeat(500);
    expect(check(listQuery, { requester: longest })).toEqual(ok({ requester: longest, limit: 50 }));
    const query = { status: 'active', requester: 'me', entitlement: 'read', reviewable: 'me' };
    expect(check(listQuery, { ...query, limit: '100', cursor: 'abc' })).toEqual(
      ok({ ...query, limit: 100, cursor: 'abc' }),
    );
  });

  test.each<[object, string]>([
    [{ limit: '0' }, '/limit must be at least 1'],
    [{ limit: '101' }, '/limit may be at most 100'],
    [{ limit: '1.5' }, '/limit must be a whole number'],
    [{ limit: 'x' }, '/limit must be a number'],
    [{ status: 'open' }, `/status must be one of: ${GRANT_STATUSES.join(', ')}`],
    [{ reviewable: 'all' }, '/reviewable must be one of: me'],
    [{ requester: '' }, '/requester may not be empty'],
    [{ requester: 'x'.repeat(601) }, '/requester may have at most 600 characters'],
    [{ entitlement: 'x'.repeat(64) }, '/entitlement may have at most 63 characters'],
    [{ cursor: '' }, '/cursor may not be empty'],
    [{ cursor: 'x'.repeat(201) }, '/cursor may have at most 200 characters'],
    [{ requester: 'é'.repeat(501) }, '/requester may have at most 1000 bytes'],
    [{ page: '2' }, '/page is not a field of this call; remove it'],
  ])('is refused as %j', (query, error) => {
    expect(errorsOf(listQuery, query)).toEqual([error]);
  });
});

describe('an error of a value', () => {
  test('points to the value by RFC 6901, and cuts names that are too long to show', () => {
    const schema = z.record(z.string(), z.boolean());
    expect(check(schema, { 'a/b~c': 'x', ['y'.repeat(99)]: 'x' })).toEqual(
      err([
        { pointer: '/a~1b~0c', detail: 'must be of type boolean' },
        { pointer: `/${'y'.repeat(64)}`, detail: 'must be of type boolean' },
      ]),
    );
  });

  test('points to the body as a whole with nothing', () => {
    expect(errorsOf(emptyBody, [])).toEqual([' must be of type object']);
    expect(errorsOf(emptyBody, undefined)).toEqual([' is missing (object)']);
  });

  test('is one for each unknown field', () => {
    expect(errorsOf(emptyBody, { a: 1, b: 2 })).toHaveLength(2);
  });
});

test('an Idempotency-Key has 1 to 255 visible ASCII characters', () => {
  for (const key of ['a', '!~', 'x'.repeat(255)]) expect(IDEMPOTENCY_KEY.test(key)).toBe(true);
  for (const key of ['', 'a b', 'ü', 'a\n', ' a', 'x'.repeat(256)]) {
    expect(IDEMPOTENCY_KEY.test(key)).toBe(false);
  }
});

test('a body has at most 16 KiB', () => expect(MAX_BODY_BYTES).toBe(16_384));
