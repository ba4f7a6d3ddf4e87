import {
  CloudTrailClient,
  CreateTrailCommand,
  PutEventSelectorsCommand,
  StartLoggingCommand,
} from '@aws-sdk/client-cloudtrail';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { ACCOUNT, REGION } from './emulator.ts';

/** The bucket that gets the CloudTrail files of every account on the emulator. */
export const TRAIL_BUCKET = 'valetkey-local-trail';

const TRAIL = 'local';

/** As the root of an account on the emulator. */
const clientOf = (url: string, account: string) => ({
  endpoint: url,
  region: REGION,
  credentials: { accessKeyId: account, secretAccessKey: 'local' },
});

/** Creates the bucket, in the emulator's own account. */
export async function createTrailBucket(url: string): Promise<void> {
  const s3 = new S3Client({ ...clientOf(url, ACCOUNT), forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: TRAIL_BUCKET }));
}

/**
 * Starts a trail of an account: its management events, and calls on objects of S3. Calls on items of DynamoDB,
 * messages and functions stay unrecorded, as in most accounts.
 */
export async function startTrail(url: string, account: string): Promise<void> {
  const client = new CloudTrailClient(clientOf(url, account));
  const place = { S3BucketName: TRAIL_BUCKET, IsMultiRegionTrail: true };
  await client.send(new CreateTrailCommand({ Name: TRAIL, ...place }));
  const objects = { Type: 'AWS::S3::Object', Values: ['arn:aws:s3'] };
  const selector = { ReadWriteType: 'All' as const, DataResources: [objects] };
  const EventSelectors = [{ ...selector, IncludeManagementEvents: true }];
  await client.send(new PutEventSelectorsCommand({ TrailName: TRAIL, EventSelectors }));
  await client.send(new StartLoggingCommand({ Name: TRAIL }));
}
