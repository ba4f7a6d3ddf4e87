import { Duration, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { MetricName } from '../core/metrics.ts';
import type { BundledFunction } from './bundled-function.ts';

export type AlarmSettings = {
  /** What happened, and the runbook to follow. */
  readonly about: string;
  /** Default: 1. */
  readonly threshold?: number;
  /** Periods in a row that breach. Default: 1. */
  readonly periods?: number;
  /** For a heartbeat: below the threshold it rings, and without any value too. */
  readonly silence?: boolean;
  /** Rings only as a part of others. */
  readonly part?: boolean;
};

export type MeasureSettings = {
  readonly statistic: string;
  /** Default: five minutes. */
  readonly period?: Duration;
};

/** Makes alarms that notify one topic. */
export class AlarmBell {
  private readonly scope: Construct;
  private readonly topic: sns.Topic;
  private readonly namespace: string;

  constructor(scope: Construct, topic: sns.Topic) {
    this.scope = scope;
    this.topic = topic;
    this.namespace = Stack.of(scope).stackName;
  }

  on(id: string, metric: cloudwatch.IMetric, settings: AlarmSettings): cloudwatch.Alarm {
    const { about, threshold = 1, periods = 1, silence = false, part = false } = settings;
    const { ComparisonOperator: operator, TreatMissingData: missing } = cloudwatch;
    const alarm = new cloudwatch.Alarm(this.scope, id, {
      metric,
      alarmDescription: about,
      threshold,
      evaluationPeriods: periods,
      comparisonOperator: silence
        ? operator.LESS_THAN_THRESHOLD
        : operator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: silence ? missing.BREACHING : missing.NOT_BREACHING,
    });
    if (!part) alarm.addAlarmAction(new SnsAction(this.topic));
    return alarm;
  }

  /** Rings while all of these do. */
  onAll(id: string, alarms: readonly cloudwatch.IAlarm[], about: string): void {
    const composite = new cloudwatch.CompositeAlarm(this.scope, id, {
      alarmRule: cloudwatch.AlarmRule.allOf(...alarms),
      alarmDescription: about,
    });
    composite.addAlarmAction(new SnsAction(this.topic));
  }

  /** A metric that a Lambda writes into its log (`core/metrics.ts`). */
  measure(service: string, metricName: MetricName, settings: MeasureSettings): cloudwatch.Metric {
    const { statistic, period = Duration.minutes(5) } = settings;
    const dimensionsMap = { service };
    return new cloudwatch.Metric({
      ...{ namespace: this.namespace, metricName, dimensionsMap },
      ...{ statistic, period },
    });
  }

  /** Counts the lines with this message, of all these Lambdas. */
  onLogLine(
    id: string,
    functions: readonly BundledFunction[],
    message: string,
    settings: AlarmSettings & { readonly period?: Duration },
  ): void {
    const { period = Duration.minutes(5) } = settings;
    for (const [index, { logGroup }] of functions.entries()) {
      new logs.MetricFilter(this.scope, `${id}Filter${index === 0 ? '' : index}`, {
        logGroup,
        filterPattern: logs.FilterPattern.stringValue('$.message', '=', message),
        metricNamespace: this.namespace,
        metricName: id,
      });
    }
    const { namespace } = this;
    const statistic = 'Sum';
    this.on(id, new cloudwatch.Metric({ namespace, metricName: id, statistic, period }), settings);
  }

  /** Counts the runs that throw. What a handler answers is none, whatever it says. */
  onErrors(id: string, { function: fn }: BundledFunction, about: string): void {
    this.on(id, fn.metricErrors({ period: Duration.minutes(5) }), { about });
  }

  onThrottles(id: string, { function: fn }: BundledFunction, about: string): void {
    this.on(id, fn.metricThrottles({ period: Duration.minutes(5) }), { about });
  }
}
