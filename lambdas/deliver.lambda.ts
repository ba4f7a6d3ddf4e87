import type {
  FirehoseTransformationEvent,
  FirehoseTransformationResult,
  FirehoseTransformationResultRecord,
} from 'aws-lambda';
import { eventsAsOcsf } from '../core/ledger/events-as-ocsf.ts';
import * as stores from './container/stores.ts';
import * as telling from './container/telling.ts';
import { logger } from './logger.ts';
import { awsHandler, Retryable } from './middleware/aws-handler.ts';
import { noticeIn } from './middleware/notice.ts';

/**
 * Writes events in OCSF, one on each line, for the stream that delivers them to a SIEM. The stream brings events of
 * the bus; what it delivers is read from the trail. May read the table and nothing else.
 */

const ports = { trail: stores.trail(), store: stores.store() };
const version = telling.ocsfVersion();

export const handler = awsHandler<FirehoseTransformationEvent, FirehoseTransformationResult>(
  async ({ records }) => {
    const notices = records.map(({ data }) => noticeIn(Buffer.from(data, 'base64').toString()));
    const made = await eventsAsOcsf(ports, notices, version);
    // The stream puts all records of a call that fails beside the others, as failed.
    if (!made.ok) throw new Retryable(made.error.code);
    return {
      records: records.map(({ recordId, data }, index): FirehoseTransformationResultRecord => {
        const event = made.value[index] ?? null;
        if (event !== null) return { recordId, result: 'Ok', data: lineOf(event) };
        logger.error('event not delivered', { recordId, event: notices[index]?.id ?? null });
        return { recordId, result: 'ProcessingFailed', data };
      }),
    };
  },
);

function lineOf(event: object): string {
  return Buffer.from(`${JSON.stringify(event)}\n`).toString('base64');
}
