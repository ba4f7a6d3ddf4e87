import type { TrailRecord } from './record.ts';

/**
 * Calls that name a version need the permission of versions instead.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
 */
const OF_VERSION: Readonly<Record<string, string>> = {
  's3:DeleteObject': 's3:DeleteObjectVersion',
  's3:DeleteObjectTagging': 's3:DeleteObjectVersionTagging',
  's3:GetObject': 's3:GetObjectVersion',
  's3:GetObjectAcl': 's3:GetObjectVersionAcl',
  's3:GetObjectAttributes': 's3:GetObjectVersionAttributes',
  's3:GetObjectTagging': 's3:GetObjectVersionTagging',
  's3:GetObjectTorrent': 's3:GetObjectVersionTorrent',
  's3:PutObjectAcl': 's3:PutObjectVersionAcl',
  's3:PutObjectTagging': 's3:PutObjectVersionTagging',
  's3:GetObjectAnnotation': 's3:GetObjectVersionAnnotation',
  's3:PutObjectAnnotation': 's3:PutObjectVersionAnnotation',
  's3:DeleteObjectAnnotation': 's3:DeleteObjectVersionAnnotation',
  's3:ListObjectAnnotations': 's3:ListObjectVersionAnnotations',
};

/**
 * Headers of a new object that need a permission of their own.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
 */
const BY_HEADER: readonly (readonly [header: string, action: string])[] = [
  ['x-amz-acl', 's3:PutObjectAcl'],
  ['x-amz-grant-full-control', 's3:PutObjectAcl'],
  ['x-amz-grant-read', 's3:PutObjectAcl'],
  ['x-amz-grant-read-acp', 's3:PutObjectAcl'],
  ['x-amz-grant-write-acp', 's3:PutObjectAcl'],
  ['x-amz-tagging', 's3:PutObjectTagging'],
  ['x-amz-object-lock-mode', 's3:PutObjectRetention'],
  ['x-amz-object-lock-legal-hold', 's3:PutObjectLegalHold'],
];

/** Without `s3:ListBucket` S3 answers "access denied" for a key that is not there. */
const ABSENT = new Set(['NoSuchKey', 'NotFound', '404']);

export function s3Actions(record: TrailRecord, named: readonly string[]): readonly string[] {
  const { request, name, error } = record;
  if (name === 'CopyObject' || name === 'UploadPartCopy') {
    const source = request['x-amz-copy-source'];
    const read =
      typeof source === 'string' && source.includes('?versionId=')
        ? 's3:GetObjectVersion'
        : 's3:GetObject';
    return [read, 's3:PutObject', ...byHeader(record)];
  }
  const actions =
    typeof request['versionId'] === 'string'
      ? named.map((action) => OF_VERSION[action] ?? action)
      : named;
  if (name === 'PutObject' || name === 'CreateMultipartUpload' || name === 'PostObject') {
    return [...actions, ...byHeader(record)];
  }
  const absent = error !== null && ABSENT.has(error);
  return absent && (name === 'GetObject' || name === 'HeadObject')
    ? [...actions, 's3:ListBucket']
    : actions;
}

function byHeader({ request }: TrailRecord): readonly string[] {
  const needed = BY_HEADER.filter(([header]) => request[header] !== undefined);
  return needed.length === 0 ? [] : [...new Set(needed.map(([, action]) => action))];
}
