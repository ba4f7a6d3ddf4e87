import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { mostCalls, Tally } from '../../../core/usage/tally.ts';
import { TextSet } from '../../../core/usage/text-set.ts';
import { draws } from '../../support/draws.ts';

describe('a set of texts', () => {
  test('knows what it has, and nothing else', () => {
    const texts = Array.from({ length: 50_000 }, () => randomUUID());
    const set = new TextSet();
    expect(texts.every((text) => set.add(text))).toBe(true);
    expect(texts.some((text) => set.add(text))).toBe(false);
    expect(set.size).toBe(texts.length);
  });

  test('tells texts that follow each other', () => {
    const set = new TextSet();
    const texts = Array.from({ length: 50_000 }, (_, index) => `arn:aws:s3:::acme/${index}`);
    expect(texts.every((text) => set.add(text))).toBe(true);
  });

  test('does what a set of JavaScript does', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 3 }), { maxLength: 300, size: 'max' }),
        (texts) => {
          const set = new TextSet();
          const isFirst = texts.map((text, index) => texts.indexOf(text) === index);
          expect(texts.map((text) => set.add(text))).toEqual(isFirst);
          expect(set.size).toBe(new Set(texts).size);
        },
      ),
      { numRuns: draws(100) },
    );
  });
});

describe('a tally', () => {
  const tallied = (texts: readonly string[], most: number) => {
    const tally = new Tally(most);
    for (const text of texts) tally.add(text, text.startsWith('no'));
    return tally;
  };
  const sorted = (tally: Tally) => mostCalls(tally.counted(), Number.POSITIVE_INFINITY);

  test('counts calls and refused ones', () => {
    expect(sorted(tallied(['yes', 'no', 'no'], 5))).toEqual([
      { text: 'no', calls: 2, refused: 2 },
      { text: 'yes', calls: 1, refused: 0 },
    ]);
  });

  test('keeps some of many, counts these exactly, and knows how many there were, in any order', () => {
    const text = fc.integer({ min: 0, max: 40 }).map((number) => `t${number}`);
    fc.assert(
      fc.property(
        fc
          .array(text, { maxLength: 200, size: 'max' })
          .chain((texts) =>
            fc.tuple(fc.constant(texts), fc.shuffledSubarray(texts, { minLength: texts.length })),
          ),
        ([texts, shuffled]) => {
          const tally = tallied(texts, 5);
          expect(tally.distinct).toBe(new Set(texts).size);
          expect(tally.counted()).toHaveLength(Math.min(5, tally.distinct));
          const isExact = tally
            .counted()
            .every(({ text: one, calls }) => texts.filter((text) => text === one).length === calls);
          expect(isExact).toBe(true);
          expect(sorted(tallied(shuffled, 5))).toEqual(sorted(tally));
        },
      ),
      { numRuns: draws(200) },
    );
  });
});
