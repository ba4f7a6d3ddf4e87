import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { referencePages } from '../../tools/reference-pages.ts';

test.each(Object.entries(referencePages()))(
  'docs/reference/%s says what the code does; npm run reference writes it anew',
  (file, text) => {
    expect(readFileSync(`docs/reference/${file}`, 'utf8')).toBe(text);
  },
);
