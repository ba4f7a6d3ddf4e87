import { type AST, RegExpParser } from '@eslint-community/regexpp';
import { checkSync } from 'recheck';
import type { Entitlement, ParameterSpec } from '../entitlement.ts';
import { err, ok, type Result } from '../result.ts';
import { isPlainUnicode } from '../session-policy/parameters.ts';

/** What is known of a parameter's pattern before any value is seen. */
export type PatternFacts = {
  /** Length of the longest text that it matches; `Infinity` where nothing bounds it. */
  readonly longest: number;
  /** Some text that it matches, as short and plain as it goes. */
  readonly sample: string;
  /** How many characters one of a match takes in JSON: 2 for `"` and `\`, 6 beyond ASCII. */
  readonly widest: 1 | 2 | 6;
};

/** What values may consist of: `*`, `?` and `$` are never accepted. */
function characters(from: number, to: number): readonly string[] {
  const all = Array.from({ length: to - from + 1 }, (_, index) =>
    String.fromCharCode(from + index),
  );
  return all.filter((character) => !'*?$'.includes(character) && isPlainUnicode(character));
}

const ASCII = characters(0x20, 0x7e);
/** Only for those who declare it: it takes a moment. */
let beyondAscii: readonly string[] | undefined;

function alphabet(unicode: boolean): readonly string[] {
  if (!unicode) return ASCII;
  beyondAscii ??= characters(0x80, 0xffff);
  return [...ASCII, ...beyondAscii];
}

/**
 * Reads a pattern, and proves that matching it never backtracks badly: Node's own engine is used at
 * run time, and a caller must not be able to keep it busy.
 *
 * @returns its facts, or a sentence that says what is wrong with it.
 */
export function inspectPattern({ pattern, unicode }: Written): Result<PatternFacts, string> {
  const key = `${unicode === true} ${pattern}`;
  const known = INSPECTED.get(key);
  if (known !== undefined) return known;
  const facts = inspect(pattern, alphabet(unicode === true));
  INSPECTED.set(key, facts);
  return facts;
}

/** The proof takes a tenth of a second, and every check of a bundle asks for it again. */
const INSPECTED = new Map<string, Result<PatternFacts, string>>();

function inspect(pattern: string, letters: Letters): Result<PatternFacts, string> {
  let tree: AST.Pattern;
  try {
    tree = new RegExpParser({ ecmaVersion: 2024 }).parsePattern(pattern, 0, pattern.length, {
      unicode: true,
    });
  } catch (error) {
    return err(
      `is not a regular expression: ${error instanceof Error ? error.message : 'unreadable'}`,
    );
  }
  const facts = factsOfAlternatives(tree.alternatives, letters);
  if (!facts.ok) return facts;
  const proof = checkSync(`^(?:${pattern})$`, 'u', { timeout: 5000 });
  if (proof.status === 'safe') return facts;
  const kind = proof.status === 'vulnerable' ? proof.complexity.type : 'too much';
  return err(
    `may take ${kind} time to match; avoid repetitions that overlap, such as (a+)+ or (a|a)*`,
  );
}

function factsOfAlternatives(
  alternatives: readonly AST.Alternative[],
  letters: Letters,
): Result<PatternFacts, string> {
  const all: PatternFacts[] = [];
  for (const { elements } of alternatives) {
    let facts = NOTHING;
    for (const element of elements) {
      const next = factsOf(element, letters);
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

function factsOf(element: AST.Element, letters: Letters): Result<PatternFacts, string> {
  switch (element.type) {
    case 'Group':
    case 'CapturingGroup':
      return factsOfAlternatives(element.alternatives, letters);
    case 'Quantifier':
      return factsOfQuantifier(element, letters);
    case 'Character':
    case 'CharacterSet':
    case 'CharacterClass':
      return factsOfCharacter(element.raw, letters);
    case 'Assertion':
      // Anchors change nothing where the whole value is matched anyway.
      if (element.kind === 'start' || element.kind === 'end') return ok(NOTHING);
      return unsupported(element);
    case 'Backreference':
    case 'ExpressionCharacterClass':
      return unsupported(element);
  }
}

const NOTHING: PatternFacts = { longest: 0, sample: '', widest: 1 };

function unsupported({ raw }: AST.Element): Result<never, string> {
  return err(`${raw} is not supported: write characters, classes, groups and repetitions`);
}

function factsOfQuantifier(
  quantifier: AST.Quantifier,
  letters: Letters,
): Result<PatternFacts, string> {
  const one = factsOf(quantifier.element, letters);
  if (!one.ok || quantifier.max === 0) return one.ok ? ok(NOTHING) : one;
  const { longest, sample, widest } = one.value;
  return ok({
    longest: longest === 0 ? 0 : longest * quantifier.max,
    sample: sample.repeat(Math.max(1, quantifier.min)),
    widest,
  });
}

/** One character: which of those that values may hold does it match? */
function factsOfCharacter(raw: string, letters: Letters): Result<PatternFacts, string> {
  const matcher = new RegExp(`^(?:${raw})$`, 'u');
  const matched = letters.filter((character) => matcher.test(character));
  const plain = matched.find((character) => /[a-z0-9]/.test(character)) ?? matched[0];
  if (plain === undefined) {
    return err(
      `${raw} matches no character that a value may hold (printable ASCII without *, ? and $; letters of other scripts with unicode: true)`,
    );
  }
  const widest = matched.map(widthInJson).reduce(wider, 1);
  return ok({ longest: 1, sample: plain, widest });
}

type Written = Pick<ParameterSpec, 'pattern' | 'unicode'>;
type Letters = readonly string[];
type Width = PatternFacts['widest'];

function widthInJson(character: string): Width {
  if (character > '\x7f') return 6;
  return '"\\'.includes(character) ? 2 : 1;
}

function wider(a: Width, b: Width): Width {
  return a > b ? a : b;
}

/** A value for every parameter; those whose pattern is wrong are left out. */
export function samplesOf({ parameters }: Entitlement): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(parameters).flatMap(([name, spec]) => {
      const facts = inspectPattern(spec);
      const sample = spec.values?.[0] ?? (facts.ok ? facts.value.sample : undefined);
      return sample === undefined ? [] : [[name, sample]];
    }),
  );
}
