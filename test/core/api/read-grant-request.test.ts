import { describe, expect, test } from '@jest/globals';
import { readGrantRequest } from '../../../core/api/read-grant-request.ts';
import { ok } from '../../../core/result.ts';

const LEAST = { entitlement: 'read', parameters: { prefix: 'a' }, durationSeconds: 900 };
const REQUEST = { ...LEAST, scope: null, startsAt: null, justification: null, ticket: null };

describe('the body of a request for a grant', () => {
  test('has null for what was left out', () => {
    const read = readGrantRequest(LEAST);
    expect(read).toEqual(ok(REQUEST));
  });

  test('is read as it was written, with the start as an instant', () => {
    const startsAt = '2026-11-23T10:00:00Z';
    const scope = { actions: ['s3:GetObject'], resources: ['arn:aws:s3:::b/*'] };
    const texts = { justification: 'a test', ticket: 'OPS-1' };
    expect(readGrantRequest({ ...LEAST, ...texts, scope, startsAt })).toEqual(
      ok({ ...REQUEST, ...texts, scope, startsAt: Date.parse(startsAt) }),
    );
  });

  test.each([[{ actions: ['s3:GetObject'] }], [{ resources: ['arn:aws:s3:::b/*'] }]])(
    'has a scope with no more fields than were written: %j',
    (scope) => {
      const read = readGrantRequest({ ...LEAST, scope });
      const written = read.ok ? (read.value.scope ?? {}) : {};
      expect(written).toStrictEqual(scope);
    },
  );

  test('is refused with every mistake', () => {
    const read = readGrantRequest({ entitlement: 7, durationSeconds: 'long' });
    expect(read).toMatchObject({ ok: false, error: { code: 'invalid' } });
    const pointers = !read.ok && read.error.code === 'invalid' ? read.error.errors : [];
    expect(pointers.map(({ pointer }) => pointer)).toEqual(
      expect.arrayContaining(['/entitlement', '/durationSeconds']),
    );
  });
});
