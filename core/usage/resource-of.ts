import type { TrailRecord } from './record.ts';
import { refusalOf } from './refusal.ts';
import { BY_SERVICE } from './resources/by-service.ts';
import { arnIn, isArn } from './resources/extractor.ts';
import { placeOf } from './resources/place.ts';
import { copySource, isOnObject, namesAccessPoint } from './resources/s3.ts';

/** Their records name the function or the table, and their requests the alias or the index that is checked. */
const REQUEST_FIRST = new Set(['dynamodb', 'lambda']);

/** Actions on streams of tables, whose records may name the table alone. */
const ON_STREAMS = new Set(['DescribeStream', 'GetRecords', 'GetShardIterator']);

/**
 * The ARN that an action of a call was checked against: from the message of a refusal, from the resources that the
 * record names, or from what the request names. Nothing else of the request is looked at.
 *
 * @param action one that `actionsOf` gave for this record
 * @returns null where the record does not tell, where a call is on several resources, or goes through an access point of
 *   S3, whose ARN the policies need in place of the bucket's, and for values that no AWS name has. Only a secret that a request names has wildcards: its ARN ends in six characters that the name does not tell.
 */
export function resourceOf(record: TrailRecord, action: string): string | null {
  const colon = action.indexOf(':');
  const service = action.slice(0, colon);
  const name = action.slice(colon + 1);
  const refusal = refusalOf(record);
  const refused = refusal?.action === action ? arnIn(refusal.resource) : null;
  if (refused !== null) return refused;
  if (service === 's3' && namesAccessPoint(record)) return null;
  const named = () => namedResource(record, service, name);
  const requested = () => requestedResource(record, service, name);
  return REQUEST_FIRST.has(service) ? (requested() ?? named()) : (named() ?? requested());
}

/** The one resource of the record that is of the action's service, and for S3 of the right kind. */
function namedResource(
  { resources, name: event }: TrailRecord,
  service: string,
  name: string,
): string | null {
  if (resources.length === 0) return null;
  // Sessions are asked for at STS, and roles are of IAM.
  const owner = service === 'sts' ? 'iam' : service;
  const fitting = resources.filter(({ arn }) => arn.split(':', 3)[2] === owner);
  if (service === 's3') return s3Named(fitting, event, name);
  if (service === 'kms' && event === 'ReEncrypt') {
    return fitting.length === 2 ? arnIn(fitting[name === 'ReEncryptFrom' ? 0 : 1]?.arn) : null;
  }
  const arn = fitting.length === 1 ? arnIn(fitting[0]?.arn) : null;
  const onStream = service === 'dynamodb' && ON_STREAMS.has(name);
  return onStream && !arn?.includes('/stream/') ? null : arn;
}

function s3Named(resources: TrailRecord['resources'], event: string, name: string): string | null {
  const copies = event === 'CopyObject' || event === 'UploadPartCopy';
  if (copies && name.startsWith('GetObject')) return null;
  const onObject = isOnObject(name);
  const fitting = resources.filter(
    ({ arn }) => (arn.split(':')[5]?.includes('/') ?? false) === onObject,
  );
  return fitting.length === 1 ? arnIn(fitting[0]?.arn) : null;
}

function requestedResource(record: TrailRecord, service: string, name: string): string | null {
  const place = placeOf(record);
  if (place === null) return null;
  const copies = record.name === 'CopyObject' || record.name === 'UploadPartCopy';
  if (service === 's3' && copies && name.startsWith('GetObject')) {
    return copySource(record.request, place.partition);
  }
  const extract = Object.hasOwn(BY_SERVICE, service) ? BY_SERVICE[service] : undefined;
  const found = extract?.(record.request, place, name) ?? null;
  return found !== null && isArn(found) ? found : null;
}
