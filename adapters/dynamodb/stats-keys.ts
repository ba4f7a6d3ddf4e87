import type { CountedEvent } from '../../core/stats/stats-ports.ts';
import type { Key } from './keys.ts';

/** The figures: every write of them is made on this item. */
export const STATS_HEAD_KEY: Key = { pk: 'STATS', sk: 'HEAD' };

/** The counters of a day. */
export function statsDayKey(date: string): Key {
  return { pk: 'STATS', sk: `DAY#${date}` };
}

/** Exists where the event is counted in this edition of its day. */
export function countedEventKey({ date, edition, id }: CountedEvent): Key {
  return { pk: `STATS#${date}#${edition}`, sk: `EVENT#${id}` };
}

/** What the grant was last counted as. */
export function countedGrantKey(edition: number, grantId: string): Key {
  return { pk: `STATS#GRANTS#${edition}`, sk: `GRANT#${grantId}` };
}
