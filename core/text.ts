/** Control characters of C0 and C1, and lone surrogates, which are no characters at all. */
const CODES = '\\p{Cc}\\p{Cs}';

/**
 * What else moves text about: line and paragraph separators, and the explicit directional formatting
 * characters (Unicode Standard Annex 9, section 2), which make a line read otherwise than it is.
 */
const LAYOUT = '\\p{Zl}\\p{Zp}\\u202a-\\u202e\\u2066-\\u2069';

const CONTROL = `[${CODES}${LAYOUT}]`;

/** Matches a whole text without control characters; for schemas, which publish the pattern. */
export const NO_CONTROL_CHARACTERS = new RegExp(`^[^${CODES}${LAYOUT}]*$`, 'u');

/** Whether a log, a mail or a terminal could show the text as something that it is not. */
export function hasControlCharacters(text: string): boolean {
  return new RegExp(CONTROL, 'u').test(text);
}

/** The text as logs, mails and terminals may show it, with each control character replaced. */
export function withoutControlCharacters(text: string, replacement = ''): string {
  return text.replaceAll(new RegExp(CONTROL, 'gu'), () => replacement);
}

/**
 * A narrower question, for identifiers: only control characters of C0 and C1 and lone surrogates. An
 * identifier is compared, not read, so its separators and directions are its issuer's business.
 */
export function hasControlCodes(text: string): boolean {
  return new RegExp(`[${CODES}]`, 'u').test(text);
}
