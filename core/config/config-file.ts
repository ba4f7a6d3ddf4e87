import * as z from 'zod';
import { PARTITIONS, parseRoleArn } from '../role-arn.ts';
import { DEFAULT_STACK_NAME } from './stack-name.ts';

/**
 * `valetkey.yaml`: everything about a deployment that is not policy. Every field has a default, so
 * that no file at all is a good one, too.
 */

/** What CloudWatch Logs accepts (API Reference, PutRetentionPolicy). */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288,
  3653,
] as const;

const account = z.string().regex(/^\d{12}$/, 'write the 12 digits in quotes');
const region = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d+$/, 'write a Region, such as eu-central-1');
const emails = z
  .array(z.email('write e-mail addresses'))
  .default([])
  .describe('each gets a mail from AWS, and must confirm it');
const policyArn = z
  .string()
  .regex(
    new RegExp(`^arn:(${PARTITIONS.join('|')}):iam::(aws|\\d{12}):policy/[\\w+=,.@/-]+$`),
    'write the ARN of a managed policy',
  );
const roleArn = z.string().refine((text) => parseRoleArn(text) !== null, 'write the ARN of a role');

const targetRole = z.strictObject({
  name: z.string().regex(/^[\w+=,.@-]{1,64}$/, 'write a name that IAM accepts'),
  path: z
    .string()
    .regex(/^\/([\w+=,.@-]+\/)*$/, 'write a path that begins and ends with a slash')
    .default('/valetkey/'),
  policies: z.array(policyArn).default([]).describe('managed policies: the most that it may do'),
  statements: z
    .array(z.record(z.string(), z.unknown()))
    .default([])
    .describe('IAM statements, as in a policy document'),
  permissionsBoundary: policyArn
    .optional()
    .describe(
      'instead of the one that the stack makes; it must deny as much (docs/target-accounts.md)',
    ),
  vended: z.boolean().default(true).describe('false for a role that is only chained to'),
  chainedFrom: z.array(roleArn).default([]).describe('roles that may go on to this one'),
});

const target = z.strictObject({
  account,
  region: region.optional().describe('where the stack lies; the roles are everywhere'),
  roles: z.array(targetRole).nonempty(),
});

/** A role's path and name, a topic's and an alarm's all begin with it: 64 characters, less ours. */
const stackName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9-]{0,39}$/, 'write at most 40 letters, digits and hyphens');

export const configFile = z
  .strictObject({
    stackName: stackName.default(DEFAULT_STACK_NAME),
    account: account.optional().describe('the broker’s; without it, that of whoever deploys'),
    region: region.optional().describe('without it, that of whoever deploys'),
    policy: z.string().min(1).default('policy').describe('folder of the policy bundle'),
    keepData: z
      .boolean()
      .default(true)
      .describe('table, key, logs and trusted roles survive cdk destroy'),
    logRetentionDays: z.literal(RETENTION_DAYS).default(365),
    requestsPerSecond: z.int().min(1).max(10_000).default(500),
    mails: z
      .strictObject({ approvers: emails, security: emails })
      .prefault({})
      .describe('who is told, besides whoever else subscribes to the topics'),
    domain: z
      .strictObject({
        name: z
          .string()
          .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'write a host name, such as valetkey.acme.example'),
        certificateArn: z
          .string()
          .regex(/^arn:[^:]+:acm:[^:]+:\d{12}:certificate\/.+$/, 'write an ACM certificate’s ARN'),
        hostedZone: z
          .strictObject({ id: z.string().min(1), name: z.string().min(1) })
          .optional()
          .describe('in Route 53; without it, make the record yourself'),
      })
      .optional()
      .describe('a name of your own for the API; the certificate lies in the same Region'),
    targets: z.array(target).default([]).describe('one stack of roles per target account'),
  })
  .superRefine((it, issues) => {
    if (it.targets.length > 0 && it.account === undefined) {
      const message = 'is missing: the roles of target accounts trust it';
      issues.addIssue({ code: 'custom', path: ['account'], message });
    }
    for (const [index, { account: id }] of it.targets.entries()) {
      if (it.targets.findIndex((other) => other.account === id) === index) continue;
      const message = 'stands here twice: put its roles together';
      issues.addIssue({ code: 'custom', path: ['targets', index, 'account'], message });
    }
  });

export type Config = z.output<typeof configFile>;

/** As without a file. */
export const DEFAULT_CONFIG: Config = configFile.parse({});
