import type { Batch } from '../test/support/ledger-batches.ts';
import { round } from './statistics.ts';

/** List prices in us-east-1, US dollars for a million (AWS pricing pages, November 2026). */
const PRICE = {
  writeUnits: 0.625,
  readUnits: 0.125,
  puts: 5,
  gets: 0.4,
  signatures: 15,
  queueRequests: 0.4,
  lambdaRequests: 0.2,
  lambdaGbSeconds: 13.3334,
};

/** Of every batch: a list and three files written, three read. */
const OF_BATCH = { puts: 4, gets: 3, signatures: 1 };

/** Of every event: one more write unit for the index of events, and a read of its trail. */
const OF_EVENT = { writeUnits: 1, readUnits: 1 };

/** Measuring it needs AWS. */
const ASSUMED = { batchSeconds: 0.4, lambdaGb: 1 };

/** US dollars for a million events that come in such batches. */
export function ledgerCost({ events, writeUnits, readUnits }: Batch) {
  const lines = {
    DynamoDB:
      (writeUnits / events + OF_EVENT.writeUnits) * PRICE.writeUnits +
      (readUnits / events + OF_EVENT.readUnits) * PRICE.readUnits,
    S3: (OF_BATCH.puts * PRICE.puts + OF_BATCH.gets * PRICE.gets) / events,
    KMS: (OF_BATCH.signatures * PRICE.signatures) / events,
    // One to send it; the queue gives and forgets ten at a time.
    SQS: (1 + 2 / Math.min(events, 10)) * PRICE.queueRequests,
    Lambda:
      (PRICE.lambdaRequests + ASSUMED.batchSeconds * ASSUMED.lambdaGb * PRICE.lambdaGbSeconds) /
      events,
  };
  const amounts = Object.values(lines);
  return {
    ...Object.fromEntries(Object.entries(lines).map(([name, usd]) => [name, round(usd)])),
    total: round(amounts.reduce((sum, usd) => sum + usd, 0)),
  };
}
