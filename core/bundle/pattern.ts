import { type AST, RegExpParser } from '@eslint-community/regexpp';
import { checkSync } from 'recheck';
import type { Entitlement } from '../entitlement.ts';
import { err, ok, type Result } from '../result.ts';

/** What is known of a parameter's pattern before any value is seen. */
export type PatternFacts = {
  /** Length of the longest text that it matches; `Infinity` where nothing bounds it. */
  readonly longest: number;
  /** Some text that it matches, as short and plain as it goes. */
  readonly sample: string;
  /** Whether a match may hold `"` or `\`, which take two characters in JSON. */
  readonly needsEscapes: boolean;
};

const PRINTABLE = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index));
/** What values may consist of: `*`, `?` and `$` are never accepted. */
const ALPHABET = PRINTABLE.filter((character) => !'*?$'.includes(character));

/**
 * Reads a pattern, and proves that matching it never backtracks badly: Node's own engine is used at
 * run time, and a caller must not be able to keep it busy.
 *
 * @returns its facts, or a sentence that says what is wrong with it.
 */
export function inspectPattern(pattern: string): Result<PatternFacts, string> {
  const known = INSPECTED.get(pattern);
  if (known !== undefined) return known;
  const facts = inspect(pattern);
  INSPECTED.set(pattern, facts);
  return facts;
}

/** The proof takes a tenth of a second, and every check of a bundle asks for it again. */
const INSPECTED = new Map<string, Result<PatternFacts, string>>();

function inspect(pattern: string): Result<PatternFacts, string> {
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
  const facts = factsOfAlternatives(tree.alternatives);
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
): Result<PatternFacts, string> {
  const all: PatternFacts[] = [];
  for (const { elements } of alternatives) {
    let facts = NOTHING;
    for (const element of elements) {
      const next = factsOf(element);
      if (!next.ok) return next;
      facts = {
        longest: facts.longest + next.value.longest,
        sample: facts.sample + next.value.sample,
        needsEscapes: facts.needsEscapes || next.value.needsEscapes,
      };
    }
    all.push(facts);
  }
  return ok({
    longest: Math.max(...all.map(({ longest }) => longest)),
    sample: all[0]?.sample ?? '',
    needsEscapes: all.some(({ needsEscapes }) => needsEscapes),
  });
}

function factsOf(element: AST.Element): Result<PatternFacts, string> {
  switch (element.type) {
    case 'Group':
    case 'CapturingGroup':
      return factsOfAlternatives(element.alternatives);
    case 'Quantifier':
      return factsOfQuantifier(element);
    case 'Character':
    case 'CharacterSet':
    case 'CharacterClass':
      return factsOfCharacter(element.raw);
    case 'Assertion':
      // Anchors change nothing where the whole value is matched anyway.
      if (element.kind === 'start' || element.kind === 'end') return ok(NOTHING);
      return unsupported(element);
    case 'Backreference':
    case 'ExpressionCharacterClass':
      return unsupported(element);
  }
}

const NOTHING: PatternFacts = { longest: 0, sample: '', needsEscapes: false };

function unsupported({ raw }: AST.Element): Result<never, string> {
  return err(`${raw} is not supported: write characters, classes, groups and repetitions`);
}

function factsOfQuantifier(quantifier: AST.Quantifier): Result<PatternFacts, string> {
  const one = factsOf(quantifier.element);
  if (!one.ok || quantifier.max === 0) return one.ok ? ok(NOTHING) : one;
  const { longest, sample, needsEscapes } = one.value;
  return ok({
    longest: longest === 0 ? 0 : longest * quantifier.max,
    sample: sample.repeat(Math.max(1, quantifier.min)),
    needsEscapes,
  });
}

/** One character: which of those that values may hold does it match? */
function factsOfCharacter(raw: string): Result<PatternFacts, string> {
  const matcher = new RegExp(`^(?:${raw})$`, 'u');
  const matched = ALPHABET.filter((character) => matcher.test(character));
  const plain = matched.find((character) => /[a-z0-9]/.test(character)) ?? matched[0];
  if (plain === undefined) {
    return err(
      `${raw} matches no character that a value may hold (printable ASCII without *, ? and $)`,
    );
  }
  const needsEscapes = matched.some((character) => '"\\'.includes(character));
  return ok({ longest: 1, sample: plain, needsEscapes });
}

/** A value for every parameter; those whose pattern is wrong are left out. */
export function samplesOf({ parameters }: Entitlement): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(parameters).flatMap(([name, { pattern, values }]) => {
      const facts = inspectPattern(pattern);
      const sample = values?.[0] ?? (facts.ok ? facts.value.sample : undefined);
      return sample === undefined ? [] : [[name, sample]];
    }),
  );
}
