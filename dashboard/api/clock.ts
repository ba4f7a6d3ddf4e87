import { useSyncExternalStore } from 'react';

/** The time as the broker has it: the clock of the person's machine may be wrong, and keys end by the broker's. */

let offset = 0;

/**
 * Takes the broker's time from an answer. It was written at some moment between the call and the answer, so only what lies
 * outside is a wrong clock, however slow the answer was.
 *
 * @param date the `Date` header, without the fraction of the second
 * @param sent when the call was sent, by the clock of this machine
 */
export function noteServerTime(date: string | null, sent: number): void {
  const server = date === null ? Number.NaN : Date.parse(date);
  if (Number.isNaN(server)) return;
  const received = Date.now();
  if (server + 1000 < sent) offset = server + 1000 - sent;
  else offset = server > received ? server - received : 0;
  tick();
}

export function now(): number {
  return Date.now() + offset;
}

const listeners = new Set<() => void>();
let ticking: number | undefined;
let second = Math.floor(now() / 1000);

function tick(): void {
  second = Math.floor(now() / 1000);
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  // While nobody looked, nothing ticked.
  second = Math.floor(now() / 1000);
  listeners.add(listener);
  ticking ??= window.setInterval(tick, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    window.clearInterval(ticking);
    ticking = undefined;
  };
}

/** The present second, in milliseconds, for countdowns; all on the page tick together. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => second) * 1000;
}
