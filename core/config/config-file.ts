import * as z from 'zod';
import { parseVerifierKey } from '../signed-note.ts';
import { backupsSchema } from './backups-schema.ts';
import { chatSchema } from './chat-schema.ts';
import { regionMistakes } from './second-region.ts';
import { DEFAULT_STACK_NAME } from './stack-name.ts';
import { stateSchema } from './state-schema.ts';
import { accountSchema, regionSchema, targetSchema } from './target-schema.ts';
import { usageSchema } from './usage-schema.ts';

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288,
  3653,
] as const;

const emails = z
  .array(z.email('is not an e-mail address'))
  .default([])
  .describe('E-mail addresses; AWS asks each one to confirm its subscription');

/** Role names start with it and have at most 64 characters, so it must leave room for the rest. */
const stackName = z
  .string()
  .regex(
    /^[A-Za-z][A-Za-z0-9-]{0,39}$/,
    'is not a valid stack name; use at most 40 letters, digits and hyphens, starting with a letter',
  );

const domain = z.strictObject({
  name: z
    .string()
    .regex(
      /^[a-z0-9-]+(\.[a-z0-9-]+)+$/,
      'is not a host name; write one such as valetkey.acme.example',
    ),
  certificateArn: z
    .string()
    .regex(/^arn:[^:]+:acm:[^:]+:\d{12}:certificate\/.+$/, 'is not the ARN of an ACM certificate'),
  hostedZone: z
    .strictObject({ id: z.string().min(1), name: z.string().min(1) })
    .optional()
    .describe('Hosted zone in Route 53 for the record; without it, create the record yourself'),
});

const ledger = z.strictObject({
  origin: z
    .string()
    .regex(/^[^\s+]{1,200}$/, 'is not a name of a log; write one without spaces and plus signs')
    .optional()
    .describe(
      'Name of the log, which its checkpoints and its key have; it can never change. Default: <account>.<region>.<stackName>.valetkey',
    ),
  entries: z
    .enum(['events', 'digests'])
    .default('events')
    .describe('Whether the log has the events themselves, or only the SHA-256 of each'),
  lock: z
    .enum(['compliance', 'governance', 'none'])
    .optional()
    .describe(
      'Object Lock of the log: with compliance nobody can delete a file before its time, not even the root user. Default: compliance, or none where keepData is false. It can be set only before the first deployment',
    ),
  retentionDays: z
    .int()
    .min(1)
    .max(36_500)
    .default(400)
    .describe('How long Object Lock keeps each file'),
  witnesses: z
    .array(
      z.strictObject({
        url: z
          .url({ protocol: /^https$/, message: 'is not an https URL' })
          .describe('What add-checkpoint is below, as the witness says'),
        vkey: z
          .string()
          .refine(
            (line) => parseVerifierKey(line, 'cosignature') !== null,
            'is not the key of a witness; write its line as the witness shows it: <name>+<id>+<key>',
          )
          .describe('The key that its cosignatures are verified with'),
      }),
    )
    .max(5)
    .default([])
    .describe('Others who sign that the log only grows (c2sp.org/tlog-witness)'),
});

const delivery = z.strictObject({
  bucket: z
    .string()
    .regex(
      /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
      'is not the name of a bucket; write it without arn:',
    )
    .optional()
    .describe('S3 bucket for the files; without it, the stack makes one'),
  ocsf: z.enum(['1.9.0', '1.5.0']).default('1.9.0').describe('Version of the schema'),
});

/** The Lambdas of the broker, by what they do. */
const LAMBDAS = [
  ...(['open', 'read', 'request', 'revoke', 'vend', 'audit', 'reviews', 'page'] as const),
  ...([
    'advance',
    'kill',
    'orchestrate',
    'sweep',
    'recover',
    'publish',
    'ledger',
    'observe',
    'deliver',
    'chat',
    'slack',
    'usage',
    'validate',
  ] as const),
] as const;

export type LambdaName = (typeof LAMBDAS)[number];

const reservedConcurrency = z
  .partialRecord(z.enum(LAMBDAS), z.int().min(1).max(10_000))
  .default({})
  .describe(
    'Concurrent executions that a Lambda has for itself, and at most. Without it all share those of the account. AWS lets at least 100 of the account unreserved, so a new account with 10 can reserve none',
  );

const tracing = z.strictObject({
  active: z
    .boolean()
    .default(false)
    .describe('Whether X-Ray records a sample of the invocations of all Lambdas, at its price'),
  layer: z
    .strictObject({
      arn: z
        .string()
        .regex(
          /^arn:[^:]+:lambda:[^:]+:\d{12}:layer:[A-Za-z0-9_-]+:\d+$/,
          'is not the ARN of a version of a Lambda layer; write it as AWS lists it: arn:<partition>:lambda:<Region>:<account>:layer:<name>:<version>',
        )
        .describe('A version for Node.js 24 on arm64 in the Region of the broker'),
      lambdas: z
        .array(z.enum(LAMBDAS))
        .min(1, 'is empty; name a Lambda, or leave it out for all but vend')
        .default(LAMBDAS.filter((name) => name !== 'vend'))
        .describe(
          'The Lambdas that get it, which X-Ray then records as well. Default: all but vend. A layer is code of somebody else that sees all that its Lambda sees, and makes its starts slower',
        ),
    })
    .optional()
    .describe('Layer of OpenTelemetry with the wrapper /opt/otel-instrument'),
});

/** `valetkey.yaml`: everything about a deployment that is not policy. Every field is optional. */
export const configFile = z
  .strictObject({
    stackName: stackName.default(DEFAULT_STACK_NAME),
    account: accountSchema
      .optional()
      .describe(
        'Account of the broker; defaults to the account of the AWS credentials at deployment',
      ),
    region: regionSchema
      .optional()
      .describe('Region of the broker; defaults to that of the AWS configuration at deployment'),
    policy: z.string().min(1).default('policy').describe('Folder of the policy bundle'),
    keepData: z
      .boolean()
      .default(true)
      .describe('Whether the table, its key, the logs and the trusted roles survive cdk destroy'),
    logRetentionDays: z.literal(RETENTION_DAYS).default(365),
    requestsPerSecond: z.int().min(1).max(10_000).default(500),
    reservedConcurrency,
    mails: z
      .strictObject({ approvers: emails, security: emails })
      .prefault({})
      .describe('Who gets mails, besides other subscribers of the topics'),
    domain: domain
      .optional()
      .describe('Domain name for the API; its certificate must be in the same Region'),
    ledger: ledger.prefault({}).describe('The log that auditors verify'),
    backups: backupsSchema
      .prefault({})
      .describe('How far back the table can be restored, and what is copied elsewhere'),
    delivery: delivery
      .optional()
      .describe('Delivers every event in OCSF to S3, for a SIEM; without it nothing is delivered'),
    chat: chatSchema
      .optional()
      .describe(
        'Tells people in Slack or Teams what waits for them; without it nobody is told there',
      ),
    usage: usageSchema
      .optional()
      .describe(
        'Reads in the files of CloudTrail what was called under each grant; without it nothing is read',
      ),
    tracing: tracing.prefault({}).describe('Traces in X-Ray'),
    state: stateSchema
      .prefault({})
      .describe(
        'What exists already of the state: it is used, and the stack <stackName>-state does not make it (docs/deploy.md)',
      ),
    secondRegion: regionSchema
      .optional()
      .describe(
        'Another Region, to which the ledger is copied and in which a standby can be deployed (docs/disaster-recovery.md)',
      ),
    standby: z
      .boolean()
      .default(false)
      .describe(
        'Whether this is the broker of the second Region: it waits, and is in quarantine for as long as it is deployed like this',
      ),
    targets: z
      .array(targetSchema)
      .default([])
      .describe('Target accounts, with one stack of roles each'),
  })
  .superRefine((config, issues) => {
    const { account: broker, targets, backups, state } = config;
    for (const { path, message } of regionMistakes(config)) {
      issues.addIssue({ code: 'custom', path: [...path], message });
    }
    if (state.vault !== undefined && backups.plan?.lock !== undefined) {
      const message = 'is for a vault that is to be made, and state.vault names one that exists';
      issues.addIssue({ code: 'custom', path: ['backups', 'plan', 'lock'], message });
    }
    if (targets.length > 0 && broker === undefined) {
      const message =
        'is missing; with targets, name the account of the broker, which their roles trust';
      issues.addIssue({ code: 'custom', path: ['account'], message });
    }
    for (const [index, { account: id }] of targets.entries()) {
      if (targets.findIndex((other) => other.account === id) === index) continue;
      const message = 'is listed twice; put all its roles into one entry';
      issues.addIssue({ code: 'custom', path: ['targets', index, 'account'], message });
    }
  });

export type Config = z.output<typeof configFile>;

/** The configuration without a file. */
export const DEFAULT_CONFIG: Config = configFile.parse({});
