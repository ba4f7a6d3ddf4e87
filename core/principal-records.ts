import type { PrincipalEvent } from './audit.ts';
import type { RandomBytes } from './ids.ts';
import type { Instant } from './instant.ts';

/** What it takes to leave a record in a principal's trail of what changed nothing else. */
export type PrincipalRecords = {
  /** @returns whether it is written. */
  readonly append: (event: PrincipalEvent) => Promise<boolean>;
  readonly clock: () => Instant;
  readonly random: RandomBytes;
};
