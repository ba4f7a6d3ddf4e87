import { Aws, Stack, Validations } from 'aws-cdk-lib';
import type * as events from 'aws-cdk-lib/aws-events';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { copyRolesArn, ledgerRoleArn } from '../core/accounts/names.ts';
import type { Config } from '../core/config/config-file.ts';
import type { StateLedger } from '../core/config/state-schema.ts';
import type { BundledFunction } from './bundled-function.ts';
import { policyOfExisting } from './ledger-bucket.ts';
import { noticeQueue } from './notice-queue.ts';
import { runEvery } from './schedule.ts';

export type LedgerProps = {
  /** The bus that every event comes over. */
  readonly bus: events.EventBus;
  readonly ledger: BundledFunction;
  readonly config: Config;
  /** Its bucket and its key. */
  readonly state: StateLedger;
};

/**
 * What keeps the log that nobody can rewrite: a queue of notices, and the rights on its files and on the key that
 * signs them.
 */
export class Ledger extends Construct {
  /** What did not get into the log, although it was tried for half an hour. */
  readonly failures: sqs.Queue;
  readonly notices: sqs.Queue;
  readonly keyArn: string;
  private readonly witnesses: Config['ledger']['witnesses'];
  private readonly bucket: s3.IBucket;
  private readonly origin: string;

  constructor(scope: Construct, id: string, { bus, ledger, config, state }: LedgerProps) {
    super(scope, id);
    const { account, region, stackName } = Stack.of(this);
    this.origin = originOf(config, { account, region });
    this.witnesses = config.ledger.witnesses;
    this.keyArn = state.keyArn;
    this.bucket = s3.Bucket.fromBucketName(this, 'Files', state.bucket);
    if (config.state.ledger !== undefined) {
      const place = { partition: Aws.PARTITION, account };
      const writer = ledgerRoleArn(place, stackName);
      const copier = config.standby ? copyRolesArn(place, stackName) : undefined;
      policyOfExisting(this.bucket, this.bucket, writer, config, copier);
    }
    const { notices, failures } = noticeQueue(this, {
      ...{ bus, to: ledger, timeoutSeconds: LEDGER_TIMEOUT_SECONDS, batchSize: 500 },
      description: 'Valet Key: tells the ledger of every event',
      failuresId: 'NotRecorded',
    });
    this.notices = notices;
    this.failures = failures;
    runEvery(this, ledger, {
      minutes: 5,
      description: 'Valet Key: finds events that are not in the ledger',
    });
    this.allowWriting(ledger, config);
  }

  get hasWitnesses(): boolean {
    return this.witnesses.length > 0;
  }

  get bucketName(): string {
    return this.bucket.bucketName;
  }

  /** Lets a Lambda know the log's name, its public key and its witnesses. */
  allowKey(to: BundledFunction): void {
    to.function.addEnvironment('LEDGER_KEY', this.keyArn);
    to.function.addEnvironment('LEDGER_ORIGIN', this.origin);
    if (this.witnesses.length > 0) {
      to.function.addEnvironment('LEDGER_WITNESSES', JSON.stringify(this.witnesses));
    }
    to.allow({ actions: ['kms:GetPublicKey'], resources: [this.keyArn] });
  }

  /** Lets a Lambda read every file of the log, and every checkpoint that there was. */
  allowReading(to: BundledFunction): void {
    this.allowFiles(to, ['GetObject', 'GetObjectVersion'], ['ListBucket', 'ListBucketVersions']);
  }

  /** Lets a Lambda verify a state of the log: by the checkpoint, and the hashes of the tiles without their entries. */
  allowVerifying(to: BundledFunction): void {
    this.allowKey(to);
    to.function.addEnvironment('LEDGER_BUCKET', this.bucket.bucketName);
    const files = ['checkpoint', 'tile/?/*'].map((path) => this.bucket.arnForObjects(path));
    to.allow({ actions: ['s3:GetObject'], resources: files });
    this.acknowledge(to, 'tile/?/*');
  }

  private allowWriting(ledger: BundledFunction, { ledger: { entries } }: Config): void {
    this.allowKey(ledger);
    ledger.function.addEnvironment('LEDGER_ENTRIES', entries);
    ledger.allow({ actions: ['kms:Sign'], resources: [this.keyArn] });
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
    this.acknowledge(to, '*');
  }

  private acknowledge(to: BundledFunction, path: string): void {
    const bucket: unknown = Stack.of(this).resolve(this.bucketName);
    const name = typeof bucket === 'string' ? bucket : JSON.stringify(bucket);
    Validations.of(to).acknowledge({
      // As cdk-nag names it.
      id: `AwsSolutions::AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::${name}/${path}]`,
      reason: 'Every object of this bucket is a file of the log.',
    });
  }
}

/** The name of the log. */
export function originOf(
  { ledger, stackName }: Config,
  { account, region }: Pick<Stack, 'account' | 'region'>,
): string {
  return ledger.origin ?? `${account}.${region}.${stackName}.valetkey`;
}

export const LEDGER_TIMEOUT_SECONDS = 30;
