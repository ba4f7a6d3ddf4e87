import type { Grant } from '../grant.ts';
import type { Instant } from '../instant.ts';
import { type Step, whereNext } from '../lifecycle/next-step.ts';

/** Where an execution of the workflow waits, as the workflow itself wrote it. */
export type ParkedToken = {
  readonly taskToken: string;
  /** The grant's version that the wait was chosen for. */
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
 * What the workflow has to know of a grant that was written: a new one gets its execution, a later
 * version wakes it where it changes what is waited for. Told twice, or late, it changes nothing.
 *
 * @throws what a port throws; the stream tells it again.
 */
export async function orchestrate(
  ports: OrchestratePorts,
  { grant, isNew }: { readonly grant: Grant; readonly isNew: boolean },
): Promise<'started' | 'signalled' | 'nothing'> {
  const step = whereNext(grant, ports.clock());
  if (isNew) {
    if (step.phase === 'over') return 'nothing';
    await ports.workflow.start(step);
    return 'started';
  }
  const parked = await ports.parkedToken(step.grantId);
  // A wait that was chosen for this version, or waits for the same, goes on.
  if (parked === null || parked.version >= step.version) return 'nothing';
  if (parked.waitsFor === step.phase && parked.until === step.until) return 'nothing';
  await ports.workflow.signal(parked.taskToken, step);
  return 'signalled';
}
