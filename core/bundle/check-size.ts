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
 * The longest forms that the deployment and the caller's address can have. `$` is in no value, and
 * nothing but `*` contains it: or some literal text might swallow a stand-in, but not every value.
 */
const LONGEST_DEPLOYMENT = { account: '$'.repeat(12), region: '$'.repeat(24) };
const LONGEST_ADDRESS = 'f'.repeat(39);

/** Proof that no value of any parameter makes a session policy that STS would refuse. */
export function checkSize({ value, error }: Located<Entitlement>): readonly BundleError[] {
  const length = longestPolicy(value);
  if (length <= MAX_SESSION_POLICY_LENGTH) return [];
  const longest = Object.entries(value.parameters).toSorted(
    ([, a], [, b]) => longestOf(b) - longestOf(a),
  )[0];
  const mend =
    longest === undefined
      ? 'name fewer actions or resources, or use wildcards'
      : `name fewer actions or resources, or give '${longest[0]}' a shorter pattern or maxLength (now ${longestOf(longest[1])})`;
  const message = `make a session policy of up to ${length} characters, and AWS takes ${MAX_SESSION_POLICY_LENGTH}; ${mend}`;
  return [error(['statements'], message)];
}

/** Characters of the longest session policy that a request without a scope can lead to. */
export function longestPolicy(entitlement: Entitlement): number {
  const parameters = Object.fromEntries(
    Object.entries(entitlement.parameters).map(([name, spec], index) => [
      name,
      filler(spec, index),
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
  // The letters of fillers stand for characters of their own, not for escapes.
  return text.ok ? toAscii(text.value.replace(FILLER_LETTER, 'x')).length : 0;
}

type Spec = Entitlement['parameters'][string];

/** Private use: in no value, and in no name of anything at AWS. */
const FILLER_LETTER = /[\ue000-\uf8ff]/g;
/** Takes so many characters in JSON. */
const FILLING = { 1: 'x', 2: '"', 6: '\u0001' };

/** As long as the longest value, with a letter of its own: what differs must not look the same. */
function filler(spec: Spec, index: number): string {
  const facts = inspectPattern(spec);
  const widest = facts.ok ? facts.value.widest : 6;
  const rest = longestOf(spec) - { 1: 2, 2: 1, 6: 0 }[widest];
  return `$${String.fromCodePoint(0xe000 + index)}${FILLING[widest].repeat(Math.max(0, rest))}`;
}

function longestOf(spec: Spec): number {
  const facts = inspectPattern(spec);
  return facts.ok ? Math.min(facts.value.longest, spec.maxLength) : spec.maxLength;
}
