import type * as glue from 'aws-cdk-lib/aws-glue';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import type { UsageConfig } from '../core/config/usage-schema.ts';

export const CLOUDTRAIL_TABLE = 'cloudtrail';

/**
 * The files of CloudTrail as a table, whose partitions need no upkeep: `account`, `region` and `timestamp`, the day. A
 * query has to name accounts.
 *
 * @see https://docs.aws.amazon.com/athena/latest/ug/create-cloudtrail-table-partition-projection.html
 */
export function cloudtrailTable({ logs, regions }: UsageConfig): glue.CfnTable.TableInputProperty {
  const parts = [logs.bucket, logs.prefix, 'AWSLogs', logs.organization ?? ''];
  const location = `s3://${parts.filter((part) => part !== '').join('/')}`;
  // Queries name the Regions that they read, and the stack's own, which may not be known yet, is one of them.
  const all = RegionInfo.regions.map(({ name }) => name);
  const known = [...new Set([...all, ...(regions ?? [])])].toSorted();
  return {
    ...{ name: CLOUDTRAIL_TABLE, tableType: 'EXTERNAL_TABLE' },
    partitionKeys: ['account', 'region', 'timestamp'].map((name) => ({ name, type: 'string' })),
    parameters: {
      ...{ EXTERNAL: 'TRUE', classification: 'cloudtrail', 'projection.enabled': 'true' },
      'projection.account.type': 'injected',
      'projection.region.type': 'enum',
      'projection.region.values': known.join(','),
      'projection.timestamp.type': 'date',
      'projection.timestamp.format': 'yyyy/MM/dd',
      'projection.timestamp.interval': '1',
      'projection.timestamp.interval.unit': 'DAYS',
      'projection.timestamp.range': 'NOW-1YEARS,NOW',
      'storage.location.template': `${location}/\${account}/CloudTrail/\${region}/\${timestamp}`,
    },
    storageDescriptor: {
      location,
      columns: COLUMNS.map(([name, type]) => ({ name, type })),
      inputFormat: 'com.amazon.emr.cloudtrail.CloudTrailInputFormat',
      outputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
      serdeInfo: { serializationLibrary: 'org.apache.hive.hcatalog.data.JsonSerDe' },
    },
  };
}

/**
 * What is read of a record.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
const SESSION =
  'struct<sourceidentity:string,sessionissuer:struct<type:string,principalid:string,arn:string,accountid:string,username:string>>';
const COLUMNS: readonly (readonly [name: string, type: string])[] = [
  ['eventversion', 'string'],
  [
    'useridentity',
    `struct<type:string,principalid:string,arn:string,accountid:string,invokedby:string,accesskeyid:string,username:string,sessioncontext:${SESSION}>`,
  ],
  ...[
    ...['eventtime', 'eventsource', 'eventname', 'awsregion', 'sourceipaddress', 'useragent'],
    ...['errorcode', 'errormessage', 'requestparameters', 'additionaleventdata', 'requestid'],
    ...['eventid', 'readonly'],
  ].map((name) => [name, 'string'] as const),
  ['resources', 'array<struct<arn:string,accountid:string,type:string>>'],
  ...[
    ...['eventtype', 'apiversion', 'managementevent', 'recipientaccountid'],
    ...['sharedeventid', 'vpcendpointid', 'eventcategory'],
  ].map((name) => [name, 'string'] as const),
];
