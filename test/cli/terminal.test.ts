import { expect, test } from '@jest/globals';
import { count, plain, terminal } from '../../cli/terminal.ts';

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
])('colours depend on the output: %s', (_, isTTY, env, expected) => {
  expect(written(isTTY, env)).toBe(expected);
});

const CONTROLS = ['\u0007', '\u001b', '\u009b', '\u007f', '\u2028', '\u202e', '\u2066'];

test('control characters of foreign text are replaced', () => {
  expect(plain(`a${CONTROLS.join('')}\n`)).toBe(`a${' '.repeat(CONTROLS.length + 1)}`);
});

test('control characters in JSON are escaped, and its line breaks stay', () => {
  let text = '';
  const write = (part: string | Uint8Array) => {
    text += String(part);
    return true;
  };
  terminal({ write }, {}).json(CONTROLS);
  expect(JSON.parse(text)).toEqual(CONTROLS);
  expect(text.replaceAll('\n', '')).toMatch(/^[ -~]*$/);
  expect(text.split('\n')).toHaveLength(CONTROLS.length + 3);
});

test('nouns get their plural', () => {
  expect([count(1, 'policy'), count(2, 'policy'), count(0, 'case')]).toEqual([
    '1 policy',
    '2 policies',
    '0 cases',
  ]);
});
