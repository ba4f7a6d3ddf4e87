import { Duration } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { CfnDeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { BundledFunction } from './bundled-function.ts';
import { DELIVERY_LATE } from './delivery.ts';
import type { Ledger } from './ledger.ts';
import type { Observer } from './observer.ts';

export type AlarmsProps = {
  readonly kill: BundledFunction;
  readonly sweep: BundledFunction;
  readonly publish: BundledFunction;
  readonly orchestrate: BundledFunction;
  readonly ledger: BundledFunction;
  readonly log: Ledger;
  readonly observer: Observer;
  readonly api: HttpApi;
  /** The Lambdas that answer its calls. */
  readonly answering: readonly BundledFunction[];
  /** Where events are delivered to a SIEM. */
  readonly delivery:
    | { readonly deliver: BundledFunction; readonly stream: CfnDeliveryStream }
    | undefined;
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
      [props.kill],
      'kill switch not written',
      'The kill switch could not be written: keys of an ended grant may still work. See docs/runbooks/kill-switch-cannot-be-written.md',
    );
    this.onLogLine(
      'Overflow',
      [props.kill],
      'kill switch overflow',
      'A role has no room for all of its ended grants, so sessions that have not ended are denied. See docs/runbooks/kill-switch-cannot-be-written.md',
    );
    this.onLogLine(
      'Repaired',
      [props.sweep],
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
    this.ofApi(props);
    this.ofLedger(props);
    this.ofObserver(props);
    if (props.delivery !== undefined) this.ofDelivery(props.delivery);
  }

  /** What its Lambdas log as an error is answered with 5xx, and so is a Lambda that does not start or end in time. */
  private ofApi({ api, answering }: AlarmsProps): void {
    this.alarm(
      'ApiFails',
      api.metricServerError({ statistic: 'Sum', period: Duration.minutes(5) }),
      'Calls of the API fail, five or more in five minutes. See docs/runbooks/broker-is-down.md',
      API_FAILURES,
    );
    this.onLogLine(
      'RefusalLost',
      answering,
      'refusal not recorded',
      `A call was refused and left no event: only the log has it. ${LEDGER_RUNBOOK}`,
    );
  }

  private ofDelivery({ deliver, stream }: NonNullable<AlarmsProps['delivery']>): void {
    const late = new cloudwatch.Metric({
      namespace: 'AWS/Firehose',
      metricName: 'DeliveryToS3.DataFreshness',
      dimensionsMap: { DeliveryStreamName: stream.ref },
      statistic: 'Maximum',
      period: Duration.minutes(5),
    });
    const about = `Events do not reach the bucket of the SIEM. ${DELIVERY_RUNBOOK}`;
    this.alarm('DeliveryLate', late, about, DELIVERY_LATE.toSeconds());
    this.onErrors('DeliveryFails', deliver, `Events are not delivered. ${DELIVERY_RUNBOOK}`);
    this.onLogLine(
      'DeliveryGaveUp',
      [deliver],
      'event not delivered',
      `The stream has records that are no event of the trail. ${DELIVERY_RUNBOOK}`,
    );
  }

  private ofLedger({ ledger, log }: AlarmsProps): void {
    this.onLogLine(
      'LedgerBroken',
      [ledger],
      'ledger broken',
      `The files of the ledger contradict the order of its entries; nothing is signed. ${LEDGER_RUNBOOK}`,
    );
    this.onLogLine(
      'LedgerMissed',
      [ledger],
      'ledger missed events',
      `Events came into the ledger late: no notice of them had arrived. ${LEDGER_RUNBOOK}`,
    );
    if (log.hasWitnesses) this.onUnwitnessed(ledger);
    this.onErrors('LedgerFails', ledger, `The ledger fails: its files are old. ${LEDGER_RUNBOOK}`);
    this.onLedgerLag(ledger);
    const age = log.notices.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(1) });
    const lags = `Events wait for the ledger. ${LEDGER_RUNBOOK}`;
    this.alarm('LedgerWaits', age, lags, LEDGER_LAG.toSeconds(), 2);
    const failed = log.failures.metricApproximateNumberOfMessagesVisible();
    this.alarm('LedgerGaveUp', failed, `Notices of events are left over. ${LEDGER_RUNBOOK}`);
  }

  private ofObserver({ observer: { notices, failures } }: AlarmsProps): void {
    const age = notices.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(1) });
    const behind = `The figures are behind. ${FIGURES_RUNBOOK}`;
    this.alarm('FiguresWait', age, behind, FIGURES_LAG.toSeconds(), 2);
    const failed = failures.metricApproximateNumberOfMessagesVisible();
    this.alarm('FiguresGaveUp', failed, `Notices of events are left over. ${FIGURES_RUNBOOK}`);
  }

  private onUnwitnessed(ledger: BundledFunction): void {
    this.onLogLine(
      'LedgerUnwitnessed',
      [ledger],
      'checkpoint not cosigned',
      `A witness has not cosigned the ledger for half an hour. ${LEDGER_RUNBOOK}`,
      { period: Duration.hours(1), threshold: UNWITNESSED_ROUNDS },
    );
  }

  /** Seconds from an event to the checkpoint that covers it. */
  private onLedgerLag({ logGroup }: BundledFunction): void {
    const filter = new logs.MetricFilter(this, 'LedgerLagFilter', {
      logGroup,
      filterPattern: logs.FilterPattern.stringValue('$.message', '=', 'ledger published'),
      metricNamespace: 'ValetKey',
      metricName: 'LedgerLag',
      metricValue: '$.lagSeconds',
      unit: cloudwatch.Unit.SECONDS,
    });
    const metric = filter.metric({ statistic: 'Maximum', period: Duration.minutes(5) });
    const about = `Events come into the ledger late. ${LEDGER_RUNBOOK}`;
    this.alarm('LedgerLag', metric, about, LEDGER_LAG.toSeconds());
  }

  private onLogLine(
    id: string,
    functions: readonly BundledFunction[],
    message: string,
    about: string,
    { period, threshold } = { period: Duration.minutes(5), threshold: 1 },
  ): void {
    const metric = { namespace: 'ValetKey', metricName: id };
    for (const [index, { logGroup }] of functions.entries()) {
      new logs.MetricFilter(this, `${id}Filter${index === 0 ? '' : index}`, {
        logGroup,
        filterPattern: logs.FilterPattern.stringValue('$.message', '=', message),
        metricNamespace: metric.namespace,
        metricName: metric.metricName,
      });
    }
    this.alarm(
      id,
      new cloudwatch.Metric({ ...metric, statistic: 'Sum', period }),
      about,
      threshold,
    );
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

/** A single one may be a time-out of AWS, which the caller is told to repeat. */
const API_FAILURES = 5;
/** Of twelve an hour. */
const UNWITNESSED_ROUNDS = 6;
const LEDGER_RUNBOOK = 'See docs/runbooks/ledger.md';
const DELIVERY_RUNBOOK = 'See docs/runbooks/delivery.md';
const FIGURES_RUNBOOK = 'See docs/runbooks/figures.md';
const FIGURES_LAG = Duration.minutes(15);
const LEDGER_LAG = Duration.minutes(5);

/** Far longer than a read of the stream takes, and shorter than the grace of the sweep with its interval. */
const STUCK_AFTER = Duration.minutes(2);
