import * as z from 'zod';
import { parseDuration } from '../duration.ts';
import type { ConditionBlock, Entitlement, ParameterSpec, Statement } from '../entitlement.ts';
import { DEFAULT_MAX_LENGTH } from '../session-policy/parameters.ts';
import { withoutUndefined } from './without-undefined.ts';

const duration = z
  .string('write a duration such as 90s, 15m, 8h or 7d')
  .transform((text, context) => {
    const seconds = parseDuration(text);
    if (seconds.ok) return seconds.value;
    context.addIssue(seconds.error);
    return z.NEVER;
  });

const oneOrMore = (item: z.ZodType<string, string>) =>
  z
    .union([item, z.array(item).nonempty()])
    .transform((value) => (typeof value === 'string' ? [value] : value));

const action = z
  .string()
  .regex(
    /^(\*|[a-zA-Z0-9-]+:[a-zA-Z0-9*?]+)$/,
    'write an action as service:Action, such as s3:GetObject; wildcards are * and ?',
  );

const resource = z.string().regex(/^(\*|arn:.+)$/, 'write a resource as an ARN or *');

const conditionValue = z.union([z.string(), z.array(z.string()).nonempty()]);
const conditionOperator = z
  .string()
  .regex(/^[A-Za-z]+(:[A-Za-z]+)?$/, 'is not an IAM condition operator');
const conditionKey = z
  .string()
  .regex(/^[^{}]+$/, 'is not an IAM condition key; placeholders belong into its value');
const conditionBlock: z.ZodType<ConditionBlock> = z.record(
  conditionOperator,
  z.record(conditionKey, conditionValue),
);

const statement = z
  .strictObject({
    Effect: z.enum(['Allow', 'Deny']),
    Action: oneOrMore(action).optional(),
    NotAction: oneOrMore(action).optional(),
    Resource: oneOrMore(resource).optional(),
    NotResource: oneOrMore(resource).optional(),
    Condition: conditionBlock.optional(),
  })
  .refine(
    (it) => (it.Action === undefined) !== (it.NotAction === undefined),
    'write either Action or NotAction',
  )
  .refine(
    (it) => (it.Resource === undefined) !== (it.NotResource === undefined),
    'write either Resource or NotResource',
  )
  .transform(withoutUndefined<Statement>);

const description = z.string().min(1).max(200);

/** A parameter is declared by a pattern, a list of values, or one of the well-known types. */
const parameter = z.union(
  [
    z
      .strictObject({
        pattern: z.string().min(1).max(512),
        description,
        maxLength: z.int().min(1).max(1024).default(DEFAULT_MAX_LENGTH),
        unicode: z.literal(true).optional(),
      })
      .transform(withoutUndefined<ParameterSpec>),
    z
      .strictObject({ enum: z.array(z.string().min(1).max(128)).nonempty(), description })
      .transform((it): ParameterSpec => oneOf(it.enum, it.description)),
    z
      .strictObject({ type: z.literal('boolean'), description })
      .transform(
        (it): ParameterSpec => ({ ...oneOf(['true', 'false'], it.description), boolean: true }),
      ),
    z
      .strictObject({ type: z.enum(['account', 'region']), description })
      .transform((it): ParameterSpec => ({ ...WELL_KNOWN[it.type], description: it.description })),
  ],
  'write a pattern, an enum, or a type (boolean, account, region), and a description',
);

const WELL_KNOWN = {
  account: { pattern: '[0-9]{12}', maxLength: 12 },
  region: { pattern: '[a-z]{2}(-[a-z]{2,10}){1,3}-[0-9]', maxLength: 24 },
};

function oneOf(values: readonly string[], about: string): ParameterSpec {
  const escaped = values.map((value) => value.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  const maxLength = Math.max(...values.map(({ length }) => length));
  return { pattern: escaped.join('|'), description: about, maxLength, values };
}

const claim = z.string().min(1).max(128);

const qualifiedGroup = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{0,15}:.+$/,
    "write a group as '<issuer id>:<group>', such as 'people:platform'",
  );

const approval = z
  .strictObject({
    required: z.int().min(1).max(10).default(1),
    refusals: z.int().min(1).max(10).default(1),
    approvers: z.array(qualifiedGroup).nonempty(),
    remindAfter: duration.optional(),
    escalateAfter: duration.optional(),
    escalateTo: z.array(qualifiedGroup).default([]),
    lapseAfter: duration.default(86_400),
    samePerson: z.array(claim).default([]),
  })
  .transform(({ remindAfter, escalateAfter, lapseAfter, ...rest }) =>
    withoutUndefined<NonNullable<Entitlement['approval']>>({
      ...rest,
      remindAfterSeconds: remindAfter,
      escalateAfterSeconds: escalateAfter,
      lapseAfterSeconds: lapseAfter,
    }),
  );

/** `policy/entitlements/*.yaml`, read into the core's own type. */
export const entitlementFile: z.ZodType<Entitlement> = z
  .strictObject({
    id: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,62}$/, 'write lower-case letters, digits and hyphens, at most 63'),
    title: z.string().min(1).max(120),
    description: z.string().min(1).max(1000).optional(),
    risk: z.enum(['low', 'medium', 'high', 'critical']),
    labels: z
      .array(
        z
          .string()
          .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'write a label as lower-case words with hyphens'),
      )
      .default([]),
    target: z.string(),
    maxDuration: duration,
    justification: z.enum(['required', 'optional']).default('required'),
    parameters: z.record(z.string(), parameter).default({}),
    statements: z.array(statement).nonempty(),
    approval: approval.optional(),
    network: z.enum(['bind', 'any']).default('any'),
    chainedRoles: z.array(z.string()).max(20, 'name at most 20 roles').default([]),
    job: z.array(claim).default([]),
    breakGlass: z.boolean().default(false),
    reviewAfter: duration.default(86_400),
    acknowledged: z.string().min(1, 'say why').max(500).optional(),
  })
  .transform(({ maxDuration, reviewAfter, ...rest }) =>
    withoutUndefined<Entitlement>({
      ...rest,
      maxDurationSeconds: maxDuration,
      reviewAfterSeconds: reviewAfter,
    }),
  );
