import { Duration } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { Config } from '../core/config/config-file.ts';
import { dataRemovalPolicy, type Keeping } from './keeping.ts';

/** The broker's only table, and its key; `docs/storage-schema.md` lists the keys of its items. */
export function stateTable(
  scope: Construct,
  keeping: Keeping & Pick<Config, 'backups'>,
): { readonly table: dynamodb.Table; readonly key: kms.Key } {
  const { pitrDays } = keeping.backups;
  const key = new kms.Key(scope, 'TableKey', {
    description: 'Encrypts the grants and the audit trail of Valet Key',
    enableKeyRotation: true,
    pendingWindow: Duration.days(30),
    removalPolicy: dataRemovalPolicy(keeping),
  });
  // Not TableV2: with a customer managed key it needs a Region that is known at synthesis.
  const table = new dynamodb.Table(scope, 'Table', {
    partitionKey: { name: 'pk', type: dynamodb.AttributeType.STRING },
    sortKey: { name: 'sk', type: dynamodb.AttributeType.STRING },
    billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
    encryption: dynamodb.TableEncryption.CUSTOMER_MANAGED,
    encryptionKey: key,
    pointInTimeRecoverySpecification: {
      pointInTimeRecoveryEnabled: true,
      ...(pitrDays !== undefined && { recoveryPeriodInDays: pitrDays }),
    },
    deletionProtection: keeping.keepData,
    removalPolicy: dataRemovalPolicy(keeping),
    stream: dynamodb.StreamViewType.NEW_IMAGE,
    timeToLiveAttribute: 'ttl',
  });
  addIndex(table, 'byRequester', 'requesterId');
  // Of the version before. CloudFormation changes one index of a table per update, so the next version drops it.
  addIndex(table, 'byStatus', 'status');
  // A sparse index: only grants with something due have its keys.
  table.addGlobalSecondaryIndex({
    indexName: 'byDue',
    partitionKey: { name: 'sweepShard', type: dynamodb.AttributeType.NUMBER },
    sortKey: { name: 'dueAt', type: dynamodb.AttributeType.NUMBER },
    projectionType: dynamodb.ProjectionType.KEYS_ONLY,
  });
  addIndex(table, 'byStatusShard', 'statusShard');
  return { table, key };
}

function addIndex(table: dynamodb.Table, indexName: string, attribute: string): void {
  table.addGlobalSecondaryIndex({
    indexName,
    partitionKey: { name: attribute, type: dynamodb.AttributeType.STRING },
    sortKey: { name: 'createdKey', type: dynamodb.AttributeType.STRING },
  });
}
