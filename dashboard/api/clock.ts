import { useSyncExternalStore } from 'react';

/** The time as the broker has it: the clock of the person's machine may be wrong, and keys end by the broker's. */

let offset = 0;

/** @param date the `Date` header, which has whole seconds; a smaller difference than that and the way is none. */
export function noteServerTime(date: string | null, sent: number): void {
  const server = date === null ? Number.NaN : Date.parse(date);
  if (Number.isNaN(server)) return;
  const difference = server - (sent + Date.now()) / 2;
  offset = Math.abs(difference) < 3000 ? 0 : difference;
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
