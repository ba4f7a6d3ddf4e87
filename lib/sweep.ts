import { Duration } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import type { BundledFunction } from './bundled-function.ts';

/** Every two minutes, independent of the workflow. */
export class Sweep extends Construct {
  constructor(scope: Construct, id: string, sweep: BundledFunction) {
    super(scope, id);
    new events.Rule(this, 'Schedule', {
      description: 'Valet Key: ends what slipped through',
      schedule: events.Schedule.rate(Duration.minutes(2)),
      // The next run does the same: no need to repeat this one.
      targets: [new LambdaFunction(sweep.function, { retryAttempts: 0 })],
    });
  }
}
