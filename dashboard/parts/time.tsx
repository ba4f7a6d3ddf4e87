import { now, useNow } from '../api/clock.ts';

/** Times as the person's language writes them (ECMA-402), in their own time zone. */

const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'long' });

const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
];

/** "in 12 minutes", "3 hours ago". */
export function fromNow(at: string, from = now()): string {
  const seconds = Math.round((Date.parse(at) - from) / 1000);
  const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? ['second', 1];
  return relative.format(Math.trunc(seconds / size), unit);
}

/** A moment, with the exact one on hover; nothing where there is none. */
export function Time({
  at,
  relative: how = false,
}: {
  readonly at: string | null;
  readonly relative?: boolean;
}) {
  if (at === null) return <span>–</span>;
  return (
    <time dateTime={at} title={exact.format(new Date(at))}>
      {how ? fromNow(at) : moment.format(new Date(at))}
    </time>
  );
}

/** A moment to the second, such as an event has. */
export function timeOfDay(at: string): string {
  return clock.format(new Date(at));
}

/** How long it still lasts, to the second: `59:59`, `1:02:03`. */
export function Countdown({ until }: { readonly until: string }) {
  const left = Math.max(0, Math.floor((Date.parse(until) - useNow()) / 1000));
  const [hours, minutes, seconds] = [
    Math.floor(left / 3600),
    Math.floor(left / 60) % 60,
    left % 60,
  ];
  const two = (part: number): string => String(part).padStart(2, '0');
  const text =
    hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
  return (
    <time className="countdown" dateTime={`PT${left}S`} role="timer" aria-live="off">
      {text}
    </time>
  );
}

/** 5400 seconds as `1h30m`, as the command takes and shows it. */
export function inDuration(seconds: number): string {
  const parts = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ] as const;
  return parts.map(([count, unit]) => (count > 0 ? `${count}${unit}` : '')).join('') || '0s';
}
