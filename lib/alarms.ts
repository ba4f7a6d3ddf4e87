import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { BundledFunction } from './bundled-function.ts';

export type AlarmsProps = {
  readonly kill: BundledFunction;
  readonly sweep: BundledFunction;
  readonly publish: BundledFunction;
  readonly orchestrate: BundledFunction;
  readonly tell: sns.Topic;
};

/** What people must look at, each with what to do in its description. */
export class Alarms extends Construct {
  private readonly tell: sns.Topic;

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    this.tell = props.tell;
    this.onLogLine(
      'KillSwitch',
      props.kill,
      'kill switch not written',
      'Keys of an ended grant may still work. See docs/runbooks/kill-switch-cannot-be-written.md',
    );
    this.onLogLine(
      'Mended',
      props.sweep,
      'mended',
      'The sweep had to end what the workflow did not. See docs/runbooks/stuck-in-revoking.md',
    );
    this.onErrors(
      'SweepFails',
      props.sweep,
      'Nothing ends what slips through. See docs/runbooks/broker-is-down.md',
    );
    this.onErrors(
      'PublishFails',
      props.publish,
      'Events and mails are late. See docs/runbooks/broker-is-down.md',
    );
    this.onErrors(
      'OrchestrateFails',
      props.orchestrate,
      'Grants get no workflow; the sweep ends them. See docs/runbooks/broker-is-down.md',
    );
  }

  private onLogLine(
    id: string,
    { logGroup }: BundledFunction,
    message: string,
    about: string,
  ): void {
    const filter = new logs.MetricFilter(this, `${id}Filter`, {
      logGroup,
      filterPattern: logs.FilterPattern.stringValue('$.message', '=', message),
      metricNamespace: 'ValetKey',
      metricName: id,
    });
    this.alarm(id, filter.metric({ statistic: 'Sum', period: Duration.minutes(5) }), about);
  }

  private onErrors(id: string, { function: fn }: BundledFunction, about: string): void {
    this.alarm(id, fn.metricErrors({ period: Duration.minutes(5) }), about);
  }

  private alarm(id: string, metric: cloudwatch.IMetric, alarmDescription: string): void {
    const alarm = new cloudwatch.Alarm(this, id, {
      metric,
      alarmDescription,
      threshold: 1,
      evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(new SnsAction(this.tell));
  }
}
