import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetBucketTaggingCommand,
  ListObjectVersionsCommand,
  PutBucketTaggingCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { bucketName, type Run, TAG } from './names.ts';

/** The bucket whose objects the vended keys read. */

const OBJECTS = ['one/object', 'two/object'];

export async function makeBucket(run: Run): Promise<void> {
  const s3 = clientOf(run);
  const Bucket = bucketName(run);
  const { region } = run;
  const elsewhere = region !== 'us-east-1';
  await s3.send(
    new CreateBucketCommand({
      Bucket,
      // The Region's own names are in the SDK's list of constraints; the first one has none.
      ...(elsewhere && {
        CreateBucketConfiguration: { LocationConstraint: region as 'eu-west-1' },
      }),
    }),
  );
  const TagSet = [{ Key: TAG, Value: run.id }];
  await s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }));
  for (const Key of OBJECTS)
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'an object' }));
}

/** @returns false where there is none of this run */
export async function removeBucket(run: Run): Promise<boolean> {
  const s3 = clientOf(run);
  const Bucket = bucketName(run);
  const tags = await s3.send(new GetBucketTaggingCommand({ Bucket })).catch((error: Error) => {
    if (/NoSuch/.test(error.name)) return null;
    throw error;
  });
  if (!tags?.TagSet?.some(({ Key, Value }) => Key === TAG && Value === run.id)) return false;
  for (const Key of OBJECTS) await s3.send(new DeleteObjectCommand({ Bucket, Key }));
  await s3.send(new DeleteBucketCommand({ Bucket }));
  return true;
}

function clientOf({ region }: Run): S3Client {
  return new S3Client({ region, forcePathStyle: true });
}

/** Deletes every version of every object in a bucket of the run's own stack. */
export async function emptyBucket(run: Run, Bucket: string): Promise<void> {
  const s3 = clientOf(run);
  for (;;) {
    const { Versions = [], DeleteMarkers = [] } = await s3.send(
      new ListObjectVersionsCommand({ Bucket }),
    );
    const found = [...Versions, ...DeleteMarkers];
    if (found.length === 0) return;
    for (const { Key, VersionId } of found) {
      await s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
    }
  }
}
