import type { AST } from '@eslint-community/regexpp';
import { err, ok, type Result } from '../result.ts';
import { isPlainUnicode } from '../session-policy/parameters.ts';

/** What is known about a parameter's pattern before any value is seen. */
export type PatternFacts = {
  /** Length of the longest text that it matches; `Infinity` if nothing bounds it. */
  readonly longest: number;
  /** A text that it matches, as short and plain as possible. */
  readonly sample: string;
  /** The most characters that one of a match takes in JSON: 2 for `"` and `\`, 6 beyond ASCII. */
  readonly widest: 1 | 2 | 6;
};

/** More than fits into a session policy. */
const MOST_CHARACTERS = 2048;

const NOTHING: PatternFacts = { longest: 0, sample: '', widest: 1 };

/** The characters that values may contain at all: never `*`, `?` or `$`. */
export function alphabet(unicode: boolean): readonly string[] {
  const ascii = allowedBetween(0x20, 0x7e);
  return unicode ? [...ascii, ...allowedBetween(0x80, 0xffff)] : ascii;
}

function allowedBetween(from: number, to: number): readonly string[] {
  const all = Array.from({ length: to - from + 1 }, (_, index) =>
    String.fromCharCode(from + index),
  );
  return all.filter((character) => !'*?$'.includes(character) && isPlainUnicode(character));
}

/** @returns the facts, or a sentence that says which part of the pattern is not supported. */
export function factsOfPattern(
  { alternatives }: AST.Pattern | AST.Group | AST.CapturingGroup,
  letters: readonly string[],
): Result<PatternFacts, string> {
  const all: PatternFacts[] = [];
  for (const { elements } of alternatives) {
    let facts = NOTHING;
    for (const element of elements) {
      const next = factsOfElement(element, letters);
      if (!next.ok) return next;
      facts = {
        longest: facts.longest + next.value.longest,
        sample: facts.sample + next.value.sample,
        widest: wider(facts.widest, next.value.widest),
      };
    }
    all.push(facts);
  }
  return ok({
    longest: Math.max(...all.map(({ longest }) => longest)),
    sample: all[0]?.sample ?? '',
    widest: all.map(({ widest }) => widest).reduce(wider, 1),
  });
}

function factsOfElement(
  element: AST.Element,
  letters: readonly string[],
): Result<PatternFacts, string> {
  switch (element.type) {
    case 'Group':
    case 'CapturingGroup':
      return factsOfPattern(element, letters);
    case 'Quantifier':
      return factsOfQuantifier(element, letters);
    case 'Character':
    case 'CharacterSet':
    case 'CharacterClass':
      return factsOfCharacter(element.raw, letters);
    case 'Assertion':
      // Anchors change nothing, because a value is matched as a whole.
      if (element.kind === 'start' || element.kind === 'end') return ok(NOTHING);
      return unsupported(element);
    case 'Backreference':
    case 'ExpressionCharacterClass':
      return unsupported(element);
  }
}

function unsupported({ raw }: AST.Element): Result<never, string> {
  return err(`has ${raw}, which is not supported; use characters, classes, groups and repetitions`);
}

function factsOfQuantifier(
  { element, min, max }: AST.Quantifier,
  letters: readonly string[],
): Result<PatternFacts, string> {
  const one = factsOfElement(element, letters);
  if (!one.ok || max === 0) return one.ok ? ok(NOTHING) : one;
  const { longest, sample, widest } = one.value;
  const shortest = sample.length * min;
  if (shortest > MOST_CHARACTERS) {
    return err(
      `needs a value of ${shortest} characters or more, for which no session policy has room`,
    );
  }
  if (Number.isFinite(max) && max > MOST_CHARACTERS) {
    return err(`repeats up to ${max} times, for which no session policy has room; write {${min},}`);
  }
  return ok({
    longest: longest === 0 ? 0 : longest * max,
    sample: sample.repeat(Math.max(1, min)),
    widest,
  });
}

/** A single character, or a class: which of the allowed ones does it match? */
function factsOfCharacter(raw: string, letters: readonly string[]): Result<PatternFacts, string> {
  const matcher = new RegExp(`^(?:${raw})$`, 'u');
  const matched = letters.filter((character) => matcher.test(character));
  const plain = matched.find((character) => /[a-z0-9]/.test(character)) ?? matched[0];
  if (plain === undefined) {
    return err(
      `has ${raw}, which matches no character that a value may contain (printable ASCII without *, ? and $; other scripts with unicode: true)`,
    );
  }
  return ok({ longest: 1, sample: plain, widest: matched.map(widthInJson).reduce(wider, 1) });
}

function widthInJson(character: string): PatternFacts['widest'] {
  if (character > '\x7f') return 6;
  return '"\\'.includes(character) ? 2 : 1;
}

function wider(a: PatternFacts['widest'], b: PatternFacts['widest']): PatternFacts['widest'] {
  return a > b ? a : b;
}
