import { NO_OPERATION, type Service } from './service.ts';

/** How CloudTrail records calls of services for files and backups. See `service.ts` for the columns. */
export const STORAGE: readonly Service[] = [
  {
    service: 's3',
    sources: ['s3'],
    reviewed: 180,
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html',
    management: 'all',
    events: [
      {
        source:
          'https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html',
        of: {
          CompleteMultipartUpload: 'PutObject',
          CopyObject: 'GetObject PutObject',
          CreateBucketMetadataConfiguration: 'CreateBucketMetadataTableConfiguration',
          CreateMultipartUpload: 'PutObject',
          CreateSession: 's3express:CreateSession',
          DeleteAccountPublicAccessBlock: 'PutAccountPublicAccessBlock',
          DeleteBucketAnalyticsConfiguration: 'PutAnalyticsConfiguration',
          DeleteBucketCors: 'PutBucketCORS',
          DeleteBucketEncryption: 'PutEncryptionConfiguration',
          DeleteBucketIntelligentTieringConfiguration: 'PutIntelligentTieringConfiguration',
          DeleteBucketInventoryConfiguration: 'PutInventoryConfiguration',
          DeleteBucketLifecycle: 'PutLifecycleConfiguration',
          DeleteBucketMetadataConfiguration: 'DeleteBucketMetadataTableConfiguration',
          DeleteBucketMetricsConfiguration: 'PutMetricsConfiguration',
          DeleteBucketOwnershipControls: 'PutBucketOwnershipControls',
          DeleteBucketPublicAccessBlock: 'PutBucketPublicAccessBlock',
          DeleteBucketReplication: 'PutReplicationConfiguration',
          DeleteBucketTagging: 'PutBucketTagging',
          DeleteObjects: 'DeleteObject',
          DeletePublicAccessBlock: 'PutBucketPublicAccessBlock',
          GetBucketAccelerateConfiguration: 'GetAccelerateConfiguration',
          GetBucketAnalyticsConfiguration: 'GetAnalyticsConfiguration',
          GetBucketEncryption: 'GetEncryptionConfiguration',
          GetBucketIntelligentTieringConfiguration: 'GetIntelligentTieringConfiguration',
          GetBucketInventoryConfiguration: 'GetInventoryConfiguration',
          GetBucketLifecycle: 'GetLifecycleConfiguration',
          GetBucketLifecycleConfiguration: 'GetLifecycleConfiguration',
          GetBucketMetadataConfiguration: 'GetBucketMetadataTableConfiguration',
          GetBucketMetricsConfiguration: 'GetMetricsConfiguration',
          GetBucketNotificationConfiguration: 'GetBucketNotification',
          GetBucketReplication: 'GetReplicationConfiguration',
          GetObjectAttributes: 'GetObject GetObjectAttributes',
          GetObjectLockConfiguration: 'GetBucketObjectLockConfiguration',
          GetPublicAccessBlock: 'GetBucketPublicAccessBlock',
          HeadBucket: 'ListBucket',
          HeadObject: 'GetObject',
          ListBucketAnalyticsConfigurations: 'GetAnalyticsConfiguration',
          ListBucketIntelligentTieringConfigurations: 'GetIntelligentTieringConfiguration',
          ListBucketInventoryConfigurations: 'GetInventoryConfiguration',
          ListBucketMetricsConfigurations: 'GetMetricsConfiguration',
          ListBuckets: 'ListAllMyBuckets',
          ListDirectoryBuckets: 's3express:ListAllMyDirectoryBuckets',
          ListMultipartUploads: 'ListBucketMultipartUploads',
          ListObjectVersions: 'ListBucketVersions',
          ListObjects: 'ListBucket',
          ListObjectsV2: 'ListBucket',
          ListParts: 'ListMultipartUploadParts',
          PostObject: 'PutObject',
          PutBucketAccelerateConfiguration: 'PutAccelerateConfiguration',
          PutBucketAnalyticsConfiguration: 'PutAnalyticsConfiguration',
          PutBucketEncryption: 'PutEncryptionConfiguration',
          PutBucketIntelligentTieringConfiguration: 'PutIntelligentTieringConfiguration',
          PutBucketInventoryConfiguration: 'PutInventoryConfiguration',
          PutBucketLifecycle: 'PutLifecycleConfiguration',
          PutBucketLifecycleConfiguration: 'PutLifecycleConfiguration',
          PutBucketMetricsConfiguration: 'PutMetricsConfiguration',
          PutBucketNotificationConfiguration: 'PutBucketNotification',
          PutBucketReplication: 'PutReplicationConfiguration',
          PutObjectLockConfiguration: 'PutBucketObjectLockConfiguration',
          PutPublicAccessBlock: 'PutBucketPublicAccessBlock',
          SelectObjectContent: 'GetObject',
          UploadPart: 'PutObject',
          UploadPartCopy: 'GetObject PutObject',
        },
      },
    ],
    data: [
      {
        types: ['AWS::S3::Object'],
        actions: `
AbortMultipartUpload DeleteObject DeleteObjectTagging DeleteObjectVersion
DeleteObjectVersionTagging GetObject GetObjectAcl GetObjectAttributes GetObjectLegalHold
GetObjectRetention GetObjectTagging GetObjectTorrent GetObjectVersion GetObjectVersionAcl
GetObjectVersionAttributes GetObjectVersionTagging GetObjectVersionTorrent ListBucket
ListBucketVersions ListMultipartUploadParts PutObject PutObjectAcl PutObjectLegalHold
PutObjectRetention PutObjectTagging PutObjectVersionAcl PutObjectVersionTagging
PutObjectAnnotation GetObjectAnnotation ListObjectAnnotations DeleteObjectAnnotation
GetObjectVersionAnnotation PutObjectVersionAnnotation DeleteObjectVersionAnnotation
ListObjectVersionAnnotations RestoreObject UpdateObjectEncryption
`,
        source:
          'https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html',
      },
    ],
    none: [
      {
        actions: `
AllowVendedLogDeliveryForResource BypassGovernanceRetention
GetObjectVersionAnnotationForReplication GetObjectVersionForReplication InitiateReplication
ObjectOwnerOverrideToBucketOwner PauseReplication ReplicateDelete ReplicateObject
ReplicateObjectAnnotation ReplicateTags PutAccessPointPublicAccessBlock
`,
        why: 'it is a permission that is checked in other calls',
        source:
          'https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html',
      },
    ],
    unsure: [
      {
        actions: 'ListBucketMultipartUploads',
        why: 'the page lists its call neither as a management event nor as a data event of general purpose buckets',
        source:
          'https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html',
      },
      {
        actions: 'GetStorageLensDashboard UpdateBucketMetadataAnnotationTableConfiguration',
        why: NO_OPERATION,
        source:
          'https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html',
      },
    ],
  },
  {
    service: 's3express',
    sources: ['s3express'],
    reviewed: 28,
    source:
      'https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-express-one-zone-logging.html',
    management: `
CreateBucket DeleteBucket DeleteBucketPolicy GetBucketPolicy PutBucketPolicy
ListAllMyDirectoryBuckets GetEncryptionConfiguration PutEncryptionConfiguration
`,
    events: [
      {
        source:
          'https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html',
        of: {
          AbortMultipartUpload: 'CreateSession',
          CompleteMultipartUpload: 'CreateSession',
          CopyObject: 'CreateSession',
          CreateMultipartUpload: 'CreateSession',
          DeleteBucketEncryption: 'PutEncryptionConfiguration',
          DeleteBucketLifecycle: 'PutLifecycleConfiguration',
          DeleteObject: 'CreateSession',
          DeleteObjects: 'CreateSession',
          GetBucketEncryption: 'GetEncryptionConfiguration',
          GetBucketLifecycleConfiguration: 'GetLifecycleConfiguration',
          GetObject: 'CreateSession',
          GetObjectAttributes: 'CreateSession',
          HeadBucket: 'CreateSession',
          HeadObject: 'CreateSession',
          ListDirectoryBuckets: 'ListAllMyDirectoryBuckets',
          ListMultipartUploads: 'CreateSession',
          ListObjectsV2: 'CreateSession',
          ListParts: 'CreateSession',
          PutBucketEncryption: 'PutEncryptionConfiguration',
          PutBucketLifecycleConfiguration: 'PutLifecycleConfiguration',
          PutObject: 'CreateSession',
          UploadPart: 'CreateSession',
          UploadPartCopy: 'CreateSession',
        },
      },
    ],
    data: [
      {
        types: ['AWS::S3Express::Object'],
        actions: 'CreateSession',
        source:
          'https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html',
      },
    ],
  },
  {
    service: 'elasticfilesystem',
    sources: ['elasticfilesystem'],
    reviewed: 38,
    source: 'https://docs.aws.amazon.com/efs/latest/ug/logging-using-cloudtrail.html',
    management: 'all',
    none: [
      {
        actions: `
Backup ClientMount ClientRootAccess ClientWrite ReplicationRead ReplicationWrite Restore
`,
        why: 'it is checked when a client mounts the file system, or a backup or a replication runs',
        source: 'https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html',
      },
    ],
  },
  {
    service: 'backup',
    sources: ['backup'],
    reviewed: 122,
    source: 'https://docs.aws.amazon.com/aws-backup/latest/devguide/logging-using-cloudtrail.html',
    management: 'all',
    none: [
      {
        actions: 'CopyFromBackupVault CopyIntoBackupVault',
        why: 'it is a permission that is checked in other calls',
        source: 'https://docs.aws.amazon.com/aws-backup/latest/devguide/access-control.html',
      },
    ],
    unsure: [
      {
        actions: `
CreateBackupAccessPoint DeleteBackupAccessPoint DeleteBackupVaultSharingPolicy
DescribeBackupAccessPoint GetBackupVaultSharingPolicy GetPITRMalwareScanResults
ListBackupAccessPoints ListBackupAccessPointsByRecoveryPoint ListBackupAccessPointsByResource
ListIndexedRecoveryPointsForSearch PutBackupVaultSharingPolicy SearchRecoveryPoint
`,
        why: NO_OPERATION,
        source:
          'https://docs.aws.amazon.com/aws-backup/latest/devguide/logging-using-cloudtrail.html',
      },
    ],
  },
  {
    service: 'ebs',
    sources: ['ebs'],
    reviewed: 6,
    source:
      'https://docs.aws.amazon.com/ebs/latest/userguide/logging-ebs-apis-using-cloudtrail.html',
    management: 'StartSnapshot CompleteSnapshot',
    data: [
      {
        types: ['AWS::EC2::Snapshot'],
        actions: 'GetSnapshotBlock ListChangedBlocks ListSnapshotBlocks PutSnapshotBlock',
        source:
          'https://docs.aws.amazon.com/ebs/latest/userguide/logging-ebs-apis-using-cloudtrail.html',
      },
    ],
  },
];
