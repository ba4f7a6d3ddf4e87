import { Duration, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { MetricName } from '../core/metrics.ts';
import { METRICS } from '../core/metrics.ts';
import type { AlarmsProps } from './alarms.ts';
import type { BundledFunction } from './bundled-function.ts';

export type DashboardProps = Pick<
  AlarmsProps,
  'publish' | 'orchestrate' | 'stateMachine' | 'log' | 'answering'
> & { readonly accessLogs: LogGroup };

type Line = cloudwatch.IMetric;

/** Answers the four questions of a bad night, one in each row. */
export class Dashboard extends Construct {
  private readonly namespace: string;

  constructor(scope: Construct, id: string, props: DashboardProps) {
    super(scope, id);
    const { region, stackName } = Stack.of(this);
    this.namespace = stackName;
    const dashboard = new cloudwatch.Dashboard(this, 'Dashboard', {
      // Dashboards are global (Amazon CloudWatch User Guide, "Using Amazon CloudWatch dashboards").
      dashboardName: `${stackName}-${region}`,
      defaultInterval: Duration.hours(3),
    });
    for (const [question, row] of this.rows(props)) {
      const title = new cloudwatch.TextWidget({ markdown: `## ${question}`, width: 24, height: 1 });
      dashboard.addWidgets(title);
      dashboard.addWidgets(...row);
    }
  }

  private rows(props: DashboardProps): readonly [string, cloudwatch.IWidget[]][] {
    return [
      ['Are vends served?', this.vends(props)],
      ['Do kills work, and how fast?', this.kills()],
      ['What waits?', this.waiting(props)],
      ['Who is being refused?', this.refused(props)],
    ];
  }

  private vends({ answering: { vend } }: DashboardProps): cloudwatch.IWidget[] {
    const of = (metric: MetricName, statistic: string) => this.measure('vend', metric, statistic);
    return [
      graph('Vends', [of('Vends', 'Sum'), of('VendFailed', 'Sum'), throttles(vend)]),
      graph('Time to keys, in ms', [
        of('VendLatency', 'p50'),
        of('VendLatency', 'p99'),
        ...[of('DecisionLatency', 'p99'), of('StsLatency', 'p99')],
      ]),
      graph('Why vends fail', [this.each('VendFailures')]),
    ];
  }

  private kills(): cloudwatch.IWidget[] {
    const of = (metric: MetricName, statistic: string) =>
      this.measure('publish', metric, statistic);
    return [
      graph('Time to revoke, in seconds', [
        of('KillSeconds', 'p50'),
        ...[of('KillSeconds', 'p99'), of('KillSeconds', 'Maximum')],
      ]),
      graph('Kills that failed', [of('KillFailures', 'Sum'), of('KeysOutlived', 'Sum')]),
      graph('What the sweep had to repair', [this.measure('sweep', 'SweepFound', 'Sum')]),
    ];
  }

  private waiting(props: DashboardProps): cloudwatch.IWidget[] {
    const { publish, orchestrate, stateMachine, log } = props;
    const statistic = 'Maximum';
    const age = ({ lambda }: { readonly lambda: BundledFunction }): Line =>
      lambda.function.metric('IteratorAge', { statistic, label: lambda.node.id });
    return [
      graph('Age of what the stream readers read, in ms', [age(publish), age(orchestrate)]),
      graph('The ledger, in seconds', [
        this.measure('ledger', 'LedgerLag', statistic),
        log.notices.metricApproximateAgeOfOldestMessage({ label: 'oldest notice' }),
      ]),
      graph('Left over', [
        publish.failures.metricApproximateNumberOfMessagesVisible({ label: 'publish' }),
        orchestrate.failures.metricApproximateNumberOfMessagesVisible({ label: 'orchestrate' }),
        log.failures.metricApproximateNumberOfMessagesVisible({ label: 'ledger' }),
        stateMachine.metricFailed({ label: 'failed workflows' }),
      ]),
    ];
  }

  private refused({ accessLogs }: DashboardProps): cloudwatch.IWidget[] {
    return [
      graph('Calls by outcome', [this.each('Requests')]),
      graph('Refused tokens and limits', [this.each('TokensRefused'), this.each('Throttled')]),
      new cloudwatch.LogQueryWidget({
        title: 'Refused calls by address',
        logGroupNames: [accessLogs.logGroupName],
        view: cloudwatch.LogQueryVisualizationType.TABLE,
        queryLines: [
          'filter status >= 400 and status < 500',
          'stats count(*) as calls by sourceIp, routeKey, status',
          'sort calls desc',
          'limit 20',
        ],
        ...SIZE,
      }),
    ];
  }

  private measure(service: string, metricName: MetricName, statistic: string): Line {
    const dimensionsMap = { service };
    return new cloudwatch.Metric({
      ...{ namespace: this.namespace, metricName, dimensionsMap, statistic },
      label: `${metricName} ${statistic === 'Sum' ? '' : statistic}`.trim(),
    });
  }

  /** A line for each value of the metric's second dimension, whatever values there are. */
  private each(metric: MetricName): Line {
    const schema = `{"${this.namespace}",service,${METRICS[metric].by}}`;
    return new cloudwatch.MathExpression({
      expression: `SEARCH('${schema} MetricName="${metric}"', 'Sum', 300)`,
      label: '',
    });
  }
}

const SIZE = { width: 8, height: 6 };

function graph(title: string, left: readonly Line[]): cloudwatch.IWidget {
  return new cloudwatch.GraphWidget({ title, left: [...left], ...SIZE });
}

function throttles({ function: fn }: BundledFunction): Line {
  return fn.metricThrottles({ label: 'throttled' });
}
