import type { Needles } from './usage-ports.ts';

/** Whether the bytes of a JSON text may hold one of the needles in a string. It may say yes too often, never no. */
export type NeedleTest = (json: Uint8Array) => boolean;

/** So many first characters choose the needles that are compared. */
const HEAD = 3;

/** JSON writes these, and what is not ASCII, in several ways (RFC 8259, section 7). */
const PLAIN = /^[\x20-\x7e]+$/;
const SHORT_ESCAPES = /["\\/]/;

/**
 * A test that looks at bytes alone: searching is many times faster than decoding and parsing. A character may be written
 * as `\u002e`, so a text with such an escape of a character that a needle has passes. So does one that escapes the
 * backslash in this way: the text in a text (`CloudTrailEvent` of LookupEvents) may hold the escape.
 */
export function needleTest(needles: Needles): NeedleTest {
  if (needles === null) return () => true;
  const searchable = needles.every((needle) => PLAIN.test(needle) && !SHORT_ESCAPES.test(needle));
  if (!searchable) return () => true;
  const families = familiesOf(needles);
  const characters = new Set([...needles.join(''), '\\'].map((one) => one.charCodeAt(0)));
  return (json) => {
    const bytes = Buffer.from(json.buffer, json.byteOffset, json.byteLength);
    return families.some((family) => has(bytes, family)) || mayBeEscaped(bytes, characters);
  };
}

/** Needles that begin alike. Thousands of grant ids are one family: one search. */
type Family = {
  readonly head: Buffer;
  readonly lengths: readonly number[];
  readonly whole: ReadonlySet<string>;
};

function familiesOf(needles: readonly string[]): readonly Family[] {
  const heads = new Map<string, string[]>();
  for (const needle of needles) {
    const head = needle.slice(0, HEAD);
    heads.set(head, [...(heads.get(head) ?? []), needle]);
  }
  return [...heads].map(([head, all]) => ({
    head: Buffer.from(head),
    lengths: [...new Set(all.map(({ length }) => length))],
    whole: new Set(all),
  }));
}

function has(bytes: Buffer, { head, lengths, whole }: Family): boolean {
  for (let at = bytes.indexOf(head); at >= 0; at = bytes.indexOf(head, at + 1)) {
    if (lengths.some((length) => whole.has(bytes.toString('latin1', at, at + length)))) return true;
  }
  return false;
}

const ESCAPE = Buffer.from('\\u');

function mayBeEscaped(bytes: Buffer, characters: ReadonlySet<number>): boolean {
  for (let at = bytes.indexOf(ESCAPE); at >= 0; at = bytes.indexOf(ESCAPE, at + 1)) {
    if (characters.has(Number.parseInt(bytes.toString('latin1', at + 2, at + 6), 16))) return true;
  }
  return false;
}
