import * as z from 'zod';
import type { Entitlement } from '../entitlement.ts';
import { LONGEST_SESSION_SECONDS, SHORTEST_SESSION_SECONDS } from '../session.ts';
import { NO_CONTROL_CHARACTERS } from '../text.ts';
import { acknowledgements } from './acknowledgement.ts';
import { duration } from './duration-schema.ts';
import { parameterSchema } from './parameter-schema.ts';
import { statementSchema } from './statement-schema.ts';
import { withoutUndefined } from './without-undefined.ts';

const sessionDuration = duration.refine(
  (seconds) => seconds >= SHORTEST_SESSION_SECONDS && seconds <= LONGEST_SESSION_SECONDS,
  'is outside of what AWS STS accepts for the broker; write 15m to 1h',
);

const claim = z.string().min(1).max(128);

const qualifiedGroup = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{0,15}:.+$/,
    "is not a group of an issuer; write '<issuer id>:<group>', such as 'people:platform'",
  )
  .regex(NO_CONTROL_CHARACTERS, 'has a line break, another control character, or half a character');

const approval = z
  .strictObject({
    required: z.int().min(1).max(10).default(1),
    denials: z.int().min(1).max(10).default(1),
    approvers: z.array(qualifiedGroup).nonempty(),
    remindAfter: duration.optional(),
    escalateAfter: duration.optional(),
    escalateTo: z.array(qualifiedGroup).default([]),
    lapseAfter: duration.default(86_400),
    samePerson: z.array(claim).default([]),
    matchCode: z
      .boolean()
      .default(false)
      .describe('Whoever approves must type two digits that only the requester is shown'),
  })
  .transform(({ denials, remindAfter, escalateAfter, lapseAfter, matchCode, ...rest }) =>
    withoutUndefined<NonNullable<Entitlement['approval']>>({
      ...rest,
      refusals: denials,
      remindAfterSeconds: remindAfter,
      escalateAfterSeconds: escalateAfter,
      lapseAfterSeconds: lapseAfter,
      matchCode: matchCode ? true : undefined,
    }),
  );

const id = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{0,62}$/,
    'is not a valid id; use at most 63 lower-case letters, digits and hyphens, starting with a letter',
  );

const label = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9-]{0,31}$/,
    'is not a valid label; use at most 32 lower-case letters, digits and hyphens',
  );

const NOT_STATEMENTS = 'must be a list of statements, one statement, or an IAM policy';

/** `policy/entitlements/*.yaml`, read into the core's own type. */
export const entitlementFile: z.ZodType<Entitlement> = z
  .strictObject({
    id,
    title: z.string().min(1).max(120),
    description: z.string().min(1).max(1000).optional(),
    risk: z.enum(['low', 'medium', 'high', 'critical']),
    labels: z.array(label).default([]),
    target: z.string(),
    maxDuration: duration,
    sessionDuration: sessionDuration.default(LONGEST_SESSION_SECONDS),
    justification: z.enum(['required', 'optional']).default('required'),
    parameters: z.record(z.string(), parameterSchema).default({}),
    statements: z.array(statementSchema, NOT_STATEMENTS).min(1, 'must have at least 1 entry'),
    approval: approval.optional(),
    network: z.enum(['bind', 'any']).default('any'),
    chainedRoles: z.array(z.string()).max(20).default([]),
    job: z
      .array(claim)
      .default([])
      .describe(
        'Claims that bind the grants of a workload to one job; one Workload issuer must have them all in its tags',
      ),
    breakGlass: z.boolean().default(false),
    reviewAfter: duration.default(86_400),
    acknowledged: acknowledgements.optional(),
  })
  .transform(({ maxDuration, sessionDuration, reviewAfter, ...rest }) =>
    withoutUndefined<Entitlement>({
      ...rest,
      maxDurationSeconds: maxDuration,
      sessionDurationSeconds: sessionDuration,
      reviewAfterSeconds: reviewAfter,
    }),
  );
