import { findAction } from './actions.ts';
import { dynamodbActions } from './dynamodb-actions.ts';
import type { TrailRecord } from './record.ts';
import { isObject } from './request-fields.ts';
import { s3Actions } from './s3-actions.ts';
import { eventsOfService, eventsOfSource, SUFFIX } from './services/of-source.ts';

/** Lambda writes `GetFunction20150331v2`, CloudFront `CreateDistribution2020_05_31`. */
const VERSION = /(?:\d{8}(?:v\d+)?|\d{4}_\d{2}_\d{2})$/;

/** How AWS words a refusal: it names the action that was missing. */
const REFUSED = /not authorized to perform: ([a-z0-9-]+:\w+)/;

/**
 * The IAM actions that a call was checked against. A refused call whose message names the missing action stands for that
 * one alone.
 *
 * @returns an empty list where that is not known; never an action that the reference does not list
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
export function actionsOf(record: TrailRecord): readonly string[] {
  const missing = refusedAction(record);
  if (missing !== null) return [missing];
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

function refusedAction({ error, errorMessage }: TrailRecord): string | null {
  if (error === null || errorMessage === null) return null;
  const action = REFUSED.exec(errorMessage)?.[1];
  return action === undefined ? null : (findAction(action)?.action ?? null);
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
