import * as z from 'zod';
import type { Issuer } from '../issuer.ts';
import { withoutUndefined } from './without-undefined.ts';

const claim = z.string().min(1).max(128);

const id = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{0,15}$/,
    'is not a valid issuer id; use at most 16 lower-case letters, digits and hyphens, starting with a letter',
  );

const url = z.url({
  protocol: /^https$/,
  message: 'is not an https URL; write the URL exactly as it appears in the iss claim of tokens',
});

const issuer = z
  .strictObject({
    id,
    type: z.enum(['User', 'Workload']),
    url,
    audience: z.string().min(1),
    clientId: z.string().min(1).optional(),
    subject: z.array(claim).nonempty(),
    name: claim,
    groups: claim.optional(),
    tags: z.array(claim).optional(),
    mfa: z.strictObject({ amr: z.array(z.string().min(1)).nonempty() }).optional(),
  })
  .transform(withoutUndefined<Issuer>);

/** `policy/issuers.yaml`, read into the core's own type. */
export const issuersFile: z.ZodType<{ readonly issuers: readonly Issuer[] }> = z.strictObject({
  issuers: z.array(issuer).nonempty(),
});
