import { type BundleLine, bundleRow } from './event-rows.ts';
import type { LedgerLine } from './ledger-line.ts';
import type { Row } from './tables.ts';

/** Which policy bundles were in force in a period, and since when. */

export type BundleInForce = {
  /** As decisions name it. */
  readonly bundle: string;
  /** Where the broker has it, beside the files of the ledger. */
  readonly file: string;
  /** When its deployment was recorded. */
  readonly from: string;
  /** When that of the next one was; null if it was in force at the end. */
  readonly until: string | null;
};

export type BundlesInForce = {
  readonly inForce: readonly BundleInForce[];
  /** Something happened in the period before the ledger names a bundle. */
  readonly gap: boolean;
};

export function bundlesInForce() {
  let last: { readonly line: BundleLine; readonly index: number } | null = null;
  let started = false;
  let gap = false;
  const found: BundleLine[] = [];
  const atStart = (): readonly Row[] => {
    if (started) return [];
    started = true;
    if (last === null) return [];
    found.push(last.line);
    return [bundleRow(last.line, last.index, 'at the start')];
  };
  return {
    before: (line: LedgerLine, index: number): void => {
      if (line.type === 'bundle-deployed') last = { line, index };
    },
    /** @returns at the first event the row of the bundle that was in force when the period began. */
    within: (line: LedgerLine): readonly Row[] => {
      const rows = atStart();
      if (line.type === 'bundle-deployed') found.push(line);
      else gap ||= found.length === 0;
      return rows;
    },
    /** For a period in which nothing happened. */
    atStart,
    all: (): BundlesInForce => ({
      gap,
      inForce: found.map(({ bundle, file, at }, place) => {
        return { bundle, file, from: at, until: found[place + 1]?.at ?? null };
      }),
    }),
  };
}
