import { addSeconds, type Instant } from './instant.ts';

/** A day in UTC: `2026-11-25`. */
export type Day = string;

const DAY_SECONDS = 86_400;

/** Whether the text is a day that there is. */
export function isDay(value: unknown): value is Day {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(value)) return false;
  const at = Date.parse(value);
  return !Number.isNaN(at) && dayOf(at) === value;
}

export function dayOf(at: Instant): Day {
  return new Date(at).toISOString().slice(0, 10);
}

export function daysLater(day: Day, count: number): Day {
  return dayOf(addSeconds(Date.parse(day), count * DAY_SECONDS));
}

/** Both days are among them; none where `to` is before `from`. */
export function daysBetween(from: Day, to: Day): readonly Day[] {
  const days: Day[] = [];
  for (let day = from; day <= to; day = daysLater(day, 1)) days.push(day);
  return days;
}
