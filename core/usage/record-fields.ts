/** Fields that only a record, or what wraps records, begins with: where reading goes on behind what is broken. */
export const LISTS = ['Records', 'Events'] as const;

/**
 * Fields of a record, and of an event of LookupEvents. `resources` and what stands below it have other ones.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_Event.html
 */
export const FIRST_FIELDS: ReadonlySet<string> = new Set([
  ...LISTS,
  'eventVersion',
  'userIdentity',
  'eventTime',
  'eventSource',
  'eventName',
  'awsRegion',
  'sourceIPAddress',
  'userAgent',
  'errorCode',
  'errorMessage',
  'requestParameters',
  'responseElements',
  'additionalEventData',
  'requestID',
  'eventID',
  'eventType',
  'apiVersion',
  'managementEvent',
  'readOnly',
  'recipientAccountId',
  'serviceEventDetails',
  'sharedEventID',
  'vpcEndpointId',
  'vpcEndpointAccountId',
  'eventCategory',
  'addendum',
  'sessionCredentialFromConsole',
  'edgeDeviceDetails',
  'tlsDetails',
  'EventId',
  'EventName',
  'EventTime',
  'CloudTrailEvent',
]);

/** The expression below takes no more. */
const LONGEST_BEGINNING = 76;
const BEGINNING = /^\n\{\s{0,8}"(\w{1,64})"/;

/** Where in broken text the next line with a record begins; null if none does. */
export function lineOfRecord(bytes: Buffer): number | null {
  for (let at = bytes.indexOf('\n{'); at >= 0; at = bytes.indexOf('\n{', at + 1)) {
    const field = BEGINNING.exec(bytes.toString('latin1', at, at + LONGEST_BEGINNING))?.[1];
    if (field !== undefined && FIRST_FIELDS.has(field)) return at + 1;
  }
  return null;
}
