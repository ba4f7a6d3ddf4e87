import * as z from 'zod';
import { err, ok, type Result } from '../result.ts';

/** The warnings of `valetkey policy check` that an entitlement may accept. */
export const ACKNOWLEDGEABLE = [
  'nobody-can-get',
  'no-duration-limit',
  'wildcard',
  'outlives-session',
  'climbs-out',
  'borrows-role',
  'lasting-share',
  'unknown-service',
  'no-job',
  'no-same-person',
  'own-job',
  'session-lacks-key',
  'allows-without-key',
] as const;

export type Acknowledgeable = (typeof ACKNOWLEDGEABLE)[number];

/** Those that a policy may accept, in its annotation `@acknowledged("<rule>: <why>")`. */
export const ACKNOWLEDGEABLE_IN_POLICIES = [
  'open-to-strangers',
  'name-decides',
  'unanchored-pattern',
  'not-for-issuer',
  'look-alike',
] as const;

/** Those that an issuer's entry may accept. */
export const ACKNOWLEDGEABLE_IN_ISSUERS = [
  'name-as-subject',
  'foreign-audience',
  'people-by-default',
] as const;

/** Blanks and marks alone are no reason. */
const SAYS_SOMETHING = /[\p{L}\p{N}]/u;

const reason = z.string().regex(SAYS_SOMETHING, 'is empty; give the reason').max(500);

/** Stands for the rule where an author gave a reason and named no warning, as version 0.1 asked. */
export const UNNAMED = 'unnamed';

/** Why the author of an entitlement accepts a warning, by its rule. */
export const acknowledgements = z
  .union([reason, byRule(ACKNOWLEDGEABLE)])
  .transform(
    (given): Readonly<Record<string, string>> =>
      typeof given === 'string' ? { [UNNAMED]: given } : given,
  );

/** Why the author of an issuer's entry accepts a warning, by its rule. */
export const issuerAcknowledgements = byRule(ACKNOWLEDGEABLE_IN_ISSUERS);

function byRule<Rule extends string>(rules: readonly [Rule, ...Rule[]]) {
  return z
    .partialRecord(z.enum(rules), reason)
    .refine((reasons) => Object.keys(reasons).length > 0, {
      error: 'is empty; remove it',
      when: ({ issues }) => issues.length === 0,
    });
}

/**
 * Reads a policy's `@acknowledged`: one or several of `<rule>: <why>`, separated by semicolons. A reason may have
 * semicolons and colons, as addresses do, where what follows does not look like a rule.
 *
 * @returns the reasons by their rules, or what is wrong.
 */
export function readAnnotation(text: string): Result<Readonly<Record<string, string>>, string> {
  const reasons: Record<string, string> = {};
  for (const part of text.split(NEXT_RULE)) {
    const [, rule = '', why = ''] = /^\s*([a-z-]+):([\s\S]*)/.exec(part) ?? [];
    const rules: readonly string[] = ACKNOWLEDGEABLE_IN_POLICIES;
    if (!rules.includes(rule)) {
      const what = rule === '' ? 'names no warning' : `names '${rule}', which no policy can accept`;
      return err(`${what}; write <rule>: <why>, with one of: ${rules.join(', ')}`);
    }
    if (!SAYS_SOMETHING.test(why)) return err(`gives no reason; write ${rule}: <why>`);
    if (Object.hasOwn(reasons, rule)) return err(`names '${rule}' twice; give one reason`);
    reasons[rule] = why.trim();
  }
  return ok(reasons);
}

/** Before the name of a rule, even of one that does not exist: most are several words with hyphens. */
const NEXT_RULE = /;\s*(?=(?:[a-z]+(?:-[a-z]+)+|wildcard):)/;
