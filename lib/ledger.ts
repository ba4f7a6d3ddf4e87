import { Aspects, CfnResource, Duration, Stack, Validations } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Config } from '../core/config/config-file.ts';
import type { BundledFunction } from './bundled-function.ts';
import { dataRemovalPolicy } from './keeping.ts';
import { ledgerBucket } from './ledger-bucket.ts';
import { noticeQueue } from './notice-queue.ts';

export type LedgerProps = {
  /** The bus that every event comes over. */
  readonly bus: events.EventBus;
  readonly ledger: BundledFunction;
  readonly config: Config;
};

/**
 * The log that nobody can rewrite: a bucket of files that are written once, the key that signs them, and a queue
 * of notices.
 */
export class Ledger extends Construct {
  /** What did not get into the log, although it was tried for half an hour. */
  readonly failures: sqs.Queue;
  readonly notices: sqs.Queue;
  /** CloudFormation creates it before everything else. */
  private readonly key: kms.Key;
  private readonly witnesses: Config['ledger']['witnesses'];
  private readonly bucket: s3.Bucket;
  private readonly origin: string;

  constructor(scope: Construct, id: string, { bus, ledger, config }: LedgerProps) {
    super(scope, id);
    const { account, region, stackName } = Stack.of(this);
    this.origin = config.ledger.origin ?? `${account}.${region}.${stackName}.valetkey`;
    this.witnesses = config.ledger.witnesses;
    this.bucket = ledgerBucket(this, ledger.role, config);
    this.key = signingKey(this, ledger.role, config);
    createFirst(this.key, ledger.role);
    const { notices, failures } = noticeQueue(this, {
      ...{ bus, to: ledger, timeoutSeconds: LEDGER_TIMEOUT_SECONDS, batchSize: 500 },
      description: 'Valet Key: tells the ledger of every event',
      failuresId: 'NotRecorded',
    });
    this.notices = notices;
    this.failures = failures;
    new events.Rule(this, 'Schedule', {
      description: 'Valet Key: finds events that are not in the ledger',
      schedule: events.Schedule.rate(Duration.minutes(5)),
      // No retries: the next run does the same work.
      targets: [new LambdaFunction(ledger.function, { retryAttempts: 0 })],
    });
    this.allowWriting(ledger, config);
  }

  get hasWitnesses(): boolean {
    return this.witnesses.length > 0;
  }

  get keyArn(): string {
    return this.key.keyArn;
  }

  get bucketName(): string {
    return this.bucket.bucketName;
  }

  /** Lets a Lambda know the log's name, its public key and its witnesses. */
  allowKey(to: BundledFunction): void {
    to.function.addEnvironment('LEDGER_KEY', this.key.keyArn);
    to.function.addEnvironment('LEDGER_ORIGIN', this.origin);
    if (this.witnesses.length > 0) {
      to.function.addEnvironment('LEDGER_WITNESSES', JSON.stringify(this.witnesses));
    }
    to.allow({ actions: ['kms:GetPublicKey'], resources: [this.key.keyArn] });
  }

  /** Lets a Lambda read every file of the log, and every checkpoint that there was. */
  allowReading(to: BundledFunction): void {
    this.allowFiles(to, ['GetObject', 'GetObjectVersion'], ['ListBucket', 'ListBucketVersions']);
  }

  private allowWriting(ledger: BundledFunction, { ledger: { entries } }: Config): void {
    this.allowKey(ledger);
    ledger.function.addEnvironment('LEDGER_ENTRIES', entries);
    ledger.allow({ actions: ['kms:Sign'], resources: [this.key.keyArn] });
    this.allowFiles(ledger, ['GetObject', 'PutObject'], ['ListBucket']);
  }

  private allowFiles(
    to: BundledFunction,
    onFiles: readonly string[],
    onBucket: readonly string[],
  ): void {
    const files = this.bucket.arnForObjects('*');
    to.function.addEnvironment('LEDGER_BUCKET', this.bucket.bucketName);
    to.allow({ actions: onFiles.map((action) => `s3:${action}`), resources: [files] });
    to.allow({
      actions: onBucket.map((action) => `s3:${action}`),
      resources: [this.bucket.bucketArn],
    });
    const logicalId = Stack.of(this).getLogicalId(this.bucket.node.defaultChild as s3.CfnBucket);
    Validations.of(to.role).acknowledge({
      id: `AwsSolutions::AwsSolutions-IAM5[Resource::<${logicalId}.Arn>/*]`,
      reason: 'Every object of this bucket is a file of the log.',
    });
  }
}

export const LEDGER_TIMEOUT_SECONDS = 30;

/**
 * A multi-Region key, so that the log keeps its key if it moves. Only the ledger signs: administrators of the
 * account can change this policy, which CloudTrail records, but cannot sign without that.
 */
function signingKey(scope: Construct, ledger: iam.Role, config: Config): kms.Key {
  const key = new kms.Key(scope, 'Key', {
    description: 'Signs the ledger of Valet Key',
    keySpec: kms.KeySpec.ECC_NIST_EDWARDS25519,
    keyUsage: kms.KeyUsage.SIGN_VERIFY,
    multiRegion: true,
    pendingWindow: Duration.days(30),
    removalPolicy: dataRemovalPolicy(config),
  });
  key.addToResourcePolicy(
    new iam.PolicyStatement({
      effect: iam.Effect.DENY,
      principals: [new iam.AnyPrincipal()],
      actions: ['kms:Sign'],
      resources: ['*'],
      conditions: { ArnNotEquals: { 'aws:PrincipalArn': ledger.roleArn } },
    }),
  );
  return key;
}

/**
 * Makes everything else of the stack wait for the key. KMS has no call that says whether a Region knows a kind of
 * key: CreateKey has no dry run. So where it refuses the key, the deployment ends before it changed anything.
 */
function createFirst(key: kms.Key, namedInItsPolicy: iam.Role): void {
  const first = key.node.defaultChild as kms.CfnKey;
  const before: readonly unknown[] = [first, namedInItsPolicy.node.defaultChild];
  Aspects.of(Stack.of(key)).add({
    visit: (node) => {
      if (CfnResource.isCfnResource(node) && !before.includes(node))
        node.addResourceDependency(first);
    },
  });
}
