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
] as const;

/** Those that an issuer's entry may accept. */
export const ACKNOWLEDGEABLE_IN_ISSUERS = ['name-as-subject', 'foreign-audience'] as const;

const reason = z.string().min(1, 'is empty; give the reason').max(500);

/** Stands for the rule where an author gave a reason and named no warning, as version 0.1 asked. */
export const UNNAMED = 'unnamed';

/** Why the author of an entitlement accepts a warning, by its rule. */
export const acknowledgements = z.union([
  reason.transform((text): Readonly<Record<string, string>> => ({ [UNNAMED]: text })),
  byRule(ACKNOWLEDGEABLE),
]);

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
 * Reads a policy's `@acknowledged`: one or several of `<rule>: <why>`, separated by semicolons.
 *
 * @returns the reasons by their rules, or what is wrong.
 */
export function readAnnotation(text: string): Result<Readonly<Record<string, string>>, string> {
  const reasons: Record<string, string> = {};
  for (const part of text.split(/;\s*(?=[a-z-]+:)/)) {
    const [, rule = '', why = ''] = /^\s*([a-z-]+):([\s\S]*)$/.exec(part) ?? [];
    const rules: readonly string[] = ACKNOWLEDGEABLE_IN_POLICIES;
    if (!rules.includes(rule)) {
      const what = rule === '' ? 'names no warning' : `names '${rule}', which no policy can accept`;
      return err(`${what}; write <rule>: <why>, with one of: ${rules.join(', ')}`);
    }
    if (why.trim() === '') return err(`gives no reason; write ${rule}: <why>`);
    reasons[rule] = why.trim();
  }
  return ok(reasons);
}
