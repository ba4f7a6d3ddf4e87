import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { PLANTS } from './plants.ts';

test.each(PLANTS)('the bug "$name" can still be planted', ({ edits }) => {
  for (const { file, from, to } of edits) {
    expect(readFileSync(file, 'utf8').split(from).length - 1).toBeGreaterThan(0);
    expect(to).not.toBe(from);
  }
});
