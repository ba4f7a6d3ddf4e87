import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { isDay } from '../core/day.ts';
import { readObserved } from '../core/observing/read-observed.ts';
import { raiseSignals } from '../core/signals/raise-signals.ts';
import { type CountFailure, countObserved } from '../core/stats/count-events.ts';
import { countMissed, recountSince } from '../core/stats/count-missed.ts';
import * as environment from './container/environment.ts';
import * as stores from './container/stores.ts';
import { logger } from './logger.ts';
import { awsHandler, Retryable } from './middleware/aws-handler.ts';
import { noticeIn } from './middleware/notice.ts';
import { reportSignal } from './report-signal.ts';

/**
 * Keeps the figures, and raises signals. A queue brings notices of events; every few minutes it looks for those that no
 * notice came for. May read the table, and write the items of figures, and signals.
 */

const ports = {
  trail: stores.trail(),
  store: stores.store(),
  stats: stores.stats(),
  signals: stores.signals(),
  random: environment.random,
  overdue: stores.overdueEvents(),
  clock: environment.clock,
};

/** An operator's order to count every event since this day anew: `{ "recountSince": "2026-11-01" }`. */
type Input = Partial<SQSEvent> & { readonly recountSince?: unknown };

/** So long before the time-out of the Lambda, no further day is begun. */
const REST_MS = 30_000;

export const handler = awsHandler(async (input: Input, { getRemainingTimeInMillis }) => {
  if (input.Records !== undefined) return observe(input.Records);
  if (input.recountSince !== undefined) return recount(input.recountSince);
  const missed = await countMissed(
    ports,
    environment.clock() + getRemainingTimeInMillis() - REST_MS,
  );
  if (!missed.ok) throw failed(missed.error);
  const { raised, ...counted } = missed.value;
  for (const signal of raised) reportSignal(signal);
  if (counted.missed > 0) logger.warn('events counted late', counted);
  return counted;
});

async function observe(records: SQSEvent['Records']): Promise<SQSBatchResponse> {
  const notices = records.map(({ messageId, body }) => ({ messageId, notice: noticeIn(body) }));
  const known = notices.flatMap(({ notice }) => notice ?? []);
  const observed = await readObserved(ports, known);
  if (!observed.ok) throw failed(observed.error);
  // The search for missed events raises the signals of those that are not counted, so signals come first.
  const raised = await raiseSignals(ports, observed.value);
  if (!raised.ok) throw failed(raised.error);
  for (const signal of raised.value) reportSignal(signal);
  const counted = await countObserved(ports, observed.value);
  if (!counted.ok) throw failed(counted.error);
  const seen = new Set(observed.value.map(({ event }) => event.id));
  const again = notices.filter(({ notice }) => notice === null || !seen.has(notice.id));
  for (const { messageId, notice } of again) {
    logger.error('event not observed', { messageId, event: notice?.id ?? null });
  }
  return { batchItemFailures: again.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}

async function recount(since: unknown): Promise<{ readonly days: number }> {
  if (!isDay(since)) throw new Error('recountSince is not a day such as 2026-11-25');
  const begun = await recountSince(ports, since);
  if (!begun.ok) throw failed(begun.error);
  logger.info('figures begun anew', { since, ...begun.value });
  return begun.value;
}

/** The queue delivers the batch again. */
function failed({ code }: CountFailure): Error {
  return new Retryable(code);
}
