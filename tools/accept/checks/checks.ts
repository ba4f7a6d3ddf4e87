import type { Broker } from '../broker.ts';
import type { Cdk, Outputs } from '../cdk.ts';
import type { Run } from '../names.ts';
import type { Subject } from '../write-bundle.ts';

/** What a check works with. */
export type Site = {
  readonly run: Run;
  readonly broker: Broker;
  readonly cdk: Cdk;
  readonly outputs: Outputs;
  readonly subject: Subject;
};

/** A check throws if something is not as it must be, and returns what it saw and measured. */
export type Check = {
  readonly title: string;
  readonly run: (site: Site) => Promise<readonly string[]>;
};

/** @throws Error with `what`, where it does not hold */
export function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
