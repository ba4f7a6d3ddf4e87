import * as z from 'zod';
import type { ConditionBlock, Statement } from '../entitlement.ts';
import { withoutUndefined } from './without-undefined.ts';

const oneOrMore = (item: z.ZodType<string, string>) =>
  z
    .union(
      [item, z.array(item).nonempty('may not be empty')],
      'is neither text nor a list of texts',
    )
    .transform((value) => [value].flat());

const action = z
  .string()
  .regex(
    /^(\*|[a-zA-Z0-9-]+:[a-zA-Z0-9*?]+)$/,
    'is not an IAM action; write service:Action, such as s3:GetObject, with * and ? as wildcards',
  );

const resource = z.string().regex(/^(\*|arn:.+)$/, 'is neither an ARN nor *');

const conditionOperator = z
  .string()
  .regex(
    /^[A-Za-z]+(:[A-Za-z]+)?$/,
    'is not an IAM condition operator; write one such as StringEquals',
  );

const conditionKey = z
  .string()
  .regex(/^[^{}]+$/, 'is not an IAM condition key; use placeholders only in the values of a key');

const conditionValue = z.union(
  [z.string(), z.array(z.string()).nonempty('may not be empty')],
  'is neither text nor a list of texts; write numbers and booleans in quotes',
);

const conditionBlock: z.ZodType<ConditionBlock> = z.record(
  conditionOperator,
  z.record(conditionKey, conditionValue),
);

/** One IAM statement of an entitlement; a single value means a list of one. */
export const statementSchema = z
  .strictObject({
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
  .transform(withoutUndefined<Statement>);
