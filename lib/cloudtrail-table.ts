import type * as glue from 'aws-cdk-lib/aws-glue';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import type { UsageConfig } from '../core/config/usage-schema.ts';
import { COLUMNS, PARTITIONS } from '../core/usage/athena-table.ts';

export const CLOUDTRAIL_TABLE = 'cloudtrail';

/**
 * The files of CloudTrail as a table, whose partitions need no upkeep. A query has to name accounts.
 *
 * @see https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html
 */
export function cloudtrailTable({ logs, regions }: UsageConfig): glue.CfnTable.TableInputProperty {
  const parts = [logs.bucket, logs.prefix, 'AWSLogs', logs.organization ?? ''];
  const location = `s3://${parts.filter((part) => part !== '').join('/')}`;
  // Queries name the Regions that they read, and the stack's own, which may not be known yet, is one of them.
  const all = RegionInfo.regions.map(({ name }) => name);
  const known = [...new Set([...all, ...(regions ?? [])])].toSorted();
  const { account, region, day } = PARTITIONS;
  const type = 'string';
  return {
    ...{ name: CLOUDTRAIL_TABLE, tableType: 'EXTERNAL_TABLE' },
    partitionKeys: [account, region, day].map((name) => ({ name, type })),
    parameters: {
      ...{ EXTERNAL: 'TRUE', classification: 'cloudtrail', 'projection.enabled': 'true' },
      [`projection.${account}.type`]: 'injected',
      [`projection.${region}.type`]: 'enum',
      [`projection.${region}.values`]: known.join(','),
      [`projection.${day}.type`]: 'date',
      [`projection.${day}.format`]: 'yyyy/MM/dd',
      [`projection.${day}.interval`]: '1',
      [`projection.${day}.interval.unit`]: 'DAYS',
      [`projection.${day}.range`]: 'NOW-1YEARS,NOW',
      'storage.location.template': `${location}/\${${account}}/CloudTrail/\${${region}}/\${${day}}`,
    },
    storageDescriptor: {
      location,
      columns: COLUMNS.map(([name, hive]) => ({ name, type: hive })),
      inputFormat: 'com.amazon.emr.cloudtrail.CloudTrailInputFormat',
      outputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
      serdeInfo: { serializationLibrary: 'org.apache.hive.hcatalog.data.JsonSerDe' },
    },
  };
}
