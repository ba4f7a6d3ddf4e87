import { err, ok, type Result } from './result.ts';

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/**
 * Reads a duration, as bundle files write it: `90s`, `15m`, `8h`, `7d`.
 *
 * @returns whole seconds, at least one, or a sentence that says what to write instead.
 */
export function parseDuration(text: string): Result<number, string> {
  const [, count, unit = ''] = /^([1-9][0-9]{0,6})([smhd])$/.exec(text) ?? [];
  const length = UNIT_SECONDS[unit];
  return length === undefined
    ? err('write a whole number and a unit: 90s, 15m, 8h or 7d')
    : ok(Number(count) * length);
}

const TYPED = /^(?:(\d{1,7})d)?(?:(\d{1,7})h)?(?:(\d{1,7})m)?(?:(\d{1,7})s)?$/;

/**
 * Reads a duration, as people type it: `90s`, `15m`, `1h30m`, or `5400` for seconds.
 *
 * @returns whole seconds, at least one, or a sentence that says what to write instead.
 */
export function parseTypedDuration(text: string): Result<number, string> {
  const parts = TYPED.exec(/^\d+$/.test(text) ? `${text}s` : text) ?? [];
  const [, d = 0, h = 0, m = 0, s = 0] = parts;
  const seconds = Number(d) * 86_400 + Number(h) * 3600 + Number(m) * 60 + Number(s);
  return seconds > 0 ? ok(seconds) : err('write a duration such as 90s, 15m, 1h30m or 5400');
}

/** Writes a duration in the largest unit that leaves no remainder: `2h`, `90m`, `45s`. */
export function formatDuration(seconds: number): string {
  const unit = Object.entries(UNIT_SECONDS)
    .toReversed()
    .find(([, length]) => seconds > 0 && seconds % length === 0);
  return unit === undefined ? `${seconds}s` : `${seconds / unit[1]}${unit[0]}`;
}

const WORDS: readonly (readonly [seconds: number, word: string, short: string])[] = [
  [86_400, 'day', 'd'],
  [3600, 'hour', 'h'],
  [60, 'minute', 'min'],
  [1, 'second', 's'],
];

/** Writes a duration for people to read: `10 minutes`, `1 h 30 min`. */
export function inWords(seconds: number): string {
  let rest = seconds;
  const parts = WORDS.flatMap(([length, word, short]) => {
    const count = Math.floor(rest / length);
    rest -= count * length;
    return count === 0 ? [] : [{ count, word, short }];
  });
  const [only] = parts;
  if (only === undefined) return '0 seconds';
  if (parts.length > 1) return parts.map(({ count, short }) => `${count} ${short}`).join(' ');
  return `${only.count} ${only.word}${only.count === 1 ? '' : 's'}`;
}
