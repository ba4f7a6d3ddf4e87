import * as z from 'zod';
import { PARTITION } from '../role-arn.ts';
import { accountSchema, regionSchema } from './target-schema.ts';

/** `usage` in `valetkey.yaml`: where the files of CloudTrail are, in which calls under the keys of grants are found. */

/** @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html */
const logs = z.strictObject({
  bucket: z
    .string()
    .regex(
      /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
      'is not the name of a bucket; write it without arn:',
    )
    .describe('S3 bucket that the trail writes to'),
  prefix: z
    .string()
    .regex(
      /^$|^[A-Za-z0-9!_.'()-][A-Za-z0-9!_.'()/-]{0,199}$/,
      'is not a prefix; write what stands before /AWSLogs/, without a slash at the beginning',
    )
    .refine((prefix) => !prefix.endsWith('/'), 'ends with a slash; leave it out')
    .default('')
    .describe('What stands before /AWSLogs/ in the names of files'),
  organization: z
    .string()
    .regex(
      /^o-[a-z0-9]{10,32}$/,
      'is not the id of an organization; write one such as o-0a1b2c3d4e',
    )
    .optional()
    .describe('Of an organization trail: its files are below AWSLogs/<organization>/'),
  keyArn: z
    .string()
    .regex(
      new RegExp(`^arn:${PARTITION}:kms:[a-z0-9-]+:\\d{12}:key/[A-Za-z0-9-]+$`),
      'is not the ARN of a KMS key; write it as arn:<partition>:kms:<Region>:<account>:key/<id>, no alias',
    )
    .optional()
    .describe('KMS key that the files are encrypted with; without it, they are not, or by S3'),
});

const athena = z.strictObject({
  scanLimitGb: z
    .int()
    .min(1)
    .max(10_000)
    .default(10)
    .describe('A query that reads more is cancelled, and its grant is tried again later'),
});

/** What is unique in the list stays a list, so that a mistake names its line. */
const listOf = <T extends z.ZodType<string>>(item: T) =>
  z
    .array(item)
    .min(1, 'is empty; name one, or leave it out')
    .refine((all) => new Set(all).size === all.length, 'has an entry twice');

export const usageSchema = z.strictObject({
  logs,
  accounts: listOf(accountSchema)
    .optional()
    .describe(
      'Accounts whose files the bucket has; grants on roles of others are not looked at. Default: the accounts of the roles of each grant',
    ),
  regions: listOf(regionSchema)
    .optional()
    .describe('Regions that are looked in. Default: all that there are files of'),
  athena: athena
    .optional()
    .describe(
      'Searches with Athena instead of reading the files: the stack makes table, workgroup and bucket of results. For logs that are too large to be read',
    ),
  keepDays: z
    .int()
    .min(1)
    .max(400)
    .default(400)
    .describe('How long the use of a grant is kept after its end'),
});

export type UsageConfig = z.output<typeof usageSchema>;
