import { describe, expect, test } from '@jest/globals';
import {
  firstCharacters,
  hasControlCodes,
  isVisible,
  NO_CONTROL_CHARACTERS,
  withoutControlCharacters,
} from '../../core/text.ts';

const range = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => String.fromCharCode(from + index));

const CODES = [...range(0x00, 0x1f), ...range(0x7f, 0x9f), '\ud800', '\udbff', '\udc00', '\udfff'];
const LAYOUT = ['\u2028', '\u2029', ...range(0x202a, 0x202e), ...range(0x2066, 0x2069)];
/** The characters next to each range. */
const NEIGHBOURS = [' ', '~', '\u00a0', '\u2027', '\u202f', '\u2065', '\u206a', '\ud7ff', '\ue000'];
const WORDS = ['ana@acme.example', 'Zoë', 'שלום', '東京', '😀', '\u{10ffff}'];

/** Names characters by code point, because titles of tests must not contain control characters. */
const named = (characters: readonly string[]) =>
  characters.map((one) => [`U+${(one.codePointAt(0) ?? 0).toString(16)}`, one] as const);

describe('control characters', () => {
  test.each(named([...CODES, ...LAYOUT]))('include %s in any place', (_, character) => {
    for (const text of [character, `${character}a`, `a${character}`, `a${character}b`]) {
      expect(NO_CONTROL_CHARACTERS.test(text)).toBe(false);
      expect(withoutControlCharacters(text)).toBe(text.replace(character, ''));
      expect(withoutControlCharacters(text, '$&')).toBe(text.replace(character, () => '$&'));
    }
  });

  test.each(named([...NEIGHBOURS, ...WORDS]))('do not include %s', (_, text) => {
    expect(hasControlCodes(text)).toBe(false);
    expect(NO_CONTROL_CHARACTERS.test(text)).toBe(true);
    expect(withoutControlCharacters(`${text}\n${text}`, ' ')).toBe(`${text} ${text}`);
  });

  test('are all removed from a text that has many', () => {
    expect(withoutControlCharacters('a\r\nb\u202e\u001b[2Jc\ud800')).toBe('ab[2Jc');
  });

  test('are not in an empty text', () => {
    expect(withoutControlCharacters('')).toBe('');
    expect(NO_CONTROL_CHARACTERS.test('')).toBe(true);
  });
});

test('control codes are C0, C1 and lone surrogates only', () => {
  for (const code of CODES) expect(hasControlCodes(`a${code}b`)).toBe(true);
  for (const character of LAYOUT) expect(hasControlCodes(`a${character}b`)).toBe(false);
});

describe('a text that shows something', () => {
  test.each(['a', '7', '.', '-', '+', '😀', '東', ' x ', '\u200bx', 'é', 'ל', '⠁', '👍🏽'])(
    '%j',
    (text) => {
      expect(isVisible(text)).toBe(true);
    },
  );
});

describe('a text that shows nothing', () => {
  const INVISIBLE = [
    ['', ' ', '\t', '\u00a0', '\u2003', '\u3000', '\u1680'],
    // Zero-width characters, joiners, directional and other format characters.
    [
      '\u200b',
      '\u200c',
      '\u200d',
      '\u2060',
      '\ufeff',
      '\u00ad',
      '\u061c',
      '\u200e',
      '\u2066',
      '\u180e',
    ],
    // Fillers, which are letters.
    ['\u115f', '\u1160', '\u3164', '\uffa0'],
    // Blank symbols.
    ['\u2800', '\u{1d159}'],
    // Variation selectors, tags, and marks with nothing to sit on.
    ['\u034f', '\ufe0f', '\u{e0100}', '\u{e0041}', '\u0301'],
    ['\u0000', '\u0085', '\ud800', '\u2028'],
  ].flat();

  test.each(named(INVISIBLE.filter((text) => text !== '')))('%s', (_, character) => {
    expect(isVisible(character)).toBe(false);
    expect(isVisible(` ${character}${character} `)).toBe(false);
    expect(isVisible(`${character}a`)).toBe(true);
  });

  test('all of them together, and none of them', () => {
    expect(isVisible(INVISIBLE.join(''))).toBe(false);
    expect(isVisible('')).toBe(false);
  });
});

test('the first characters of a text are whole', () => {
  expect(firstCharacters('😀😀😀', 2)).toBe('😀😀');
  expect(firstCharacters(`a${'😀'.repeat(300)}`, 256).isWellFormed()).toBe(true);
  expect(firstCharacters('ab', 2)).toBe('ab');
  expect(firstCharacters('abc', 2)).toBe('ab');
});
