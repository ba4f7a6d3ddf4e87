import * as z from 'zod';
import type { Statement } from '../entitlement.ts';
import { conditionBlock } from './condition-schema.ts';
import { withoutUndefined } from './without-undefined.ts';

const oneOrMore = (item: z.ZodType<string, string>) =>
  z
    .union([item, z.array(item).nonempty('may not be empty')], {
      error: ({ input }) => (isFunction(input) ? FUNCTION : 'is neither text nor a list of texts'),
    })
    .transform((value) => [value].flat());

const FUNCTION =
  'has a function of CloudFormation; write the text itself, with {{account}}, {{region}}, {{partition}} or a parameter for what varies';

function isFunction(input: unknown): boolean {
  return /\{"(Fn::\w+|Ref)":/.test(JSON.stringify(input));
}

const action = z
  .string()
  .regex(
    /^(\*|[a-zA-Z0-9-]+:[a-zA-Z0-9*?]+)$/,
    'is not an IAM action; write service:Action, such as s3:GetObject, with * and ? as wildcards',
  );

/** The pattern is for editors; `check-statements.ts` says what exactly is wrong. */
const resource = z.string().meta({ pattern: '^(\\*|arn:.+)$' });

/**
 * One IAM statement of an entitlement; a single value means a list of one. Its `Sid` names it to people
 * and is left out. What the texts must be like is checked in `check-statements.ts`.
 */
export const statementSchema = z
  .strictObject({
    Sid: z.string().optional(),
    Effect: z.enum(['Allow', 'Deny']),
    Action: oneOrMore(action).optional(),
    NotAction: oneOrMore(action).optional(),
    Resource: oneOrMore(resource).optional(),
    NotResource: oneOrMore(resource).optional(),
    Condition: conditionBlock.optional(),
  })
  .refine(
    ({ Action, NotAction }) => (Action === undefined) !== (NotAction === undefined),
    'needs exactly one of Action and NotAction',
  )
  .refine(
    ({ Resource, NotResource }) => (Resource === undefined) !== (NotResource === undefined),
    'needs exactly one of Resource and NotResource',
  )
  .transform(({ Sid: _, ...statement }) => withoutUndefined<Statement>(statement));
