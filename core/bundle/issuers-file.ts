import * as z from 'zod';
import type { Issuer } from '../issuer.ts';
import { withoutUndefined } from './without-undefined.ts';

const claim = z.string().min(1).max(128);

const issuer = z
  .strictObject({
    id: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,15}$/, 'write at most 16 lower-case letters, digits and hyphens'),
    type: z.enum(['User', 'Workload']),
    url: z.url({
      protocol: /^https$/,
      message: 'write an https URL, exactly as the issuer puts it into iss',
    }),
    audience: z.string().min(1),
    clientId: z.string().min(1).optional(),
    subject: z.array(claim).nonempty(),
    name: claim,
    groups: claim.optional(),
    tags: z.array(claim).optional(),
    mfa: z.strictObject({ amr: z.array(z.string().min(1)).nonempty() }).optional(),
  })
  .transform((it) => withoutUndefined<Issuer>(it));

/** `policy/issuers.yaml`, read into the core's own type. */
export const issuersFile: z.ZodType<{ readonly issuers: readonly Issuer[] }> = z.strictObject({
  issuers: z.array(issuer).nonempty(),
});
