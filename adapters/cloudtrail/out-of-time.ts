import type { Instant } from '../../core/instant.ts';
import { LogsUnavailable } from '../../core/usage/logs-unavailable.ts';

/** Ends calls that are under way; undefined where nothing has an end. */
export function stopAt(until: Instant | undefined): AbortSignal | undefined {
  return until === undefined ? undefined : AbortSignal.timeout(Math.max(0, until - Date.now()));
}

/** What a call of the SDK takes beside its command. */
export function stoppedBy(stop: AbortSignal | undefined): { readonly abortSignal?: AbortSignal } {
  return stop === undefined ? {} : { abortSignal: stop };
}

/** @throws LogsUnavailable where the time is up: whatever else a call ended with is a consequence. */
export function throwIfLate(stop: AbortSignal | undefined): void {
  if (stop?.aborted) {
    throw new LogsUnavailable('reading takes longer than there is time', { reason: 'out of time' });
  }
}
