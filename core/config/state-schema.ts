import * as z from 'zod';
import { PARTITION } from '../role-arn.ts';

const keyArn = z
  .string()
  .regex(
    new RegExp(`^arn:${PARTITION}:kms:[a-z0-9-]+:\\d{12}:key/[A-Za-z0-9-]+$`),
    'is not the ARN of a KMS key; write the ARN of the key itself, not of an alias',
  );

const table = z
  .strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z0-9_.-]{3,255}$/, 'is not the name of a table; write it without arn:'),
    streamArn: z
      .string()
      .regex(
        new RegExp(`^arn:${PARTITION}:dynamodb:[a-z0-9-]+:\\d{12}:table/[^/]+/stream/[^/]+$`),
        'is not the ARN of the stream of a table; DynamoDB shows it as LatestStreamArn',
      ),
    keyArn: keyArn.describe('Key that the table is encrypted with'),
  })
  .refine(({ name, streamArn }) => streamArn.split('/')[1] === name, {
    path: ['streamArn'],
    message: 'is the stream of another table',
  });

const ledger = z.strictObject({
  bucket: z
    .string()
    .regex(
      /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
      'is not the name of a bucket; write it without arn:',
    ),
  keyArn: keyArn.describe(
    'Key that signs; its policy must let the role <stackName>-ledger, and no other, sign',
  ),
});

const vault = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9_-]{2,50}$/, 'is not the name of a backup vault'),
  keyArn: keyArn.describe('Key that its backups are encrypted with'),
});

/** The roles with fixed names, by the Lambdas that have them. */
export const STATE_ROLES = ['vend', 'kill', 'ledger'] as const;

export type StateRole = (typeof STATE_ROLES)[number];

/** What exists already, and so is not made by the stack of the state. */
export const stateSchema = z
  .strictObject({
    table: table
      .optional()
      .describe('Table to use, such as a restored one, in the account and Region of the broker'),
    ledger: ledger.optional().describe('Bucket and key of the ledger'),
    vault: vault.optional().describe('Vault of the backups, where backups.plan is set'),
    roles: z
      .array(z.enum(STATE_ROLES))
      .default([])
      .describe(
        'Which of the roles <stackName>-vend, <stackName>-kill and <stackName>-ledger exist, because the broker of another Region or an earlier version made them',
      ),
  })
  .superRefine(({ table: given, ledger: log, roles }, issues) => {
    // No other deployment has the one kind of role without the other.
    if (roles.length === 0 || roles.includes('ledger')) return;
    for (const [part, value] of Object.entries({ table: given, ledger: log })) {
      if (value !== undefined) continue;
      const message =
        'is missing; a deployment whose role of the ledger does not exist has an earlier version, so name its table and ledger too';
      issues.addIssue({ code: 'custom', path: [part], message });
    }
  });

export type State = z.output<typeof stateSchema>;

/** The table, as those that use it know it. */
export type StateTable = z.output<typeof table>;
export type StateLedger = z.output<typeof ledger>;
export type StateVault = z.output<typeof vault>;
