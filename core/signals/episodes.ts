import { addSeconds, type Instant } from '../instant.ts';

/** From the first event of a signal that goes on to the latest one. */
export type Episode = { readonly from: Instant; readonly until: Instant };

/** Far more than anybody has within the time that they are kept for. */
export const MOST_EPISODES = 100;

/** For longer than notices come again, and than the search for missed events looks back with signals. */
export const EPISODES_SECONDS = 30 * 86_400;

export type Joined = {
  /** Whether the event is the first of an episode that nobody knew. */
  readonly begins: boolean;
  /** In the order of time. */
  readonly episodes: readonly Episode[];
};

/**
 * The episodes of a signal once an event has joined them. An event that comes late may go on with an earlier episode, or
 * begin one that was over before the next.
 *
 * @param known In the order of time.
 */
export function joinEpisode(known: readonly Episode[], at: Instant, quietSeconds: number): Joined {
  const touches = ({ from, until }: Episode) =>
    at >= addSeconds(from, -quietSeconds) && at <= addSeconds(until, quietSeconds);
  const touched = known.filter(touches);
  const [oldest] = known;
  // What was before is not known any more.
  const forgotten = known.length >= MOST_EPISODES && oldest !== undefined && at < oldest.from;
  if (forgotten && touched.length === 0) return { begins: false, episodes: known };
  const joined = {
    from: Math.min(at, ...touched.map(({ from }) => from)),
    until: Math.max(at, ...touched.map(({ until }) => until)),
  };
  const all = [...known.filter((one) => !touches(one)), joined].toSorted((a, b) => a.from - b.from);
  const last = Math.max(...all.map(({ until }) => until));
  const kept = all.filter(({ until }) => until >= addSeconds(last, -EPISODES_SECONDS));
  return { begins: touched.length === 0, episodes: kept.slice(-MOST_EPISODES) };
}
