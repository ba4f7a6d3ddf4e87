import { GRANT_ID } from '../ids.ts';
import { err, ok, type Result } from '../result.ts';
import type { TrailRecord } from './record.ts';
import { isObject, type Request } from './request-fields.ts';

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z$/;
const NOTHING: Request = Object.freeze({});

/** A session's source identity is the caller's; these calls set one (STS API Reference, `SourceIdentity`). */
const SETS_IDENTITY = new Set(['AssumeRole', 'AssumeRoleWithSAML', 'AssumeRoleWithWebIdentity']);

/**
 * Reads one CloudTrail record, whichever version of the format it has. It is read by hand, because logs have hundreds of
 * thousands of records a second to read.
 *
 * @returns why it is unreadable: it is no object, or lacks what identifies a call
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
export function readRecord(json: unknown): Result<TrailRecord, string> {
  if (!isObject(json)) return err('it is no object');
  const eventId = textOf(json['eventID']);
  if (eventId === null) return err('it has no eventID');
  const source = textOf(json['eventSource']);
  if (source === null) return err('it has no eventSource');
  const name = textOf(json['eventName']);
  if (name === null) return err('it has no eventName');
  const time = textOf(json['eventTime']);
  const at = time !== null && TIME.test(time) ? Date.parse(time) : Number.NaN;
  if (Number.isNaN(at)) return err('it has no eventTime in UTC');
  const request = requestOf(json['requestParameters']);
  const identity = objectOf(json['userIdentity']);
  const session = objectOf(identity['sessionContext']);
  const issuer = objectOf(session['sessionIssuer']);
  const isRole = issuer['type'] === 'Role';
  const own = textOf(session['sourceIdentity']);
  const given = own === null ? identitySet(source, name, request) : null;
  return ok({
    eventId,
    sharedEventId: textOf(json['sharedEventID']),
    at,
    source,
    name,
    region: textOf(json['awsRegion']) ?? '',
    account: textOf(json['recipientAccountId']),
    callerAccount: textOf(identity['accountId']),
    error: errorOf(json['errorCode']),
    errorMessage: textOf(json['errorMessage']),
    ...{ sourceIdentity: own ?? given, givesIdentity: given !== null },
    role: isRole ? textOf(issuer['arn']) : null,
    sessionName: isRole ? sessionNameOf(identity['principalId']) : null,
    accessKeyId: textOf(identity['accessKeyId']),
    sourceIp: textOf(json['sourceIPAddress']),
    userAgent: textOf(json['userAgent']),
    invokedBy: textOf(identity['invokedBy']),
    category: categoryOf(json),
    resources: resourcesOf(json['resources']),
    request,
  });
}

/**
 * The grant that a source identity names after its last dot; null for calls outside of grants.
 *
 * @see `SOURCE_IDENTITY_PATTERN` in `core/session.ts`
 */
export function grantOf({ sourceIdentity }: TrailRecord): string | null {
  if (sourceIdentity === null) return null;
  const dot = sourceIdentity.lastIndexOf('.');
  const grant = sourceIdentity.slice(dot + 1);
  return dot > 0 && GRANT_ID.test(grant) ? grant : null;
}

function identitySet(source: string, name: string, request: Request): string | null {
  const sets = source === 'sts.amazonaws.com' && SETS_IDENTITY.has(name);
  return sets ? textOf(request['sourceIdentity']) : null;
}

/** `AROAEXAMPLE:vk_session` */
function sessionNameOf(principalId: unknown): string | null {
  if (typeof principalId !== 'string') return null;
  const colon = principalId.indexOf(':');
  return colon < 0 ? null : textOf(principalId.slice(colon + 1));
}

/** Athena, and some services, give the parameters as the text of an object. */
function requestOf(value: unknown): Request {
  if (isObject(value)) return value;
  if (typeof value !== 'string' || !value.startsWith('{')) return NOTHING;
  try {
    const parsed: unknown = JSON.parse(value);
    return isObject(parsed) ? parsed : NOTHING;
  } catch {
    return NOTHING;
  }
}

/** Amazon Managed Grafana writes the status of calls that succeeded here: `200`. */
function errorOf(value: unknown): string | null {
  const error = textOf(value);
  return error !== null && /^2\d\d$/.test(error) ? null : error;
}

/** Versions of the format before 1.07 have no `eventCategory`. */
function categoryOf(json: Request): string {
  return (
    textOf(json['eventCategory']) ?? (json['managementEvent'] === false ? 'Data' : 'Management')
  );
}

function resourcesOf(value: unknown): TrailRecord['resources'] {
  if (!Array.isArray(value) || value.length === 0) return [];
  return value.flatMap((resource: unknown) => {
    if (!isObject(resource)) return [];
    const arn = textOf(resource['ARN'] ?? resource['arn']);
    return arn === null ? [] : [{ arn, type: textOf(resource['type']) }];
  });
}

function objectOf(value: unknown): Request {
  return isObject(value) ? value : NOTHING;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
