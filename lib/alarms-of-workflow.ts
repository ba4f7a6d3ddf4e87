import { Duration } from 'aws-cdk-lib';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { AlarmBell } from './alarm-bell.ts';
import type { BundledFunction } from './bundled-function.ts';

const DOWN = 'See docs/runbooks/broker-is-down.md';

/** Far longer than a read of the stream takes, and shorter than the grace of the sweep with its interval. */
const STUCK_AFTER = Duration.minutes(2);

/** A Lambda that reads the table's stream, and the queue of what it did not manage. */
export type StreamReader = { readonly lambda: BundledFunction; readonly failures: sqs.Queue };

/** Whether what was written is published and gets its workflow. */
export function alarmsOfWorkflow(
  bell: AlarmBell,
  props: {
    readonly publish: StreamReader;
    readonly orchestrate: StreamReader;
    readonly stateMachine: sfn.StateMachine;
  },
): void {
  const published = { late: 'PublishFails', lost: 'PublishGaveUp' };
  onReader(bell, published, props.publish, 'Events and mails are delayed.');
  const late = 'Grants get no workflow; the sweep ends them instead.';
  const orchestrated = { late: 'OrchestrateFails', lost: 'OrchestrateGaveUp' };
  onReader(bell, orchestrated, props.orchestrate, late);
  const failed = props.stateMachine.metricFailed({ period: Duration.minutes(5) });
  bell.on('WorkflowFails', failed, {
    about: `The workflow of a grant failed; the sweep does its work. ${DOWN}`,
  });
}

/**
 * A stream handler that returns the record at which it failed counts as a success, and never as an error
 * (Lambda Developer Guide, "Configuring partial batch response"). Lambda retries that record, so that the
 * age of what it reads grows, and so does that of a handler that cannot start at all. After six hours Lambda gives up,
 * and notes it in the queue.
 */
function onReader(
  bell: AlarmBell,
  ids: { readonly late: string; readonly lost: string },
  { lambda, failures }: StreamReader,
  late: string,
): void {
  const period = Duration.minutes(1);
  const age = lambda.function.metric('IteratorAge', { statistic: 'Maximum', period });
  bell.on(ids.late, age, {
    about: `${late} ${DOWN}`,
    threshold: STUCK_AFTER.toMilliseconds(),
    periods: 2,
  });
  bell.on(ids.lost, failures.metricApproximateNumberOfMessagesVisible(), {
    about: `Changes were not read for six hours and are left over. ${DOWN}`,
  });
}
