import * as z from 'zod';
import { PARTITION, parseRoleArn } from '../role-arn.ts';

const NOT_AN_ACCOUNT = 'is not an account id; write 12 digits in quotes';

export const accountSchema = z.string(NOT_AN_ACCOUNT).regex(/^\d{12}$/, NOT_AN_ACCOUNT);

export const regionSchema = z
  .string()
  .regex(/^[a-z]+(-[a-z]+)+-\d+$/, 'is not a Region; write one such as eu-central-1');

const policyArn = z
  .string()
  .regex(
    new RegExp(`^arn:${PARTITION}:iam::(aws|\\d{12}):policy/[\\w+=,.@/-]+$`),
    'is not the ARN of a managed policy',
  );

const roleArn = z
  .string()
  .refine((text) => parseRoleArn(text) !== null, 'is not the ARN of an IAM role');

const targetRole = z.strictObject({
  name: z
    .string()
    .regex(
      /^[\w+=,.@-]{1,64}$/,
      'is not a valid role name; use at most 64 letters, digits and _+=,.@-',
    ),
  path: z
    .string()
    .regex(/^\/([\w+=,.@-]+\/)*$/, 'is not a valid path; start and end it with a slash')
    .default('/valetkey/'),
  policies: z.array(policyArn).default([]).describe('ARNs of managed policies to attach'),
  statements: z
    .array(z.record(z.string(), z.unknown()))
    .default([])
    .describe('IAM statements for an inline policy'),
  permissionsBoundary: policyArn
    .optional()
    .describe(
      'ARN of a boundary to use instead of the one that the stack makes; it must deny at least as much (docs/target-accounts.md)',
    ),
  vended: z
    .boolean()
    .default(true)
    .describe('Whether the broker assumes the role; false if sessions only chain to it'),
  chainedFrom: z
    .array(roleArn)
    .default([])
    .describe('ARNs of the roles whose sessions may assume this one'),
});

/** An account and its target roles; one stack is deployed to it. */
export const targetSchema = z.strictObject({
  account: accountSchema,
  region: regionSchema.optional().describe('Region of the stack; the roles work in every Region'),
  roles: z.array(targetRole).nonempty(),
});
