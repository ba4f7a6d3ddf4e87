import { Aws, CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { ledgerRoleArn } from '../core/accounts/names.ts';
import type { Config } from '../core/config/config-file.ts';
import { AlarmBell } from './alarm-bell.ts';
import { STATE_OUTPUTS, stateOf } from './broker-state.ts';
import { originOf } from './ledger.ts';
import { COPY_RULE, copyBucketName } from './second-region-names.ts';
import { signingKeyReplica } from './signing-key.ts';
import { stateTable } from './state-table.ts';
import { subscribe, topic } from './topic.ts';

export type StandbyStackProps = StackProps & {
  /** The configuration of the first Region. */
  readonly config: Config & { readonly region: string };
};

/**
 * What must be in the second Region before the first is lost: a replica of the ledger's key, a key for a restored table,
 * and an empty table, which the standby uses until then. No replica of the table: whatever writes to one, such as the
 * standby's own quarantine, would be in force in the first Region too.
 */
export class StandbyStack extends Stack {
  constructor(scope: Construct, id: string, props: StandbyStackProps) {
    super(scope, id, props);
    const { config } = props;
    const first = stateOf(config, config.region).ledger;
    const place = { partition: Aws.PARTITION, account: this.account };
    const signer = ledgerRoleArn(place, config.stackName);
    const ledgerKey = signingKeyReplica(this, first.keyArn, signer, config);
    const { table, key } = stateTable(this, config);
    const copy = copyBucketName(config);
    this.watch(config, { SourceBucket: first.bucket, DestinationBucket: copy });

    this.output(STATE_OUTPUTS.tableName, table.tableName);
    this.output(STATE_OUTPUTS.streamArn, table.tableStreamArn ?? '');
    this.output(STATE_OUTPUTS.tableKeyArn, key.keyArn);
    this.output(STATE_OUTPUTS.bucket, copy);
    this.output(STATE_OUTPUTS.ledgerKeyArn, ledgerKey.attrArn);
    this.output('LedgerOrigin', originOf(config, { account: this.account, region: config.region }));
  }

  /**
   * What is not copied is lost with the first Region. S3 has this metric where the copy is (Amazon S3 User Guide,
   * "Using S3 Replication metrics").
   */
  private watch({ mails }: Config, buckets: cloudwatch.DimensionsMap): void {
    const security = topic(this, 'Security', 'Valet Key: the second Region');
    subscribe(security, mails.security);
    const latency = new cloudwatch.Metric({
      ...{ namespace: 'AWS/S3', metricName: 'ReplicationLatency', statistic: 'Maximum' },
      dimensionsMap: { ...buckets, RuleId: COPY_RULE },
      period: Duration.minutes(5),
    });
    new AlarmBell(this, security).on('LedgerCopyLate', latency, {
      about:
        'The copy of the ledger in the second Region is a quarter of an hour behind. See docs/runbooks/region-lost.md',
      threshold: Duration.minutes(15).toSeconds(),
      periods: 2,
    });
  }

  private output(name: string, value: string): void {
    new CfnOutput(this, name, { value });
  }
}
