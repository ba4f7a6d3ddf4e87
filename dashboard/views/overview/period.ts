import { type Day, dayOf, daysLater, isDay } from '../../../core/day.ts';

/** Which days the figures are of; both are among them, and days are in UTC, as the broker counts. */
export type Period = {
  readonly from: Day;
  readonly to: Day;
  /** How many days up to today, where the person chose so. */
  readonly days: number | null;
};

export const PRESETS = [7, 30, 90] as const;

export function periodOf(query: URLSearchParams, now: number): Period {
  const today = dayOf(now);
  const [from, to] = [query.get('from'), query.get('to')];
  if (isDay(from) && isDay(to) && from <= to) return { from, to, days: null };
  const days = PRESETS.find((one) => String(one) === query.get('days')) ?? PRESETS[0];
  return { from: daysLater(today, 1 - days), to: today, days };
}
