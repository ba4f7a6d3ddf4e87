import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { noteEnded } from '../core/usage/note-ended.ts';
import { readDueUsage } from '../core/usage/read-due-usage.ts';
import type { NotRead } from '../core/usage/read-once.ts';
import * as environment from './container/environment.ts';
import * as stores from './container/stores.ts';
import { usageConfig, usageReading, usages } from './container/usage.ts';
import { logger } from './logger.ts';
import { note } from './metrics.ts';
import { awsHandler, Retryable } from './middleware/aws-handler.ts';
import { noticeIn } from './middleware/notice.ts';
import { reportSignal } from './report-signal.ts';

/**
 * Reads in the logs of CloudTrail what was called under grants that have ended. A queue brings notices of ends; every
 * quarter of an hour it reads what is due. May read the table and the logs, and write usage, events and signals.
 */

const config = usageConfig();
if (config === null) throw new Error('usage.json says that nothing is read');
const { accounts = null, regions = null, keepDays } = config;
const kept = usages(keepDays);
const ports = {
  quarantine: stores.quarantine,
  store: stores.store(),
  usages: kept,
  signals: stores.signals(),
  reading: usageReading(config, kept),
  places: { accounts, regions },
  clock: environment.clock,
  report: (failure: NotRead) => logger.warn('usage not read', { ...failure }),
};

/** So long before the time-out of the Lambda, nothing further is begun: what is read has to be written. */
const REST_MS = 60_000;

export const handler = awsHandler(
  async (input: Partial<SQSEvent>, { awsRequestId, getRemainingTimeInMillis }) => {
    if (input.Records !== undefined) return noteAll(input.Records);
    const until = environment.clock() + getRemainingTimeInMillis() - REST_MS;
    const pass = await readDueUsage(ports, awsRequestId, until);
    if (!pass.ok) throw new Retryable(pass.error.code);
    const { read, failed, signals, lagSeconds } = pass.value;
    for (const signal of signals) reportSignal(signal);
    note({ metric: 'UsageLag', value: lagSeconds });
    return { read: read.length, failed: failed.length };
  },
);

/** Also in a quarantine: to note what is due reads nothing, and changes no grant. */
async function noteAll(records: SQSEvent['Records']): Promise<SQSBatchResponse> {
  const again: string[] = [];
  for (const { messageId, body } of records) {
    const notice = noticeIn(body);
    const noted =
      notice !== null && 'grantId' in notice ? await noteEnded(ports, notice.grantId) : null;
    if (noted?.ok !== true) again.push(messageId);
  }
  return { batchItemFailures: again.map((itemIdentifier) => ({ itemIdentifier })) };
}
