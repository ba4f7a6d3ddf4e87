import { expect, test } from '@jest/globals';
import type { Template } from 'aws-cdk-lib/assertions';
import { only, type Resource, resources } from '../../support/broker-template.ts';

export function tableTests(template: () => Template): void {
  const idOf = (type: string): string =>
    Object.keys(resources(template(), type)).find((id) => id.startsWith('Grants')) ?? '';
  const attribute = (type: string, name: string) => ({ 'Fn::GetAtt': [idOf(type), name] });
  const table = (): Resource => only(template(), 'AWS::DynamoDB::Table');

  test('is encrypted with its own key, which rotates and outlives the stack', () => {
    expect(table().Properties['SSESpecification']).toEqual({
      SSEEnabled: true,
      SSEType: 'KMS',
      KMSMasterKeyId: attribute('AWS::KMS::Key', 'Arn'),
    });
    expect(resources(template(), 'AWS::KMS::Key')[idOf('AWS::KMS::Key')]).toMatchObject({
      Properties: { EnableKeyRotation: true, PendingWindowInDays: 30 },
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
    });
  });

  test('can be restored to any second and is not deleted by mistake', () => {
    expect(table()).toMatchObject({
      Properties: {
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        DeletionProtectionEnabled: true,
      },
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
    });
  });

  test('streams new items and deletes items whose time to live is up', () => {
    expect(table().Properties).toMatchObject({
      StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
      BillingMode: 'PAY_PER_REQUEST',
    });
  });

  test('has the keys that the adapter writes', () => {
    const index = (IndexName: string, AttributeName: string) => ({
      IndexName,
      KeySchema: [
        { AttributeName, KeyType: 'HASH' },
        { AttributeName: 'createdKey', KeyType: 'RANGE' },
      ],
    });
    expect(table().Properties).toMatchObject({
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        index('byRequester', 'requesterId'),
        index('byStatus', 'status'),
        {
          IndexName: 'byDue',
          KeySchema: [
            { AttributeName: 'sweepShard', KeyType: 'HASH' },
            { AttributeName: 'dueAt', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
        index('byStatusShard', 'statusShard'),
      ],
    });
  });
}
