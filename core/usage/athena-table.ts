/**
 * The table that Athena reads the files of CloudTrail by: what a query reads, and nothing else. The stack makes it, and
 * `recordsQuery` asks it. AWS's own table for CloudTrail lacks `sourceidentity`, which tells whose calls they are.
 *
 * @see https://docs.aws.amazon.com/athena/latest/ug/create-cloudtrail-table-partition-projection.html
 */

/** By these a query says which files it reads; `day` is of the form `2026/11/20`. */
export const PARTITIONS = { account: 'account', region: 'region', day: 'day' } as const;

const TEXTS: readonly string[] = [
  ...['eventid', 'sharedeventid', 'eventtime', 'eventsource', 'eventname', 'awsregion'],
  ...['recipientaccountid', 'eventcategory', 'eventtype', 'readonly', 'errorcode'],
  ...['errormessage', 'sourceipaddress', 'useragent', 'vpcendpointid', 'requestparameters'],
];

const ISSUER = 'struct<type:string,arn:string,accountid:string,username:string>';
const SESSION = `struct<sourceidentity:string,sessionissuer:${ISSUER}>`;
const IDENTITY = [
  ...['type', 'principalid', 'arn', 'accountid', 'accesskeyid', 'invokedby'].map(
    (name) => `${name}:string`,
  ),
  `sessioncontext:${SESSION}`,
];

/**
 * Its columns and their types in Hive.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
export const COLUMNS: readonly (readonly [name: string, type: string])[] = [
  ...TEXTS.map((name) => [name, 'string'] as const),
  ['useridentity', `struct<${IDENTITY.join(',')}>`],
  ['resources', 'array<struct<arn:string,type:string>>'],
];
