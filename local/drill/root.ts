import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateBackupCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  RestoreTableFromBackupCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import { IAMClient } from '@aws-sdk/client-iam';
import { KMSClient } from '@aws-sdk/client-kms';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import type { LocalState } from '../state-folder.ts';

/** The emulator's AWS as the root of the broker's account. */
export class Root {
  readonly dynamodb: DynamoDBClient;
  readonly iam: IAMClient;
  readonly kms: KMSClient;
  readonly lambda: LambdaClient;
  readonly s3: S3Client;

  constructor({ emulatorUrl, region, accountId }: LocalState) {
    const credentials = { accessKeyId: accountId, secretAccessKey: 'local' };
    const settings = { endpoint: emulatorUrl, region, credentials };
    this.dynamodb = new DynamoDBClient(settings);
    this.iam = new IAMClient(settings);
    this.kms = new KMSClient(settings);
    this.lambda = new LambdaClient(settings);
    this.s3 = new S3Client({ ...settings, forcePathStyle: true });
  }

  /** @returns the ARN of the backup. */
  async backUp(TableName: string, BackupName: string): Promise<string> {
    const made = await this.dynamodb.send(new CreateBackupCommand({ TableName, BackupName }));
    return made.BackupDetails?.BackupArn ?? '';
  }

  /** The worst that can happen to the table: somebody takes its protection away, and deletes it. */
  async deleteTable(TableName: string): Promise<void> {
    const unprotected = { TableName, DeletionProtectionEnabled: false };
    await this.dynamodb.send(new UpdateTableCommand(unprotected));
    await this.dynamodb.send(new DeleteTableCommand({ TableName }));
  }

  async restore(BackupArn: string, TargetTableName: string): Promise<void> {
    await this.dynamodb.send(new RestoreTableFromBackupCommand({ BackupArn, TargetTableName }));
    for (;;) {
      const described = new DescribeTableCommand({ TableName: TargetTableName });
      const { Table } = await this.dynamodb.send(described);
      if (Table?.TableStatus === 'ACTIVE') return;
      await sleep(250);
    }
  }
}
