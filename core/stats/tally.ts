import type { Outcome } from '../decision.ts';
import type { Requester } from '../grant.ts';
import type { Instant } from '../instant.ts';
import type { Sketch } from './sketch.ts';

/**
 * What happened in some time, as counters: tallies of two times add up to that of both. Names of counters are words
 * separated by spaces; the last one may be an id of the bundle.
 */
export type Tally = {
  readonly counts: ReadonlyMap<string, number>;
  /** The greatest value of each measure. */
  readonly greatest: ReadonlyMap<string, number>;
  /** The latest signals, the latest first. */
  readonly signals: readonly RaisedSignal[];
};

export type RaisedSignal = {
  readonly kind: string;
  readonly principal: Requester;
  readonly at: Instant;
  readonly count: number;
};

export const EMPTY_TALLY: Tally = { counts: new Map(), greatest: new Map(), signals: [] };

export const MOST_SIGNALS = 100;

/** Milliseconds from the order to revoke until the kill switch was read back. */
export const REVOKE_MS = 'revokeMs';
/** Seconds from the request to its approval. */
export const APPROVE_SECONDS = 'approveSeconds';
type Measure = typeof REVOKE_MS | typeof APPROVE_SECONDS;

export const VENDS = 'vends';
export const REVOKED = 'revoked';
export const SIGNALS = 'signals';
export const BREAK_GLASS = 'breakGlass';
/** All events, whatever they count for: a day that has them all can be told from one that has not. */
export const EVENTS = 'events';

export const outcomeCounter = (outcome: Outcome): string => `outcome ${outcome}`;
export const policyCounter = (policy: string): string => `policy ${policy}`;
export const entitlementCounter = (what: Outcome | typeof VENDS, id: string): string =>
  `${what} of ${id}`;
export const bucketCounter = (measure: Measure, bucket: number): string => `${measure} ${bucket}`;

/** The id that is the last word of each counter whose name begins so, with its count. */
export function countsAfter({ counts }: Tally, beginning: string): readonly [string, number][] {
  return [...counts].flatMap(([name, count]): [string, number][] =>
    name.startsWith(beginning) ? [[name.slice(beginning.length), count]] : [],
  );
}

export function countIn({ counts }: Tally, name: string): number {
  return counts.get(name) ?? 0;
}

export function sketchIn(tally: Tally, measure: Measure): Sketch {
  const buckets = countsAfter(tally, bucketCounter(measure, 0).slice(0, -1));
  return {
    buckets: new Map(buckets.map(([bucket, count]) => [Number(bucket), count])),
    max: tally.greatest.get(measure) ?? 0,
  };
}

export function addTallies(tallies: readonly Tally[]): Tally {
  const counts = new Map<string, number>();
  const greatest = new Map<string, number>();
  for (const tally of tallies) {
    for (const [name, count] of tally.counts) counts.set(name, (counts.get(name) ?? 0) + count);
    for (const [name, value] of tally.greatest) {
      greatest.set(name, Math.max(value, greatest.get(name) ?? value));
    }
  }
  const signals = tallies.flatMap((tally) => tally.signals).toSorted((a, b) => b.at - a.at);
  return { counts, greatest, signals: signals.slice(0, MOST_SIGNALS) };
}
