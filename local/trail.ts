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
  const field = (Field: string, ...Equals: string[]) => ({ Field, Equals });
  const management = [field('eventCategory', 'Management')];
  const objects = [field('eventCategory', 'Data'), field('resources.type', 'AWS::S3::Object')];
  const AdvancedEventSelectors = [management, objects].map((FieldSelectors) => ({
    FieldSelectors,
  }));
  const selected = { TrailName: TRAIL, AdvancedEventSelectors };
  await client.send(new PutEventSelectorsCommand(selected));
  await client.send(new StartLoggingCommand({ Name: TRAIL }));
}
