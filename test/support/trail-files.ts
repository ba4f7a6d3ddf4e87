import { gunzipSync } from 'node:zlib';
import {
  type _Object,
  GetObjectCommand,
  ListObjectsV2Command,
  type S3Client,
} from '@aws-sdk/client-s3';

/** The parts of a CloudTrail record that tests look at. */
export type TrailFileRecord = {
  readonly eventSource: string;
  readonly eventName: string;
  readonly eventCategory: string;
  readonly eventID: string;
  readonly sharedEventID?: string;
  readonly errorCode?: string;
  readonly requestParameters: Readonly<Record<string, unknown>> | null;
  readonly recipientAccountId: string;
  readonly userIdentity: {
    readonly type: string;
    readonly arn?: string;
    readonly accountId: string;
    readonly sessionContext?: { readonly sourceIdentity?: string };
  };
} & Readonly<Record<string, unknown>>;

export type TrailFile = { readonly key: string; readonly records: readonly TrailFileRecord[] };

/** Every CloudTrail file in a bucket, in the order of delivery: of the local stack, that is the order of the calls. */
export async function trailFiles(s3: S3Client, Bucket: string): Promise<readonly TrailFile[]> {
  const objects: _Object[] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await s3.send(new ListObjectsV2Command({ Bucket, ContinuationToken }));
    objects.push(...(page.Contents ?? []));
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
  const read = async (key: string): Promise<TrailFile> => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: key }));
    const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
    const { Records } = JSON.parse(gunzipSync(bytes).toString('utf8'));
    return { key, records: Records as readonly TrailFileRecord[] };
  };
  const delivered = ({ LastModified }: _Object): number => LastModified?.getTime() ?? 0;
  const inOrder = objects.toSorted((one, other) => delivered(one) - delivered(other));
  return Promise.all(inOrder.map(({ Key = '' }) => read(Key)));
}

/** The records of the calls of one source identity, and of the AssumeRole calls that set it. */
export async function recordsOf(
  s3: S3Client,
  bucket: string,
  isOf: (sourceIdentity: string) => boolean,
): Promise<readonly TrailFileRecord[]> {
  const files = await trailFiles(s3, bucket);
  return files
    .flatMap(({ records }) => records)
    .filter(({ userIdentity, requestParameters }) =>
      [userIdentity.sessionContext?.sourceIdentity, requestParameters?.['sourceIdentity']].some(
        (found) => typeof found === 'string' && isOf(found),
      ),
    );
}
