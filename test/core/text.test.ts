import { describe, expect, test } from '@jest/globals';
import {
  hasControlCharacters,
  hasControlCodes,
  NO_CONTROL_CHARACTERS,
  withoutControlCharacters,
} from '../../core/text.ts';

const range = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => String.fromCharCode(from + index));

const CODES = [...range(0x00, 0x1f), ...range(0x7f, 0x9f), '\ud800', '\udbff', '\udc00', '\udfff'];
const LAYOUT = ['\u2028', '\u2029', ...range(0x202a, 0x202e), ...range(0x2066, 0x2069)];
/** The neighbours of every range, and text that only looks suspicious. */
const PLAIN = [
  ...[' ', '~', '\u00a0', '\u2027', '\u202f', '\u2065', '\u206a', '\ud7ff', '\ue000'],
  ...['ana@acme.example', 'Zoë', 'שלום', '東京', '😀', '\u{10ffff}'],
];

/** The character as its code point, since the report of a test must not contain it. */
const named = (characters: readonly string[]) =>
  characters.map((one) => [`U+${(one.codePointAt(0) ?? 0).toString(16)}`, one] as const);

describe('control characters', () => {
  test.each(named([...CODES, ...LAYOUT]))('include %s, wherever it stands', (_, character) => {
    for (const text of [character, `${character}a`, `a${character}`, `a${character}b`]) {
      expect(hasControlCharacters(text)).toBe(true);
      expect(NO_CONTROL_CHARACTERS.test(text)).toBe(false);
      expect(withoutControlCharacters(text)).toBe(text.replace(character, ''));
      expect(withoutControlCharacters(text, '$&')).toBe(text.replace(character, () => '$&'));
    }
  });

  test.each(named(PLAIN))('do not include %s', (_, text) => {
    expect(hasControlCharacters(text)).toBe(false);
    expect(hasControlCodes(text)).toBe(false);
    expect(NO_CONTROL_CHARACTERS.test(text)).toBe(true);
    expect(withoutControlCharacters(`${text}\n${text}`, ' ')).toBe(`${text} ${text}`);
  });

  test('are all removed from a text that has many', () => {
    expect(withoutControlCharacters('a\r\nb\u202e\u001b[2Jc\ud800')).toBe('ab[2Jc');
  });

  test('are not in an empty text', () => {
    expect(hasControlCharacters('')).toBe(false);
    expect(NO_CONTROL_CHARACTERS.test('')).toBe(true);
  });
});

test('the narrower question of identifiers is about codes, not about layout', () => {
  for (const code of CODES) expect(hasControlCodes(`a${code}b`)).toBe(true);
  for (const character of LAYOUT) expect(hasControlCodes(`a${character}b`)).toBe(false);
});
