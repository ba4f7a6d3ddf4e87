import type { Entitlement } from '../entitlement.ts';
import {
  MAX_SESSION_POLICY_LENGTH,
  sessionPolicyText,
  toAscii,
} from '../session-policy/compose.ts';
import type { BundleError } from './bundle.ts';
import { inspectPattern } from './pattern.ts';
import type { Located } from './yaml-file.ts';

/**
 * The longest values that the deployment and the caller's address can have. Stand-ins contain `$`, which
 * no parameter value contains and which no pattern but `*` covers. So merging drops a stand-in only where
 * it would also drop every value.
 */
const LONGEST_DEPLOYMENT = { account: '$'.repeat(12), region: '$'.repeat(24) };
const LONGEST_ADDRESS = 'f'.repeat(39);

/** Whatever merging would leave of it; it takes time that grows with the square of this. */
const MOST_WRITTEN = 8 * MAX_SESSION_POLICY_LENGTH;

/** Proves that no parameter value makes a session policy that is too long for STS. */
export function checkSize({ value, error }: Located<Entitlement>): readonly BundleError[] {
  const written = JSON.stringify(value.statements).length;
  if (written > MOST_WRITTEN) {
    const message = `has ${written} characters of statements, but AWS accepts at most ${MAX_SESSION_POLICY_LENGTH} in a session policy; list fewer actions or resources, or use wildcards`;
    return [error(['statements'], message)];
  }
  const length = longestPolicy(value);
  if (length <= MAX_SESSION_POLICY_LENGTH) return [];
  const [longest] = Object.entries(value.parameters).toSorted(
    ([, a], [, b]) => longestOf(b) - longestOf(a),
  );
  const hint =
    longest === undefined
      ? 'list fewer actions or resources, or use wildcards'
      : `list fewer actions or resources, or shorten the pattern or maxLength of '${longest[0]}' (now ${longestOf(longest[1])})`;
  const message = `can make a session policy of ${length} characters, but AWS accepts at most ${MAX_SESSION_POLICY_LENGTH}; ${hint}`;
  return [error(['statements'], message)];
}

/** The length of the longest session policy that a request without a scope can lead to. */
export function longestPolicy(entitlement: Entitlement): number {
  const parameters = Object.fromEntries(
    Object.entries(entitlement.parameters).map(([name, spec], index) => [
      name,
      standIn(spec, index),
    ]),
  );
  const text = sessionPolicyText({
    entitlement,
    parameters,
    scope: null,
    deployment: LONGEST_DEPLOYMENT,
    expiresAt: 0,
    sourceIp: LONGEST_ADDRESS,
  });
  // The letter of a stand-in counts as one character, not as its escape.
  return text.ok ? toAscii(text.value.replace(STAND_IN_LETTER, 'x')).length : 0;
}

type Spec = Entitlement['parameters'][string];

/** Private-use characters: in no value, and in no name of anything in AWS. */
const STAND_IN_LETTER = /[\ue000-\uf8ff]/g;
/** A character by the number of characters that it takes in JSON. */
const FILLING = { 1: 'x', 2: '"', 6: '\u0001' };

/** As long as the longest value, with a letter of its own, so that no two stand-ins are equal. */
function standIn(spec: Spec, index: number): string {
  const facts = inspectPattern(spec);
  const widest = facts.ok ? facts.value.widest : 6;
  const rest = longestOf(spec) - { 1: 2, 2: 1, 6: 0 }[widest];
  return `$${String.fromCodePoint(0xe000 + index)}${FILLING[widest].repeat(Math.max(0, rest))}`;
}

function longestOf(spec: Spec): number {
  const facts = inspectPattern(spec);
  return facts.ok ? Math.min(facts.value.longest, spec.maxLength) : spec.maxLength;
}
