import { Duration } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import type { BundledFunction } from './bundled-function.ts';

/** Runs the sweep every two minutes, independently of the workflow. */
export class Sweep extends Construct {
  constructor(scope: Construct, id: string, sweep: BundledFunction) {
    super(scope, id);
    new events.Rule(this, 'Schedule', {
      description: 'Valet Key: ends grants that their workflow left open',
      schedule: events.Schedule.rate(Duration.minutes(2)),
      // No retries: the next run does the same work.
      targets: [new LambdaFunction(sweep.function, { retryAttempts: 0 })],
    });
  }
}
