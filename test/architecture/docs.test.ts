import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const markdown = (folder: string, recursive: boolean): readonly string[] =>
  readdirSync(folder, { recursive, encoding: 'utf8' })
    .filter((page) => page.endsWith('.md'))
    .map((page) => join(folder, page));

const PAGES = [...markdown('.', false), ...markdown('docs', true), ...markdown('.github', true)];

/** A heading's anchor, as hosts of Markdown make it. */
const anchorOf = (heading: string): string =>
  heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

const anchorsOf = (page: string): ReadonlySet<string> =>
  new Set(
    Array.from(readFileSync(page, 'utf8').matchAll(/^#+ (.+)$/gm), ([, heading = '']) =>
      anchorOf(heading.trim()),
    ),
  );

function isBroken(page: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : join(dirname(page), path);
  if (!existsSync(target)) return true;
  return anchor !== undefined && target.endsWith('.md') && !anchorsOf(target).has(anchor);
}

describe('the documentation', () => {
  test.each(PAGES)('%s links and names only what exists', (page) => {
    const text = readFileSync(page, 'utf8').replaceAll(/```[\s\S]*?```/g, '');
    const links = Array.from(
      text.matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g),
      ([, to = '']) => to,
    );
    const tests = Array.from(text.matchAll(/`(test\/[a-z0-9/.-]+)`/g), ([, path = '']) => path);
    expect(links.filter((link) => isBroken(page, link))).toEqual([]);
    expect(tests.filter((path) => !existsSync(path))).toEqual([]);
  });
});
