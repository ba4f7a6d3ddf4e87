import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { PLANTS } from './plants.ts';

test.each(PLANTS)('the bug "$name" can still be planted', ({ file, from, to }) => {
  const occurrences = readFileSync(file, 'utf8').split(from).length - 1;
  expect(occurrences).toBeGreaterThan(0);
  expect(to).not.toBe(from);
});
