import { describe, expect, test } from '@jest/globals';
import {
  decodeCursor,
  decodeEventCursor,
  decodeSuspensionCursor,
  encodeCursor,
  encodeEventCursor,
  encodeSuspensionCursor,
} from '../../../core/api/cursor.ts';

const ID = `gr_${'0'.repeat(20)}`;
const base64url = (text: string): string => Buffer.from(text).toString('base64url');

describe('a cursor', () => {
  test.each([0, 1, 999_999_999_999_999])('leads back to its place: %s', (createdAt) => {
    const cursor = encodeCursor({ createdAt, id: ID });
    expect(cursor).toMatch(/^[A-Za-z0-9_-]+$/);
    expect(decodeCursor(cursor)).toEqual({ createdAt, id: ID });
  });

  test('contains the place and nothing else of the grant', () => {
    const place = { createdAt: 1, id: ID, justification: 'secret' };
    expect(encodeCursor(place)).toBe(base64url(`1/${ID}`));
  });

  test.each([
    ['nothing', ''],
    ['other characters', `${base64url(`1/${ID}`)}=`],
    ['a space before it', ` ${base64url(`1/${ID}`)}`],
    ['a line break', `${base64url(`1/${ID}`)}\n`],
    ['no time', base64url(`/${ID}`)],
    ['no id', base64url('1')],
    ['an empty id', base64url('1/')],
    ['a time that is no number', base64url(`x/${ID}`)],
    ['a negative time', base64url(`-1/${ID}`)],
    ['a time with a fraction', base64url(`1.5/${ID}`)],
    ['a time beyond all dates', base64url(`1000000000000000/${ID}`)],
    ['an id that is none', base64url('1/gr_x')],
    ['text before the time', base64url(`x1/${ID}`)],
    ['text after the time', base64url(`1x/${ID}`)],
  ])('is refused where it has %s', (_, cursor) => {
    expect(decodeCursor(cursor)).toBeNull();
  });
});

describe('a cursor of the suspended principals', () => {
  const place = { at: 1_795_000_000_000, hash: '0123456789abcdef' };

  test('leads back to its place', () => {
    expect(decodeSuspensionCursor(encodeSuspensionCursor(place))).toEqual(place);
  });

  test.each([encodeCursor({ createdAt: 1, id: ID }), base64url('1/x'), base64url('1/'), 'é', ''])(
    'is refused: %s',
    (cursor) => {
      expect(decodeSuspensionCursor(cursor)).toBeNull();
    },
  );

  test('is none of the grants', () => {
    expect(decodeCursor(encodeSuspensionCursor(place))).toBeNull();
  });
});

describe('a cursor of an audit trail', () => {
  const place = '2026-11-23T10:00:00.500Z#12#ev_0123456789abcdefghij';

  test('leads back to its place', () => {
    const cursor = encodeEventCursor(place);
    expect(cursor).toBe(base64url(place));
    expect(decodeEventCursor(cursor)).toBe(place);
  });

  test.each([
    ['nothing', ''],
    ['other characters', `${base64url(place)}=`],
    ['a space before it', ` ${base64url(place)}`],
    ['a line break', `${base64url(place)}\n`],
    ['text before the place', base64url(`x${place}`)],
    ['text after the place', base64url(`${place}x`)],
    ['no number', base64url(place.replace('#12#', '##'))],
    ['no id', base64url('2026-11-23T10:00:00.500Z#12#')],
    ['the place of a grant', encodeCursor({ createdAt: 1, id: ID })],
  ])('is refused where it has %s', (_, cursor) => {
    expect(decodeEventCursor(cursor)).toBeNull();
  });
});
