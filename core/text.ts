/** Control characters (C0 and C1), and lone surrogates, which are half a character. */
const CODES = '\\p{Cc}\\p{Cs}';

/**
 * Line and paragraph separators, and the explicit directional formatting characters, which display text
 * in another order than it has.
 *
 * @see https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters
 */
const LAYOUT = '\\p{Zl}\\p{Zp}\\u202a-\\u202e\\u2066-\\u2069';

const CONTROL = new RegExp(`[${CODES}${LAYOUT}]`, 'gu');
const CODE = new RegExp(`[${CODES}]`, 'u');

/** Matches a text that has no control characters; schemas publish this pattern. */
export const NO_CONTROL_CHARACTERS = new RegExp(`^[^${CODES}${LAYOUT}]*$`, 'u');

/**
 * Letters, numbers, punctuation and symbols that show something: not those which Unicode says to ignore
 * when a font lacks them (zero-width characters, variation selectors, Hangul fillers), and not the two
 * symbols that are blank by design (braille pattern blank, musical symbol null notehead).
 *
 * @see https://www.unicode.org/reports/tr44/#Default_Ignorable_Code_Point
 */
const VISIBLE = /[[\p{L}\p{N}\p{P}\p{S}]--[\p{Default_Ignorable_Code_Point}\u{2800}\u{1d159}]]/v;

/** Whether a reader of the text sees anything at all. */
export function isVisible(text: string): boolean {
  return VISIBLE.test(text);
}

/** How many bytes a text has in UTF-8. */
export function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** The first characters of a text, without cutting one in half. */
export function firstCharacters(text: string, most: number): string {
  return [...text].slice(0, most).join('');
}

/** Replaces control characters, so that logs, mails and terminals can show a text of any origin. */
export function replaceControlCharacters(
  text: string,
  replacement: (character: string) => string,
): string {
  return text.replaceAll(CONTROL, replacement);
}

export function withoutControlCharacters(text: string, replacement = ''): string {
  return replaceControlCharacters(text, () => replacement);
}

/**
 * A narrower check, for identifiers: C0, C1 and lone surrogates only. Identifiers are compared, not
 * displayed, so their issuer may use the other characters.
 */
export function hasControlCodes(text: string): boolean {
  return CODE.test(text);
}
