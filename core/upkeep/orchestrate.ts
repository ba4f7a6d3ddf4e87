import type { Grant } from '../grant.ts';
import type { Instant } from '../instant.ts';
import { nextStep, type Step } from '../lifecycle/next-step.ts';

/** Where an execution of the workflow waits, as the workflow itself recorded it. */
export type ParkedToken = {
  readonly taskToken: string;
  /** The version of the grant that the wait was chosen for. */
  readonly version: number;
  readonly waitsFor: string;
  readonly until: string;
};

export type OrchestratePorts = {
  readonly workflow: {
    readonly start: (step: Step) => Promise<void>;
    readonly signal: (taskToken: string, step: Step) => Promise<void>;
  };
  readonly parkedToken: (grantId: string) => Promise<ParkedToken | null>;
  readonly clock: () => Instant;
};

/**
 * Keeps the workflow in step with a grant that was written: a new grant gets an execution, and a later
 * version wakes it if it changes what the execution waits for. A repeated or late record changes nothing.
 *
 * @throws what a port throws; the stream delivers the record again.
 */
export async function orchestrate(
  ports: OrchestratePorts,
  { grant, isNew }: { readonly grant: Grant; readonly isNew: boolean },
): Promise<'started' | 'signalled' | 'nothing'> {
  const step = nextStep(grant, ports.clock());
  if (isNew) {
    if (step.phase === 'over') return 'nothing';
    await ports.workflow.start(step);
    return 'started';
  }
  const parked = await ports.parkedToken(step.grantId);
  // A wait that was chosen for this version, or for the same reason, continues.
  if (parked === null || parked.version >= step.version) return 'nothing';
  if (parked.waitsFor === step.phase && parked.until === step.until) return 'nothing';
  await ports.workflow.signal(parked.taskToken, step);
  return 'signalled';
}
