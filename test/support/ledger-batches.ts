/**
 * Units that a batch of events takes of the table on its way into the log. `test/adapters/dynamodb/ledger-costs.test.ts`
 * counts them, the benchmark multiplies them by prices.
 */
export type Batch = {
  readonly events: number;
  readonly writeUnits: number;
  readonly readUnits: number;
};

export const QUIET: Batch = { events: 1, writeUnits: 6, readUnits: 5 };
export const BUSY: Batch = { events: 25, writeUnits: 58, readUnits: 29 };
export const FULL: Batch = { events: 96, writeUnits: 208, readUnits: 101 };
