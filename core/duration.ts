import { err, ok, type Result } from './result.ts';

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/**
 * Reads a duration, as bundle files write it: `90s`, `15m`, `8h`, `7d`.
 *
 * @returns whole seconds, at least one, or a sentence that says what to write instead.
 */
export function parseDuration(text: string): Result<number, string> {
  const match = /^([1-9][0-9]{0,6})([smhd])$/.exec(text);
  const unit = match === null ? undefined : UNIT_SECONDS[match[2] ?? ''];
  if (match === null || unit === undefined) {
    return err('write a whole number and a unit: 90s, 15m, 8h or 7d');
  }
  return ok(Number(match[1]) * unit);
}

/** Writes a duration in the largest unit that leaves no remainder: `2h`, `90m`, `45s`. */
export function formatDuration(seconds: number): string {
  const unit = Object.entries(UNIT_SECONDS)
    .toReversed()
    .find(([, length]) => seconds > 0 && seconds % length === 0);
  return unit === undefined ? `${seconds}s` : `${seconds / unit[1]}${unit[0]}`;
}
