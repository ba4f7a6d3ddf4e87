import { expect, test } from '@jest/globals';
import { mistakesInPlaceholders } from '../../../core/bundle/check-placeholders.ts';

const SPEC = { pattern: 'a', description: 'A', maxLength: 1 };
const mistakes = (text: string) =>
  mistakesInPlaceholders(text, { parameters: { a: SPEC, b: SPEC } });

test.each(['', 'a', '{{a}}/{{b}}/{{account}}', '{ {a} }', '${aws:username}/{{a}}'])(
  '%j has only placeholders that are known',
  (text) => {
    expect(mistakes(text)).toEqual([]);
  },
);

test.each([
  ['{{c}}', [/^{{c}} is not a known placeholder; the known ones are: {{a}}, {{b}}, {{account}}/]],
  ['{{A}}-{{c}}', [/^{{A}} is not/, /^{{c}} is not/]],
  ['{{a', [/^has {{ or }} outside of a placeholder/]],
  // Read quickly, the braces around it look like a placeholder that is not closed.
  ['{{{a}}{', [/^has {{ or }} outside of a placeholder/]],
  ['a}}', [/^has {{ or }} outside of a placeholder/]],
  ['${{{a}}}', [/inside or right after \$\{/]],
  ['${aws:{{a}}}', [/inside or right after \$\{/]],
])('%j has a mistake', (text, says) => {
  expect(mistakes(text)).toEqual(says.map((one) => expect.stringMatching(one)));
});
