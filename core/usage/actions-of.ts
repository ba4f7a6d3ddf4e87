import { dynamodbActions } from './dynamodb-actions.ts';
import type { TrailRecord } from './record.ts';
import { refusalOf } from './refusal.ts';
import { isObject } from './request-fields.ts';
import { s3Actions } from './s3-actions.ts';
import { eventsOfService, eventsOfSource, SUFFIX, servicesOf } from './services/of-source.ts';

/** Lambda writes `GetFunction20150331v2`, CloudFront `CreateDistribution2020_05_31`. */
const VERSION = /(?:\d{8}(?:v\d+)?|\d{4}_\d{2}_\d{2})$/;

/**
 * The IAM actions that a call was checked against. A refused call whose message names the missing action stands for that
 * one alone; `unprovenActionsOf` has the others.
 *
 * @returns an empty list where that is not known; never an action that the reference does not list
 */
export function actionsOf(record: TrailRecord): readonly string[] {
  const missing = refusalOf(record)?.action ?? null;
  return missing === null ? neededBy(record) : [missing];
}

/**
 * What a refused call needs and nobody refused by name. It may be allowed: S3 names `s3:ListBucket` where the object of a
 * GetObject is not there, and the key of an object, the role of an instance, and the target of a copy have permissions of
 * their own. A refusal that names nothing may be of such a one as well.
 *
 * @returns null where what the call needs is not known; empty for a call that was not refused
 */
export function unprovenActionsOf(record: TrailRecord): readonly string[] | null {
  const refusal = refusalOf(record);
  if (refusal === null) return [];
  const needed = neededBy(record);
  if (needed.length > 0) return needed.filter((action) => action !== refusal.action);
  const service = refusal.action?.split(':')[0] ?? '';
  return servicesOf(record.source).includes(service) ? [] : null;
}

function neededBy(record: TrailRecord): readonly string[] {
  const source = record.source.replace(SUFFIX, '');
  switch (source) {
    case 's3':
      return s3Actions(record, named(source, record.name));
    case 'dynamodb':
      return dynamodbActions(record) ?? named(source, record.name);
    case 'autoscaling':
      return autoscalingActions(record);
    case 'ec2':
      return withTags(record, named(source, record.name));
    default:
      return named(source, record.name);
  }
}

function named(source: string, name: string): readonly string[] {
  const events = eventsOfSource(source);
  const key = name.toLowerCase();
  return events.get(key) ?? events.get(key.replace(VERSION, '')) ?? [];
}

/**
 * Application Auto Scaling has the source of EC2 Auto Scaling, and some of its names.
 *
 * @see https://docs.aws.amazon.com/autoscaling/application/userguide/logging-using-cloudtrail.html
 */
function autoscalingActions(record: TrailRecord): readonly string[] {
  if (typeof record.request['serviceNamespace'] !== 'string') {
    return named('autoscaling', record.name);
  }
  return eventsOfService('application-autoscaling').get(record.name.toLowerCase()) ?? [];
}

/**
 * Tags on creation need `ec2:CreateTags` as well.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/supported-iam-actions-tagging.html
 */
function withTags(record: TrailRecord, actions: readonly string[]): readonly string[] {
  return actions.length > 0 && isObject(record.request['tagSpecificationSet'])
    ? [...actions, 'ec2:CreateTags']
    : actions;
}
