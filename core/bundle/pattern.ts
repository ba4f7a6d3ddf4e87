import { type AST, RegExpParser } from '@eslint-community/regexpp';
import { checkSync } from 'recheck';
import type { Entitlement, ParameterSpec } from '../entitlement.ts';
import { err, ok, type Result } from '../result.ts';
import { alphabet, factsOfPattern, type PatternFacts } from './pattern-facts.ts';

type Written = Pick<ParameterSpec, 'pattern' | 'unicode'>;

/** The proof takes a tenth of a second, and every check of a bundle asks for it again. */
const INSPECTED = new Map<string, Result<PatternFacts, string>>();

/**
 * Reads a pattern, and proves that matching it never backtracks badly: the broker matches with Node's
 * own engine, and a caller must not be able to keep it busy.
 *
 * @returns its facts, or a sentence that says what is wrong with it.
 */
export function inspectPattern({ pattern, unicode }: Written): Result<PatternFacts, string> {
  const key = `${unicode === true} ${pattern}`;
  const known = INSPECTED.get(key);
  if (known !== undefined) return known;
  const facts = inspect(pattern, unicode === true);
  INSPECTED.set(key, facts);
  return facts;
}

function inspect(pattern: string, unicode: boolean): Result<PatternFacts, string> {
  const tree = parse(pattern);
  if (!tree.ok) return tree;
  const facts = factsOfPattern(tree.value, alphabet(unicode));
  if (!facts.ok) return facts;
  const proof = checkSync(`^(?:${pattern})$`, 'u', { timeout: 5000 });
  if (proof.status === 'safe') return facts;
  const kind = proof.status === 'vulnerable' ? proof.complexity.type : 'too much';
  return err(
    `may take ${kind} time to match; avoid repetitions that overlap, such as (a+)+ or (a|a)*`,
  );
}

function parse(pattern: string): Result<AST.Pattern, string> {
  const parser = new RegExpParser({ ecmaVersion: 2024 });
  try {
    return ok(parser.parsePattern(pattern, 0, pattern.length, { unicode: true }));
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unreadable';
    return err(`is not a regular expression: ${reason}`);
  }
}

/** A value for every parameter of an entitlement; parameters with a wrong pattern are left out. */
export function samplesOf({ parameters }: Entitlement): Readonly<Record<string, string>> {
  const samples: Record<string, string> = {};
  for (const [name, spec] of Object.entries(parameters)) {
    const facts = inspectPattern(spec);
    const sample = spec.values?.[0] ?? (facts.ok ? facts.value.sample : undefined);
    if (sample !== undefined) samples[name] = sample;
  }
  return samples;
}
