import { RegExpParser } from '@eslint-community/regexpp';
import { expect, test } from '@jest/globals';
import { alphabet, factsOfPattern } from '../../../core/bundle/pattern-facts.ts';
import { err, ok } from '../../../core/result.ts';

function facts(pattern: string, unicode = false) {
  const parser = new RegExpParser({ ecmaVersion: 2024 });
  const tree = parser.parsePattern(pattern, 0, pattern.length, { unicode: true });
  return factsOfPattern(tree, alphabet(unicode));
}

const ENDLESS = Number.POSITIVE_INFINITY;

test.each<[string, number, string, 1 | 2 | 6]>([
  ['', 0, '', 1],
  ['^ab$', 2, 'ab', 1],
  ['a|bbb|cc', 3, 'a', 1],
  ['(?:a{2}){3}b?', 7, 'aaaaaab', 1],
  ['a{0}b', 1, 'b', 1],
  ['(^)*', 0, '', 1],
  ['a{2048}', 2048, 'a'.repeat(2048), 1],
  ['[a-z]{3,}', ENDLESS, 'aaa', 1],
  ['[!-~]', 1, '0', 2],
  ['[!-/]', 1, '!', 2],
  ['a(\\\\|b)', 2, 'a\\', 2],
  ['a|"', 1, 'a', 2],
  ['\\p{Lu}', 1, 'A', 1],
])(
  '%s has its longest text, a sample, and the widest character in JSON',
  (pattern, longest, sample, widest) => {
    expect(facts(pattern)).toEqual(ok({ longest, sample, widest }));
  },
);

test('other scripts are wide, and only there where the pattern may use them', () => {
  expect(facts('[α-ω]{1,9}', true)).toEqual(ok({ longest: 9, sample: 'α', widest: 6 }));
  expect(facts('[α-ω]')).toEqual(
    err(
      'has [α-ω], which matches no character that a value may contain (printable ASCII without *, ? and $; other scripts with unicode: true)',
    ),
  );
  expect(facts('[\\x7f]').ok || facts('[\\u0080]', true).ok).toBe(false);
  expect(facts('[*?$]', true).ok).toBe(false);
});

test.each([
  ['(a)\\1', 'has \\1, which is not supported; use characters, classes, groups and repetitions'],
  ['\\bword', 'has \\b, which is not supported; use characters, classes, groups and repetitions'],
  [
    '(?:x(?=a)){0}',
    'has (?=a), which is not supported; use characters, classes, groups and repetitions',
  ],
  ['a{2049}', 'needs a value of 2049 characters or more, for which no session policy has room'],
  [
    '(?:ab){1025,}',
    'needs a value of 2050 characters or more, for which no session policy has room',
  ],
  ['a{2,2049}', 'repeats up to 2049 times, for which no session policy has room; write {2,}'],
])('%s is refused, and the message names the part', (pattern, message) => {
  expect(facts(pattern)).toEqual(err(message));
});

test('values have printable ASCII without what is special to IAM, and other scripts where declared', () => {
  const ascii = alphabet(false);
  expect([ascii.length, ascii[0], ascii.at(-1)]).toEqual([0x5f - 3, ' ', '~']);
  expect(ascii).not.toEqual(expect.arrayContaining(['*']));
  const all = alphabet(true);
  expect(all.slice(0, ascii.length)).toEqual(ascii);
  // The last that is a symbol: the two beyond it are no characters.
  expect([all[ascii.length], all.at(-1)]).toEqual(['\u00a1', '\ufffd']);
  for (const one of ['*', '?', '$', '\x7f', '\u0080', '\u00a0', '\ufe61', '\uffff']) {
    expect(all).not.toContain(one);
  }
});
