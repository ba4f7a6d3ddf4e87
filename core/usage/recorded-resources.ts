/** Actions of S3 on a bucket whose calls are data events of its objects (`services/storage.ts`). */
const ON_BUCKET = ['s3:listbucket', 's3:listbucketversions'];

const BUCKET = /^arn:[^:]+:s3:::[^/*?{}$]+$/;
const IN_BUCKET = /^arn:[^:]+:s3:::[^/]*\//;

/**
 * ARN patterns that an action is granted on, as data events name them: statements often name a bucket and its objects for
 * actions on either. A call on a bucket is recorded where all of its objects are selected; a prefix in it is not enough.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html
 */
export function recordedResources(action: string, resources: readonly string[]): readonly string[] {
  if (!/^s3:/i.test(action)) return resources;
  if (!ON_BUCKET.includes(action.toLowerCase())) {
    return resources.filter((resource) => !BUCKET.test(resource));
  }
  return resources
    .filter((resource) => !IN_BUCKET.test(resource))
    .map((resource) => (BUCKET.test(resource) ? `${resource}/` : resource));
}
