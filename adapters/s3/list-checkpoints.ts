import { GetObjectCommand, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import type { CheckpointPage } from '../../core/ledger/ledger-ports.ts';
import { IncompleteAnswer, type Place } from './calls.ts';

/** The versions of the checkpoint, the newest first, as S3 lists them. A place is the id of a version. */
export async function listCheckpoints(
  { client, bucket }: Place,
  key: string,
  { limit, after }: { readonly limit: number; readonly after: string | null },
): Promise<CheckpointPage> {
  const list = await client.send(
    new ListObjectVersionsCommand({
      Bucket: bucket,
      Prefix: key,
      MaxKeys: limit,
      ...(after !== null && { KeyMarker: key, VersionIdMarker: after }),
    }),
  );
  const versions = (list.Versions ?? []).filter(({ Key }) => Key === key);
  const checkpoints = versions.map(async ({ VersionId, LastModified }) => {
    const { Body } = await client.send(
      new GetObjectCommand({ Bucket: bucket, Key: key, VersionId }),
    );
    if (VersionId === undefined || LastModified === undefined || Body === undefined) {
      throw new IncompleteAnswer('a version of the checkpoint');
    }
    return { note: await Body.transformToString('utf8'), at: LastModified.getTime() };
  });
  const more = list.IsTruncated === true && list.NextKeyMarker === key;
  return {
    checkpoints: await Promise.all(checkpoints),
    next: more ? (list.NextVersionIdMarker ?? null) : null,
  };
}
