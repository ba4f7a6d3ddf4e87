import type { Instant } from '../instant.ts';

/**
 * What a restored table must be set to before the broker may use it. A restore takes over data, indexes, capacity and
 * encryption, and nothing of this.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_RestoreTableToPointInTime.html
 */
export type TableSettings = {
  /** `NEW_IMAGE`, another view, or null where the table has no stream. */
  readonly stream: string | null;
  /** The attribute that items are deleted by; null where none are. */
  readonly timeToLive: string | null;
  readonly pointInTimeRecovery: boolean;
  readonly deletionProtection: boolean;
};

export type FoundTable = TableSettings & {
  readonly name: string;
  readonly arn: string;
  /** `ACTIVE` once it can be used. */
  readonly status: string;
  readonly streamArn: string | null;
  /** The customer managed key; null where AWS's own key encrypts the table. */
  readonly keyArn: string | null;
  readonly indexes: readonly string[];
  /** The moment whose data it has; null for a table that was not restored. */
  readonly restoredTo: Instant | null;
};

export type Setting = keyof TableSettings;

const WANTED: TableSettings = {
  stream: 'NEW_IMAGE',
  timeToLive: 'ttl',
  pointInTimeRecovery: true,
  deletionProtection: true,
};

/** What `valetkey recover` sets, in this order: a stream that is another one cannot be changed, only replaced. */
export function settingsToMake(found: TableSettings): readonly Setting[] {
  return (Object.keys(WANTED) as Setting[]).filter((one) => found[one] !== WANTED[one]);
}

/** The index that the next version drops is no reason to refuse a table. */
const INDEXES = ['byRequester', 'byDue', 'byStatusShard'];

/** Why the broker cannot work on this table, whatever is set; empty where it can. */
export function whyUnusable(found: FoundTable): readonly string[] {
  const lacking = INDEXES.filter((index) => !found.indexes.includes(index));
  return [
    ...(found.status === 'ACTIVE' ? [] : [`it is ${found.status}, not ACTIVE: wait until it is`]),
    ...(lacking.length === 0
      ? []
      : [`it lacks the index ${lacking.join(', ')}: restore it with all its indexes`]),
    ...(found.keyArn === null
      ? ['AWS’s own key encrypts it: restore it with the key of the broker’s table']
      : []),
    ...(found.stream === null || found.stream === WANTED.stream
      ? []
      : [`its stream has ${found.stream}, not ${WANTED.stream}: disable that stream first`]),
    ...(found.timeToLive === null || found.timeToLive === WANTED.timeToLive
      ? []
      : [`it deletes items by ${found.timeToLive}, not ${WANTED.timeToLive}: disable that first`]),
  ];
}
