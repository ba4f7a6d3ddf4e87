import {
  DescribeBackupCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  type TableDescription,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import type { Instant } from '../../core/instant.ts';
import type { FoundTable, Setting } from '../../core/recovery/table-settings.ts';

/** The settings of a table, with the credentials of whoever recovers. Every function throws the errors of AWS. */

export async function readTableSettings(
  client: DynamoDBClient,
  TableName: string,
): Promise<FoundTable> {
  const [{ Table = {} }, ttl, backups] = await Promise.all([
    client.send(new DescribeTableCommand({ TableName })),
    client.send(new DescribeTimeToLiveCommand({ TableName })),
    client.send(new DescribeContinuousBackupsCommand({ TableName })),
  ]);
  const { TimeToLiveStatus = 'DISABLED', AttributeName = null } = ttl.TimeToLiveDescription ?? {};
  const recovery = backups.ContinuousBackupsDescription?.PointInTimeRecoveryDescription;
  const streams = Table.StreamSpecification?.StreamEnabled === true;
  return {
    name: Table.TableName ?? TableName,
    arn: Table.TableArn ?? '',
    status: Table.TableStatus ?? 'unknown',
    stream: streams ? (Table.StreamSpecification?.StreamViewType ?? 'unknown') : null,
    streamArn: streams ? (Table.LatestStreamArn ?? null) : null,
    timeToLive: TimeToLiveStatus.startsWith('ENABL') ? AttributeName : null,
    pointInTimeRecovery: recovery?.PointInTimeRecoveryStatus === 'ENABLED',
    deletionProtection: Table.DeletionProtectionEnabled === true,
    keyArn: Table.SSEDescription?.KMSMasterKeyArn ?? null,
    indexes: (Table.GlobalSecondaryIndexes ?? []).map(({ IndexName = '' }) => IndexName),
    restoredTo: await restoredTo(client, Table),
  };
}

/** Makes one setting as the broker needs it. A table takes one update at a time: wait for it to be active in between. */
export async function makeTableSetting(
  client: DynamoDBClient,
  TableName: string,
  setting: Setting,
): Promise<void> {
  switch (setting) {
    case 'stream': {
      const StreamSpecification = { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' } as const;
      await client.send(new UpdateTableCommand({ TableName, StreamSpecification }));
      return;
    }
    case 'deletionProtection':
      await client.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: true }));
      return;
    case 'timeToLive': {
      const TimeToLiveSpecification = { Enabled: true, AttributeName: 'ttl' };
      await client.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
      return;
    }
    case 'pointInTimeRecovery': {
      const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true };
      await client.send(
        new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification }),
      );
    }
  }
}

/**
 * The time of the backup where there is one: a restore of a backup may be dated by when it was made.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_RestoreSummary.html
 */
async function restoredTo(
  client: DynamoDBClient,
  { RestoreSummary }: TableDescription,
): Promise<Instant | null> {
  if (RestoreSummary === undefined) return null;
  const { SourceBackupArn: BackupArn, RestoreDateTime } = RestoreSummary;
  // DynamoDB does not know the backups of AWS Backup, whose ARNs are of another service.
  const known = BackupArn?.split(':')[2] === 'dynamodb';
  const backup = known ? await client.send(new DescribeBackupCommand({ BackupArn })) : null;
  const made = backup?.BackupDescription?.BackupDetails?.BackupCreationDateTime;
  return (made ?? RestoreDateTime)?.getTime() ?? null;
}
