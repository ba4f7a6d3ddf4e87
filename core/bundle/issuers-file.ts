import * as z from 'zod';
import type { Issuer } from '../issuer.ts';
import { issuerAcknowledgements } from './acknowledgement.ts';
import { withoutUndefined } from './without-undefined.ts';

const claim = z.string().min(1).max(128);

/** One, or a list of them. */
const several = (one: z.ZodString) =>
  z.union([one.transform((value): [string, ...string[]] => [value]), z.tuple([one], one)]);

/** These are verified, or say who issued the token, wherever the issuer's entry might look for them. */
const VERIFIED = ['iss', 'aud', 'exp', 'nbf', 'iat'];

const paths = z
  .record(
    claim.refine(
      (name) => !VERIFIED.includes(name),
      'is verified with the token; choose another name',
    ),
    z.array(claim).nonempty().max(10),
  )
  .describe('Names for nested claims: the keys that lead to each');

const when = z
  .record(claim, several(z.string().min(1)))
  .refine((claims) => Object.keys(claims).length === 1, 'names exactly one claim, with its values')
  .transform((claims) => {
    const [[name, values] = ['', []]] = Object.entries(claims);
    return { claim: name, values };
  });

const mfa = z
  .strictObject({
    amr: z.array(z.string().min(1)).default([]),
    acr: z.array(z.string().min(1)).default([]),
  })
  .refine(
    ({ amr, acr }) => amr.length + acr.length > 0,
    'lists the values of amr or acr that prove a second factor',
  );

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

/** RFC 6749, section 3.3. */
const scope = z
  .string()
  .regex(
    /^[!#-[\]-~]+( [!#-[\]-~]+)*$/,
    'is not an OAuth scope; write visible ASCII without quotes and backslashes, one space between two values',
  )
  .max(1000)
  .describe('Scopes of your API that sign-in asks for besides openid and offline_access');

const issuer = z
  .strictObject({
    id,
    type: z.enum(['User', 'Workload']),
    url,
    audience: several(z.string().min(1)),
    clientId: z.string().min(1).optional(),
    scope: scope.optional(),
    claims: paths.optional(),
    when: when.optional(),
    subject: z.array(claim).nonempty(),
    name: claim,
    groups: several(claim).optional(),
    groupSeparator: z.string().length(1).optional(),
    tags: z.array(claim).optional(),
    mfa: mfa.optional(),
    acknowledged: issuerAcknowledgements.optional(),
  })
  .refine(({ scope: asked, clientId }) => asked === undefined || clientId !== undefined, {
    path: ['scope'],
    message: 'is for signing in, and needs a clientId',
  })
  .transform(withoutUndefined<Issuer>);

/** `policy/issuers.yaml`, read into the core's own type. */
export const issuersFile: z.ZodType<{ readonly issuers: readonly Issuer[] }> = z.strictObject({
  issuers: z.array(issuer).nonempty(),
});
