import * as z from 'zod';

/** The warnings of `valetkey policy check` that an entitlement may accept. */
export const ACKNOWLEDGEABLE = [
  'nobody-can-get',
  'no-duration-limit',
  'wildcard',
  'outlives-session',
  'climbs-out',
  'unknown-service',
  'no-job',
  'no-same-person',
] as const;

export type Acknowledgeable = (typeof ACKNOWLEDGEABLE)[number];

const reason = z.string().min(1, 'is empty; give the reason').max(500);

/** Stands for the rule where an author gave a reason and named no warning, as version 0.1 asked. */
export const UNNAMED = 'unnamed';

/** Why the author accepts a warning, by its rule. */
export const acknowledgements = z.union([
  reason.transform((text): Readonly<Record<string, string>> => ({ [UNNAMED]: text })),
  z
    .partialRecord(z.enum(ACKNOWLEDGEABLE), reason)
    .refine((rules) => Object.keys(rules).length > 0, {
      error: 'is empty; remove it',
      when: ({ issues }) => issues.length === 0,
    }),
]);
