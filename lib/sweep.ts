import { Construct } from 'constructs';
import type { BundledFunction } from './bundled-function.ts';
import { runEvery } from './schedule.ts';

/** Runs the sweep every two minutes, independently of the workflow. */
export class Sweep extends Construct {
  constructor(scope: Construct, id: string, sweep: BundledFunction) {
    super(scope, id);
    runEvery(this, sweep, {
      minutes: 2,
      description: 'Valet Key: ends grants that their workflow left open',
    });
  }
}
