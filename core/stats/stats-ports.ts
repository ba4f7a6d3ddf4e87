import type { Day } from '../day.ts';
import type { Unavailable } from '../failure.ts';
import type { Instant } from '../instant.ts';
import type { Result } from '../result.ts';
import type { Conflict } from '../retry-on-conflict.ts';
import type { CountedAs, Gauges } from './gauges.ts';
import type { Tally } from './tally.ts';

/** Every write is made on the head that was read before everything else, and none gets through on an older one. */
export type StatsHead = {
  /** Zero before the first write. */
  readonly version: number;
  /** What grants are counted as belongs to it: without a head, every grant is counted anew. */
  readonly edition: number;
  readonly gauges: Gauges;
  /** The time of the latest event that was counted; null before the first. */
  readonly countedAt: Instant | null;
  /** Until when every event is known to be counted; null before the first look. */
  readonly checkedUntil: Instant | null;
};

/** An event is counted once in each edition of its day; a new edition begins with an empty tally. */
export type StatsDay = { readonly edition: number; readonly tally: Tally };

export type CountedEvent = {
  readonly date: Day;
  readonly edition: number;
  readonly id: string;
};

export type StatsChange = {
  readonly head: Omit<StatsHead, 'version'>;
  readonly days: ReadonlyMap<Day, StatsDay>;
  readonly events: readonly CountedEvent[];
  readonly grants: ReadonlyMap<string, CountedAs>;
};

/** Everything is read consistently. */
export type StatsStore = {
  readonly head: () => Promise<Result<StatsHead, Unavailable>>;
  /** A day on which nothing was counted is not among them. */
  readonly days: (
    dates: readonly Day[],
  ) => Promise<Result<ReadonlyMap<Day, StatsDay>, Unavailable>>;
  /** The ids of those events that are counted. */
  readonly counted: (
    events: readonly CountedEvent[],
  ) => Promise<Result<ReadonlySet<string>, Unavailable>>;
  /** What grants were last counted as; those that never were are not among them. */
  readonly grants: (
    edition: number,
    ids: readonly string[],
  ) => Promise<Result<ReadonlyMap<string, CountedAs>, Unavailable>>;
  /** Writes everything, or nothing where the head is not this version any more. */
  readonly write: (
    version: number,
    change: StatsChange,
  ) => Promise<Result<null, Conflict | Unavailable>>;
};
