import * as z from 'zod';
import type { ConditionBlock } from '../entitlement.ts';
import {
  kindOfOperator,
  nearestOperator,
  OPERATOR,
} from '../session-policy/condition-operators.ts';

const operator = z.string().regex(OPERATOR, {
  error: ({ input }) => `is not a condition operator of IAM; ${suggestion(String(input))}`,
});

function suggestion(text: string): string {
  if (/^(.+:)?NullIfExists$/i.test(text)) return "write Null, with 'true' or 'false'";
  const near = nearestOperator(text);
  return near === null ? 'write one such as StringEquals' : `write ${near}`;
}

/**
 * `service:key`, of which the key may be a tag's and have blanks inside. Instead of a service, keys of
 * federation have the URL of an identity provider without its scheme, such as `acme.auth0.example/:aud`.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
 */
const CONDITION_KEY = /^[A-Za-z0-9._-]+(?:\/[A-Za-z0-9._~%/-]*)?:[^\s{}](?:[^{}]*[^\s{}/])?$/;

const conditionKey = z
  .string()
  .regex(/^[^{}]+$/, 'is not an IAM condition key; use placeholders only in the values of a key')
  .regex(
    CONDITION_KEY,
    'is not an IAM condition key; write service:key, such as aws:SourceIp or aws:ResourceTag/team',
  );

/** IAM takes numbers and booleans as the text that they are (IAM User Guide, "Grammar of the IAM JSON policy language"). */
const conditionValue = z
  .union([z.string(), z.number(), z.boolean()])
  .transform((value) => String(value));

const conditionValues = z.union(
  [conditionValue, z.array(conditionValue).nonempty('may not be empty')],
  'is neither a text, a number, true or false, nor a list of them',
);

const EMPTY = 'is empty, and limits nothing; write a condition, or remove it';

/** A `Condition` as IAM's grammar has it, with texts for all values. */
export const conditionBlock: z.ZodType<ConditionBlock> = z
  .record(operator, z.record(conditionKey, conditionValues).refine(notEmpty, EMPTY))
  .refine(notEmpty, EMPTY)
  .transform((block) =>
    Object.fromEntries(
      Object.entries(block).map(([name, keys]) => [
        name,
        hasBooleans(name) ? inLowerCase(keys) : keys,
      ]),
    ),
  );

function hasBooleans(name: string): boolean {
  const kind = kindOfOperator(name);
  return kind === 'boolean' || kind === 'presence';
}

/** `True` is what some tools write. Whether IAM takes it for `true` is not documented. */
function inLowerCase(keys: ConditionBlock[string]): ConditionBlock[string] {
  const lower = (text: string): string =>
    /^(true|false)$/i.test(text) ? text.toLowerCase() : text;
  return Object.fromEntries(
    Object.entries(keys).map(([key, value]) => [
      key,
      typeof value === 'string' ? lower(value) : value.map(lower),
    ]),
  );
}

function notEmpty(block: object): boolean {
  return Object.keys(block).length > 0;
}
