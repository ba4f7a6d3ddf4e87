import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { REVIEW_ID } from '../../core/access-review.ts';
import {
  GRANT_ID,
  latestTimeOf,
  newEventId,
  newGrantId,
  newReviewId,
  newSessionName,
  type RandomBytes,
  sha256,
  shortHash,
} from '../../core/ids.ts';

const EPOCH = Date.parse('2025-01-01T00:00:00Z');
const CROCKFORD = '0123456789abcdefghjkmnpqrstvwxyz';

/** Bytes that were asked for, and how many at once. */
function bytes(next: (index: number) => number): { random: RandomBytes; asked: number[] } {
  const asked: number[] = [];
  const random = (length: number): Uint8Array => {
    asked.push(length);
    return Uint8Array.from({ length }, (_, index) => next(index));
  };
  return { random, asked };
}

const MAKERS = [
  ['an event id', newEventId, 'ev_', 20],
  ['a session name', newSessionName, 'vk_', 26],
] as const;

describe.each(MAKERS)('%s', (_, make, prefix, length) => {
  test(`is ${prefix} and ${length} characters of Crockford's base 32, whatever the bytes`, () => {
    const shape = new RegExp(`^${prefix}[${CROCKFORD}]{${length}}$`);
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (given) => {
        expect(make((wanted) => given.subarray(0, wanted))).toMatch(shape);
      }),
    );
  });

  test('uses five bits of every random byte, so that all of its characters are random', () => {
    const { random, asked } = bytes((index) => index);
    expect(make(random)).toBe(prefix + CROCKFORD.slice(0, length));
    expect(asked).toEqual([length]);
    expect(make(bytes(() => 31).random)).toBe(prefix + 'z'.repeat(length));
  });
});

const NOW = Date.parse('2026-11-26T10:00:00.123Z');

describe('a grant id', () => {
  const times = fc.integer({ min: EPOCH, max: Date.parse('2059-01-01T00:00:00Z') });
  const idAt = (at: number, byte = 0) => newGrantId(bytes(() => byte).random, at);

  test('is its time, and twelve random characters', () => {
    const { random, asked } = bytes((index) => index);
    expect(newGrantId(random, EPOCH)).toBe(`gr_00000000${CROCKFORD.slice(0, 12)}`);
    expect(asked).toEqual([12]);
    expect(idAt(EPOCH + 32 ** 2 + 31)).toBe('gr_0000010z000000000000');
  });

  test('sorts by time, whatever its random characters', () => {
    fc.assert(
      fc.property(times, times, (one, other) => {
        const [first, last] = [Math.min(one, other), Math.max(one, other)];
        if (first < last) expect(idAt(first, 31) < idAt(last)).toBe(true);
      }),
    );
  });

  test('tells its time, and a prefix of it the last time that it stands for', () => {
    fc.assert(
      fc.property(times, fc.integer({ min: 3, max: 23 }), (at, length) => {
        expect(latestTimeOf(idAt(at))).toBe(at);
        const span = 32 ** Math.max(0, 11 - length);
        const start = Math.floor((at - EPOCH) / span) * span + EPOCH;
        expect(latestTimeOf(idAt(at).slice(0, length))).toBe(start + span - 1);
      }),
    );
  });

  test('keeps its length for clocks before the first time and after the last', () => {
    expect(idAt(EPOCH - 1)).toMatch(/^gr_0{20}$/);
    expect(idAt(EPOCH + 32 ** 8)).toMatch(GRANT_ID);
  });
});

describe('the id of an access review', () => {
  const zeros = (length: number) => new Uint8Array(length);

  test('is its time and twelve random characters, as that of a grant', () => {
    const random = (length: number) => Uint8Array.from({ length }, (_, index) => index);
    const id = newReviewId(random, NOW);
    expect(id).toMatch(REVIEW_ID);
    expect(id.slice(3)).toBe(newGrantId(random, NOW).slice(3));
  });

  test('sorts by time', () => {
    const ids = [NOW, NOW + 1, NOW + 1000].map((at) => newReviewId(zeros, at));
    expect(ids).toEqual(ids.toSorted());
  });
});

describe('the alphabet', () => {
  test('is used evenly: no character is likelier than another', () => {
    const counts = new Map<string, number>();
    for (let byte = 0; byte < 256; byte += 1) {
      const character = newEventId(bytes(() => byte).random).charAt(3);
      counts.set(character, (counts.get(character) ?? 0) + 1);
    }
    expect([...counts.keys()].sort().join('')).toBe(CROCKFORD);
    expect(new Set(counts.values())).toEqual(new Set([8]));
  });
});

describe('the pattern of grant ids', () => {
  test('accepts every id that is made', () => {
    for (let byte = 0; byte < 32; byte += 1) {
      expect(newGrantId(bytes(() => byte).random, NOW)).toMatch(GRANT_ID);
    }
  });

  test.each([
    ...['', 'gr_', `gr_${'0'.repeat(19)}`, `gr_${'0'.repeat(21)}`, `ev_${'0'.repeat(20)}`],
    ...['i', 'l', 'o', 'u', 'A', '*', '?', '.', '/', '#', '\n'].map(
      (odd) => `gr_${'0'.repeat(19)}${odd}`,
    ),
    ...[`gr_${'0'.repeat(20)}\n`, ` gr_${'0'.repeat(20)}`, `GR_${'0'.repeat(20)}`],
  ])('refuses %j', (id) => {
    expect(GRANT_ID.test(id)).toBe(false);
  });
});

describe('hashes', () => {
  test('short ones have 16 characters, and differ wherever the text does', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        expect(shortHash(a)).toMatch(new RegExp(`^[${CROCKFORD}]{16}$`));
        expect(shortHash(a) === shortHash(b)).toBe(a === b);
      }),
    );
  });

  test('long ones are SHA-256 of the UTF-8 text, in hexadecimal', () => {
    expect(sha256('abc')).toBe(
      'sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
    expect(sha256('ä')).not.toBe(sha256('a'));
  });
});
