import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const PAGES = [
  'README.md',
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((page) => page.endsWith('.md'))
    .map((page) => join('docs', page)),
];

describe('the documentation', () => {
  test.each(PAGES)('%s links and names only what is there', (page) => {
    const text = readFileSync(page, 'utf8');
    const links = Array.from(text.matchAll(/\]\((?!http|#)([^)#]+)/g), (match) =>
      join(dirname(page), match[1] ?? ''),
    );
    const tests = Array.from(text.matchAll(/`(test\/[a-z0-9/.-]+)`/g), (match) => match[1] ?? '');
    expect([...links, ...tests].filter((path) => !existsSync(path))).toEqual([]);
  });
});
