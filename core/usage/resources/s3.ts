import type { TrailRecord } from '../record.ts';
import { field, plainText, type Request } from '../request-fields.ts';
import { arnIn, type Extractor } from './extractor.ts';

/** Actions on objects are checked against the object, all others against the bucket. */
const ON_OBJECTS = /Object|MultipartUpload(?:Parts)?$|^Replicate/;
const ON_BUCKETS = /^(?:Get|Put|Delete|List)Bucket|ListBucketMultipartUploads/;

/** Bucket names, old ones included. */
const BUCKET = /^[A-Za-z0-9._-]{3,255}$/;
const ESCAPED = /%[0-9A-Fa-f]{2}/;

/**
 * What stands for a bucket in requests, and is none: aliases of access points, of those with Object Lambda and on
 * Outposts, and of those of several Regions.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-naming.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/MultiRegionAccessPointRequests.html
 */
const ALIAS = /(?:-s3alias|--ol-s3|--op-s3|\.mrap)$/;

/**
 * Whether a call goes through an access point. Its record has the bucket and the object among the resources as well.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-monitoring-logging.html
 */
export function namesAccessPoint({ resources, request }: TrailRecord): boolean {
  const bucket = field(request, 'bucketName');
  return (
    resources.some(({ arn, type }) => type?.endsWith('::AccessPoint') || isAccessPoint(arn)) ||
    (bucket !== null && isAccessPoint(bucket))
  );
}

function isAccessPoint(name: string): boolean {
  return name.includes(':accesspoint/') || ALIAS.test(name);
}

export function isOnObject(name: string): boolean {
  return ON_OBJECTS.test(name) && !ON_BUCKETS.test(name);
}

export const s3Resource: Extractor = (request, { partition }, name) => {
  const bucket = field(request, 'bucketName');
  if (bucket === null || !BUCKET.test(bucket)) return null;
  if (!isOnObject(name)) return `arn:${partition}:s3:::${bucket}`;
  const key = field(request, 'key');
  // A key with an escape may be the name itself, or the name as a URL has it.
  if (key === null || ESCAPED.test(key)) return null;
  return arnIn(`arn:${partition}:s3:::${bucket}/${key}`);
};

/**
 * What a copy read: `/bucket/key?versionId=…`, encoded as in a URL.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
 */
export function copySource(request: Request, partition: string): string | null {
  const header = plainText(stripVersion(request['x-amz-copy-source']));
  const source = header === null ? null : decoded(header.replace(/^\//, ''));
  if (source === null || source.startsWith('arn:')) return null;
  const slash = source.indexOf('/');
  const bucket = source.slice(0, slash);
  if (slash < 0 || !BUCKET.test(bucket) || isAccessPoint(bucket)) return null;
  return arnIn(`arn:${partition}:s3:::${bucket}/${source.slice(slash + 1)}`);
}

function stripVersion(value: unknown): unknown {
  return typeof value === 'string' ? value.replace(/\?versionId=[^?]*$/, '') : value;
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
