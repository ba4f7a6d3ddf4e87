import { isDay } from '../day.ts';
import type { Instant } from '../instant.ts';
import { err, ok, type Result } from '../result.ts';

/** What an export is about: from the first moment of a day up to, not including, `to`. */
export type Period = {
  readonly from: Instant;
  readonly to: Instant;
  /** The days as they were asked for, both included. */
  readonly firstDay: string;
  readonly lastDay: string;
};

const DAY_MS = 86_400_000;

/** The days from one to another in UTC, both included; or what is wrong with them. */
export function periodOf(firstDay: string, lastDay: string): Result<Period, string> {
  const from = startOf(firstDay);
  const last = startOf(lastDay);
  if (from === null) return err(`"${firstDay}" is no day.`);
  if (last === null) return err(`"${lastDay}" is no day.`);
  if (last < from) return err(`The period ends (${lastDay}) before it begins (${firstDay}).`);
  return ok({ from, to: last + DAY_MS, firstDay, lastDay });
}

function startOf(day: string): Instant | null {
  return isDay(day) ? Date.parse(day) : null;
}
