import { readRecord } from '../../core/usage/read-record.ts';
import type { TrailRecord } from '../../core/usage/record.ts';

/** A record as CloudTrail writes it, with the fields that a test is about. */
export function recordJson(
  fields: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return {
    eventVersion: '1.11',
    userIdentity: { type: 'AssumedRole', accountId: '111122223333' },
    eventTime: '2026-11-20T09:00:00Z',
    eventSource: 's3.amazonaws.com',
    eventName: 'GetObject',
    awsRegion: 'eu-central-1',
    sourceIPAddress: '203.0.113.7',
    userAgent: 'aws-cli/2.31.0',
    requestParameters: null,
    eventID: '00000000-0000-4000-8000-000000000001',
    recipientAccountId: '111122223333',
    ...fields,
  };
}

/** The same, read. */
export function trailRecord(fields: Readonly<Record<string, unknown>> = {}): TrailRecord {
  const record = readRecord(recordJson(fields));
  if (!record.ok) throw new Error(record.error);
  return record.value;
}

/** A call by its source without `.amazonaws.com`, its name and its request. */
export function call(
  source: string,
  eventName: string,
  requestParameters: unknown = null,
  fields: Readonly<Record<string, unknown>> = {},
): TrailRecord {
  const eventSource = `${source}.amazonaws.com`;
  return trailRecord({ eventSource, eventName, requestParameters, ...fields });
}
