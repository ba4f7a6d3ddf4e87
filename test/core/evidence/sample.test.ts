import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sampleOf } from '../../../core/evidence/sample.ts';

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

test('a sample is the first grants in the order of the hash, however they come', () => {
  const ids = fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 50 });
  fc.assert(
    fc.property(ids, fc.nat({ max: 20 }), fc.string(), (offered, size, seed) => {
      const sample = sampleOf(size, seed);
      for (const id of offered) sample.offer(id, [1]);
      const first = offered
        .map((id) => hash(`${seed}${id}`))
        .toSorted()
        .slice(0, size);
      expect(sample.drawn().map(({ sha256 }) => sha256)).toEqual(first);
    }),
  );
});

test('a sample of few out of thousands is the same', () => {
  const ids = Array.from({ length: 5000 }, (_, place) => `gr_${place}`);
  const sample = sampleOf(40, 'seed');
  for (const id of ids) sample.offer(id, [1]);
  const first = ids
    .map((id) => hash(`seed${id}`))
    .toSorted()
    .slice(0, 40);
  expect(sample.drawn().map(({ sha256 }) => sha256)).toEqual(first);
});
