import {
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { isLogFile } from '../../core/usage/log-files.ts';
import { explain } from './explain-error.ts';
import { stoppedBy, throwIfLate } from './out-of-time.ts';

export type LogBucket = {
  readonly client: S3Client;
  readonly bucket: string;
  /** `''`, or what stands before `AWSLogs/`, or any folder below it: `logs/AWSLogs/o-abcdefghij/111122223333/`. */
  readonly prefix: string;
  /** Ends lists and downloads. */
  readonly stop?: AbortSignal | undefined;
};

export type LogObject = { readonly key: string; readonly bytes: number };

/** `s3://bucket/prefix`; null for anything else. */
export function parseS3Url(url: string): Pick<LogBucket, 'bucket' | 'prefix'> | null {
  const match = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(url);
  if (match === null) return null;
  const [, bucket = '', path = ''] = match;
  const prefix = path === '' || path.endsWith('/') || isLogFile(path) ? path : `${path}/`;
  return { bucket, prefix };
}

/** The folders in a folder, without what stands around their names. */
export async function namesIn(from: LogBucket, folder: string): Promise<readonly string[]> {
  const names: string[] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await list(from, { Prefix: folder, Delimiter: '/', ContinuationToken });
    for (const { Prefix = '' } of page.CommonPrefixes ?? []) {
      names.push(Prefix.slice(folder.length, -1));
    }
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
  return names;
}

/** The objects of a page and of those behind it. */
export async function* pagesFrom(
  from: LogBucket,
  prefix: string,
  first: ListObjectsV2CommandOutput,
): AsyncGenerator<LogObject, void> {
  let page = first;
  for (;;) {
    for (const { Key, Size } of page.Contents ?? []) {
      if (Key !== undefined) yield { key: Key, bytes: Size ?? 0 };
    }
    const { NextContinuationToken } = page;
    if (NextContinuationToken === undefined) return;
    page = await list(from, { Prefix: prefix, ContinuationToken: NextContinuationToken });
  }
}

/** @throws LogsUnavailable */
export async function list(
  { client, bucket, stop }: LogBucket,
  input: {
    readonly Prefix: string;
    readonly Delimiter?: string;
    readonly StartAfter?: string | undefined;
    readonly ContinuationToken?: string | undefined;
  },
): Promise<ListObjectsV2CommandOutput> {
  try {
    const command = new ListObjectsV2Command({ Bucket: bucket, ...input });
    return await client.send(command, stoppedBy(stop));
  } catch (error) {
    throwIfLate(stop);
    throw explain(error, 's3:ListBucket', `the bucket ${bucket}`);
  }
}

export function urlOf({ bucket, prefix }: LogBucket): string {
  return `s3://${bucket}/${prefix}`;
}
