import { Duration } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Construct } from 'constructs';
import type { BundledFunction } from './bundled-function.ts';

export type Schedule = { readonly minutes: number; readonly description: string };

/**
 * Runs a Lambda again and again. A run that fails is not repeated, because the next one does the same work: neither does
 * EventBridge bring it again, nor does Lambda, which otherwise tries twice more after an error or a time-out.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
export function runEvery(
  scope: Construct,
  { function: fn }: BundledFunction,
  { minutes, description }: Schedule,
): void {
  fn.configureAsyncInvoke({ retryAttempts: 0 });
  new events.Rule(scope, 'Schedule', {
    description,
    schedule: events.Schedule.rate(Duration.minutes(minutes)),
    targets: [new LambdaFunction(fn, { retryAttempts: 0 })],
  });
}
