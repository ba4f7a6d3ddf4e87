import { err, ok, type Result } from '../result.ts';

/** Where CloudTrail puts its files, and the table that Athena reads them by. */
export type LogTable = {
  readonly database: string;
  readonly table: string;
  readonly bucket: string;
  /** `''`, or what stands before `AWSLogs/`, with a slash at its end. */
  readonly prefix: string;
  /** `o-abcdefghij` of a trail of an organisation; null for one of an account. */
  readonly organisation: string | null;
  /** Those that have logs. */
  readonly regions: readonly string[];
  /** The first day that has logs: `2026/01/01`. */
  readonly since: string;
};

const RULES: readonly (readonly [keyof LogTable, RegExp, string])[] = [
  ['database', /^[a-z0-9_]{1,128}$/, 'lower-case letters, digits and _'],
  ['table', /^[a-z0-9_]{1,128}$/, 'lower-case letters, digits and _'],
  ['bucket', /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'the name of a bucket'],
  ['prefix', /^(?:[\w.=-]+\/)*$/, 'empty, or names that end with a slash'],
  ['organisation', /^o-[a-z0-9]{10,32}$/, 'the id of an organisation, such as o-abcdefghij'],
  ['since', /^\d{4}\/\d\d\/\d\d$/, 'a day, such as 2026/01/01'],
];

const REGION = /^[a-z]{2,5}(?:-[a-z]+)+-\d$/;

/**
 * The columns of AWS's table for CloudTrail, and `sourceidentity`, which AWS's table does not have: a table that was
 * made as the page says cannot tell whose calls they are.
 *
 * @see https://docs.aws.amazon.com/athena/latest/ug/create-cloudtrail-table-partition-projection.html
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
 */
const COLUMNS: readonly string[] = [
  'eventversion STRING',
  `useridentity STRUCT<
    type: STRING, principalid: STRING, arn: STRING, accountid: STRING, invokedby: STRING,
    accesskeyid: STRING, username: STRING,
    onbehalfof: STRUCT<userid: STRING, identitystorearn: STRING>,
    sessioncontext: STRUCT<
      attributes: STRUCT<mfaauthenticated: STRING, creationdate: STRING>,
      sessionissuer: STRUCT<type: STRING, principalid: STRING, arn: STRING, accountid: STRING, username: STRING>,
      ec2roledelivery: STRING,
      webidfederationdata: STRUCT<federatedprovider: STRING, attributes: MAP<STRING, STRING>>,
      sourceidentity: STRING>>`,
  ...['eventtime', 'eventsource', 'eventname', 'awsregion', 'sourceipaddress', 'useragent'].map(
    text,
  ),
  ...['errorcode', 'errormessage', 'requestparameters', 'responseelements'].map(text),
  ...['additionaleventdata', 'requestid', 'eventid', 'readonly'].map(text),
  'resources ARRAY<STRUCT<arn: STRING, accountid: STRING, type: STRING>>',
  ...['eventtype', 'apiversion', 'recipientaccountid', 'serviceeventdetails'].map(text),
  ...['sharedeventid', 'vpcendpointid', 'vpcendpointaccountid', 'eventcategory'].map(text),
  'addendum STRUCT<reason: STRING, updatedfields: STRING, originalrequestid: STRING, originaleventid: STRING>',
  ...['sessioncredentialfromconsole', 'edgedevicedetails'].map(text),
  'tlsdetails STRUCT<tlsversion: STRING, ciphersuite: STRING, clientprovidedhostheader: STRING>',
];

function text(column: string): string {
  return `${column} STRING`;
}

/**
 * The statement that makes the table. Its partitions are computed, so that no day and no account has to be added: a
 * query must name its accounts.
 *
 * @returns what is wrong with a value, in words.
 * @see https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html
 */
export function createTable(given: LogTable): Result<string, string> {
  for (const [field, allowed, words] of RULES) {
    const value = given[field];
    if (value !== null && !allowed.test(String(value))) return err(`${field} must be ${words}`);
  }
  const { database, table, bucket, prefix, organisation, regions, since } = given;
  if (regions.length === 0 || !regions.every((region) => REGION.test(region))) {
    return err('regions must be names of Regions, such as eu-central-1');
  }
  const root = `s3://${bucket}/${prefix}AWSLogs/${organisation === null ? '' : `${organisation}/`}`;
  const properties = {
    'projection.enabled': 'true',
    'projection.account.type': 'injected',
    'projection.region.type': 'enum',
    'projection.region.values': regions.join(','),
    'projection.day.type': 'date',
    'projection.day.range': `${since},NOW`,
    'projection.day.format': 'yyyy/MM/dd',
    'projection.day.interval': '1',
    'projection.day.interval.unit': 'DAYS',
    'storage.location.template': `${root}\${account}/CloudTrail/\${region}/\${day}`,
  };
  const written = Object.entries(properties).map(([name, value]) => `  '${name}' = '${value}'`);
  return ok(
    `CREATE EXTERNAL TABLE IF NOT EXISTS \`${database}\`.\`${table}\` (
  ${COLUMNS.join(',\n  ')}
)
PARTITIONED BY (\`account\` STRING, \`region\` STRING, \`day\` STRING)
ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'
STORED AS INPUTFORMAT 'com.amazon.emr.cloudtrail.CloudTrailInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'
LOCATION '${root}'
TBLPROPERTIES (
${written.join(',\n')}
)`,
  );
}
