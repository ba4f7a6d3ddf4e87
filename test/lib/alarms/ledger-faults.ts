import { BatchGetItemCommand, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { SignCommand } from '@aws-sdk/client-kms';
import { eventItem } from '../../../adapters/dynamodb/items.ts';
import { eventDetail } from '../../../core/api/event-detail.ts';
import type { AuditEvent } from '../../../core/audit.ts';
import type { Seen } from '../../support/alarm-evaluation.ts';
import { fakeTable } from '../../support/fake-table.ts';
import { awsError } from '../../support/mock-aws.ts';
import { activeGrant, requestedEvent } from '../../support/sample-grants.ts';
import type { Fault, Faulty } from './faulty.ts';

/** Faults of the ledger, and of the delivery of events. */

/** An event of the trail of this age. */
function written(faulty: Faulty, ageSeconds = 0): AuditEvent {
  const table = fakeTable(faulty.api.aws);
  const event = { ...requestedEvent(activeGrant()), at: Date.now() - ageSeconds * 1000 };
  const item = eventItem(event);
  table.items.set(`${item['pk']?.S} ${item['sk']?.S}`, item);
  return event;
}

const noticeOf = (event: AuditEvent) =>
  JSON.stringify({ source: 'valetkey', detail: eventDetail(event) });
const notices = (...bodies: readonly string[]) => ({
  Records: bodies.map((body, index) => ({ messageId: `m${index}`, body })),
});
const ROUND = { source: 'aws.events' };

function records(...bodies: readonly string[]) {
  return {
    records: bodies.map((body, index) => ({
      ...{ recordId: `r${index}`, approximateArrivalTimestamp: 0 },
      data: Buffer.from(body).toString('base64'),
    })),
  };
}

const keyGone: Fault = (faulty) => {
  faulty.clients.kms.on(SignCommand).rejects(awsError('DisabledException'));
  written(faulty, 3600);
  return faulty.run('ledger', ROUND);
};

export const LEDGER_FAULTS: Readonly<Record<string, Fault>> = {
  LedgerBroken: (faulty) => {
    const event = written(faulty);
    faulty.files.set('tile/0/000.p/1', Buffer.alloc(32, 1));
    return faulty.run('ledger', notices(noticeOf(event)));
  },
  LedgerMissed: (faulty) => {
    written(faulty, 3600);
    return faulty.run('ledger', ROUND);
  },
  LedgerUnwitnessed: async (faulty) => {
    written(faulty, 3600);
    const { lines = {} } = await faulty.run('ledger', ROUND);
    // Six rounds of an hour are the same.
    return { lines: { ledger: Array.from({ length: 6 }, () => lines['ledger'] ?? []).flat() } };
  },
  LedgerFails: keyGone,
  LedgerSilent: keyGone,
  LedgerLag: (faulty) => faulty.run('ledger', notices(noticeOf(written(faulty, 600)))),
  LedgerWaits: async () => ({
    aws: { 'AWS/SQS/ApproximateAgeOfOldestMessage of LedgerNotices': 300 },
  }),
  // The handler answers with what it cannot use: Lambda counts no error, and after ten times the queue moves it.
  LedgerGaveUp: async (faulty): Promise<Seen> => {
    written(faulty);
    const { aws, ...seen } = await faulty.run('ledger', notices('no JSON'));
    if (aws?.['AWS/Lambda/Errors of ledgerFunction'] !== 0) throw new Error('an error is counted');
    return {
      ...seen,
      aws: { 'AWS/SQS/ApproximateNumberOfMessagesVisible of LedgerNotRecorded': 1 },
    };
  },
  FiguresWait: async () => ({
    aws: { 'AWS/SQS/ApproximateAgeOfOldestMessage of ObserverNotices': 900 },
  }),
  FiguresGaveUp: async (faulty): Promise<Seen> => {
    written(faulty);
    const { aws, ...seen } = await faulty.run('observe', notices('no JSON'));
    if (aws?.['AWS/Lambda/Errors of observeFunction'] !== 0) throw new Error('an error is counted');
    return {
      ...seen,
      aws: { 'AWS/SQS/ApproximateNumberOfMessagesVisible of ObserverNotObserved': 1 },
    };
  },
  DeliveryLate: async () => ({
    aws: { 'AWS/Firehose/DeliveryToS3.DataFreshness of DeliveryStream': 900 },
  }),
  DeliveryFails: (faulty) => {
    const { dynamo } = faulty.api.aws;
    dynamo.on(GetItemCommand).rejects(awsError('InternalServerError'));
    dynamo.on(BatchGetItemCommand).rejects(awsError('InternalServerError'));
    dynamo.onAnyCommand().rejects(awsError('InternalServerError'));
    const event = requestedEvent(activeGrant());
    return faulty.run('deliver', records(noticeOf(event)));
  },
  DeliveryGaveUp: (faulty) => faulty.run('deliver', records('no JSON')),
};

export const LEDGER_ROUTINE: readonly Fault[] = [
  (faulty) => faulty.run('ledger', notices(noticeOf(written(faulty, 3)))),
  (faulty) => {
    fakeTable(faulty.api.aws);
    return faulty.run('ledger', ROUND);
  },
];
