import { expect, test } from '@jest/globals';
import { count, terminal } from '../../cli/terminal.ts';

function written(isTTY: boolean, env: Readonly<Record<string, string>>): string {
  let text = '';
  const stream = {
    isTTY,
    write: (part: string | Uint8Array) => {
      text += String(part);
      return true;
    },
  };
  const { print, paint } = terminal(stream, env);
  print(paint('red', 'no'));
  return text;
}

test.each([
  ['a terminal', true, {}, '\u001b[31mno\u001b[39m\n'],
  ['a pipe', false, { FORCE_COLOR: '1' }, 'no\n'],
  ['a terminal under NO_COLOR', true, { NO_COLOR: '1' }, 'no\n'],
  ['a terminal under an empty NO_COLOR', true, { NO_COLOR: '' }, '\u001b[31mno\u001b[39m\n'],
  ['a dumb terminal', true, { TERM: 'dumb' }, 'no\n'],
])('%s', (_, isTTY, env, expected) => {
  expect(written(isTTY, env)).toBe(expected);
});

test('things are counted in English', () => {
  expect([count(1, 'policy'), count(2, 'policy'), count(0, 'case')]).toEqual([
    '1 policy',
    '2 policies',
    '0 cases',
  ]);
});
