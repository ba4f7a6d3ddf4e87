import type { SignalEvent } from '../core/signals/signal-store.ts';
import { logger } from './logger.ts';
import { note } from './metrics.ts';

/** A line in the log and a metric for a signal that was raised. */
export function reportSignal({ kind, principalId: principal, count, role }: SignalEvent): void {
  logger.warn('signal raised', { kind, principal, count, ...(role !== undefined && { role }) });
  note({ metric: 'Signals', value: 1, of: kind });
}
