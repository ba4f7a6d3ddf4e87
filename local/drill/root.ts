import { setTimeout as sleep } from 'node:timers/promises';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import {
  CreateBackupCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  RestoreTableFromBackupCommand,
  ScanCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import { IAMClient } from '@aws-sdk/client-iam';
import { KMSClient } from '@aws-sdk/client-kms';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import type { LocalState } from '../state-folder.ts';

export type Backup = {
  readonly arn: string;
  readonly keyArn: string;
  /** RFC 3339; not after anything that it lacks. */
  readonly madeAt: string;
};

/** The emulator's AWS as the root of the broker's account. */
export class Root {
  readonly cloudFormation: CloudFormationClient;
  readonly dynamodb: DynamoDBClient;
  readonly iam: IAMClient;
  readonly kms: KMSClient;
  readonly lambda: LambdaClient;
  readonly s3: S3Client;

  constructor({ emulatorUrl, region, accountId }: LocalState) {
    const credentials = { accessKeyId: accountId, secretAccessKey: 'local' };
    const settings = { endpoint: emulatorUrl, region, credentials };
    this.cloudFormation = new CloudFormationClient(settings);
    this.dynamodb = new DynamoDBClient(settings);
    this.iam = new IAMClient(settings);
    this.kms = new KMSClient(settings);
    this.lambda = new LambdaClient(settings);
    this.s3 = new S3Client({ ...settings, forcePathStyle: true });
  }

  async backUp(TableName: string, BackupName: string): Promise<Backup> {
    const madeAt = new Date().toISOString();
    const made = await this.dynamodb.send(new CreateBackupCommand({ TableName, BackupName }));
    // The emulator's tables do not say which key they have; the stack of the state does.
    const { Stacks = [] } = await this.cloudFormation.send(
      new DescribeStacksCommand({ StackName: 'ValetKey-state' }),
    );
    const outputs = Stacks[0]?.Outputs ?? [];
    const key = outputs.find(({ OutputKey }) => OutputKey === 'TableKeyArn');
    return { arn: made.BackupDetails?.BackupArn ?? '', keyArn: key?.OutputValue ?? '', madeAt };
  }

  /** The worst that can happen to the table: somebody takes its protection away, and deletes it. */
  async deleteTable(TableName: string): Promise<void> {
    const unprotected = { TableName, DeletionProtectionEnabled: false };
    await this.dynamodb.send(new UpdateTableCommand(unprotected));
    await this.dynamodb.send(new DeleteTableCommand({ TableName }));
  }

  /** Whether a writer is at work on the kill switch of a role, or was stopped in the middle. */
  async holdsRole(TableName: string): Promise<boolean> {
    const { Count } = await this.dynamodb.send(
      new ScanCommand({
        TableName,
        FilterExpression: 'leaseUntil > :now',
        ExpressionAttributeValues: { ':now': { N: `${Date.now()}` } },
      }),
    );
    return Count !== undefined && Count > 0;
  }

  async restore({ arn: BackupArn, keyArn }: Backup, TargetTableName: string): Promise<void> {
    await this.dynamodb.send(new RestoreTableFromBackupCommand({ BackupArn, TargetTableName }));
    for (;;) {
      const described = new DescribeTableCommand({ TableName: TargetTableName });
      const { Table } = await this.dynamodb.send(described);
      if (Table?.TableStatus === 'ACTIVE') break;
      await sleep(250);
    }
    // AWS restores with the key of the source; the emulator forgets it.
    const SSESpecification = { Enabled: true, SSEType: 'KMS', KMSMasterKeyId: keyArn } as const;
    await this.dynamodb.send(
      new UpdateTableCommand({ TableName: TargetTableName, SSESpecification }),
    );
  }
}
