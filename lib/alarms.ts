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
  /** The topic that every alarm notifies. */
  readonly topic: sns.Topic;
};

/** The alarms that need a person. Each description names the runbook to follow. */
export class Alarms extends Construct {
  private readonly topic: sns.Topic;

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    this.topic = props.topic;
    this.onLogLine(
      'KillSwitch',
      props.kill,
      'kill switch not written',
      'The kill switch could not be written: keys of an ended grant may still work. See docs/runbooks/kill-switch-cannot-be-written.md',
    );
    this.onLogLine(
      'Overflow',
      props.kill,
      'kill switch overflow',
      'A role has no room for all of its ended grants, so sessions that have not ended are denied. See docs/runbooks/kill-switch-cannot-be-written.md',
    );
    this.onLogLine(
      'Repaired',
      props.sweep,
      'repaired',
      'The sweep did what a workflow or an interrupted order had left undone. See docs/runbooks/stuck-in-revoking.md',
    );
    this.onErrors(
      'SweepFails',
      props.sweep,
      'The sweep fails: grants that their workflow leaves open are not ended. See docs/runbooks/broker-is-down.md',
    );
    this.onStuckStream(
      'PublishFails',
      props.publish,
      'Events and mails are delayed. See docs/runbooks/broker-is-down.md',
    );
    this.onStuckStream(
      'OrchestrateFails',
      props.orchestrate,
      'Grants get no workflow; the sweep ends them instead. See docs/runbooks/broker-is-down.md',
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

  /**
   * A stream handler that returns the record at which it failed counts as a success, and never as an error
   * (Lambda Developer Guide, "Configuring partial batch response"). Lambda retries that record, so that the
   * age of what it reads grows, and so does that of a handler that cannot start at all.
   */
  private onStuckStream(id: string, { function: fn }: BundledFunction, about: string): void {
    const period = Duration.minutes(1);
    const metric = fn.metric('IteratorAge', { statistic: 'Maximum', period });
    this.alarm(id, metric, about, STUCK_AFTER.toMilliseconds(), 2);
  }

  private onErrors(id: string, { function: fn }: BundledFunction, about: string): void {
    this.alarm(id, fn.metricErrors({ period: Duration.minutes(5) }), about);
  }

  private alarm(
    id: string,
    metric: cloudwatch.IMetric,
    alarmDescription: string,
    threshold = 1,
    evaluationPeriods = 1,
  ): void {
    const alarm = new cloudwatch.Alarm(this, id, {
      metric,
      alarmDescription,
      threshold,
      evaluationPeriods,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(new SnsAction(this.topic));
  }
}

/** Far longer than a read of the stream takes, and shorter than the grace of the sweep with its interval. */
const STUCK_AFTER = Duration.minutes(2);
