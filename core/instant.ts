/** A point in time: milliseconds since the Unix epoch. Times are compared as numbers, never as text. */
export type Instant = number;

const SECOND = 1000;

/** RFC 3339 in UTC; whole seconds are written without a fraction: `2026-11-23T20:00:00Z`. */
export function formatInstant(instant: Instant): string {
  return new Date(instant).toISOString().replace('.000Z', 'Z');
}

export function addSeconds(instant: Instant, seconds: number): Instant {
  return instant + seconds * SECOND;
}

/** The last whole second that is not after `instant`: IAM compares times by the second. */
export function floorToSecond(instant: Instant): Instant {
  return Math.floor(instant / SECOND) * SECOND;
}

/** Whole seconds from `from` to `to`, rounded down; negative when `to` has passed. */
export function secondsBetween(from: Instant, to: Instant): number {
  return Math.floor((to - from) / SECOND);
}
