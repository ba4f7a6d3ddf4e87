import * as z from 'zod';

/** The warnings of `valetkey policy check` that an entitlement may accept. */
export const ACKNOWLEDGEABLE = [
  'nobody-can-get',
  'no-duration-limit',
  'wildcard',
  'outlives-session',
  'climbs-out',
  'no-job',
  'no-same-person',
] as const;

export type Acknowledgeable = (typeof ACKNOWLEDGEABLE)[number];

/** Why the author accepts a warning, by its rule. */
export const acknowledgements = z
  .partialRecord(
    z.enum(ACKNOWLEDGEABLE),
    z.string().min(1, 'is empty; give the reason').max(500),
    `names the warnings that you accept, each with the reason: acknowledged: { <rule>: <reason> }; the rules are ${ACKNOWLEDGEABLE.join(', ')}`,
  )
  .refine((rules) => Object.keys(rules).length > 0, {
    error: 'is empty; remove it',
    when: ({ issues }) => issues.length === 0,
  });
