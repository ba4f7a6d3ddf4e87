import type { TransactWriteItemsCommandInput } from '@aws-sdk/client-dynamodb';
import { round } from './statistics.ts';

/** List prices in us-east-1, US dollars (AWS pricing pages, November 2026). */
const PRICE = {
  httpApiPerMillion: 1.0,
  lambdaRequestsPerMillion: 0.2,
  lambdaArmPerGbSecond: 0.0000133334,
  writeUnitsPerMillion: 0.625,
  transitionsPerMillion: 25,
  eventsPerMillion: 1,
  logsPerGb: 0.5,
};

/** Assumptions, where measuring needs AWS. */
const ASSUMED = {
  vendMilliseconds: 40,
  startMillisecondsPerGrant: 5,
  expireMilliseconds: 40,
  lambdaGb: 1,
  logBytesPerGrant: 2500,
};

export type Cost = {
  readonly lines: Readonly<Record<string, number>>;
  readonly total: number;
  readonly arithmetic: readonly string[];
};

/** US dollars per million automatic vends, each under its own grant, which expires. */
export function costPerMillion(
  transaction: TransactWriteItemsCommandInput,
  transitions: number,
): Cost {
  const units = writeUnits(transaction);
  const seconds =
    (ASSUMED.vendMilliseconds + ASSUMED.startMillisecondsPerGrant + ASSUMED.expireMilliseconds) /
    1000;
  const lines = {
    'API Gateway, HTTP API': PRICE.httpApiPerMillion,
    'Lambda: vend, advance; orchestrate and publish (25 a batch)': round(
      PRICE.lambdaRequestsPerMillion * 2.16 +
        seconds * ASSUMED.lambdaGb * PRICE.lambdaArmPerGbSecond * 1e6,
    ),
    'DynamoDB: the vend': round(units.vend * PRICE.writeUnitsPerMillion),
    'DynamoDB: task token and expiry': round(units.end * PRICE.writeUnitsPerMillion),
    'EventBridge: three events': 3 * PRICE.eventsPerMillion,
    'Step Functions': transitions * PRICE.transitionsPerMillion,
    'CloudWatch Logs': round((ASSUMED.logBytesPerGrant / 1e9) * PRICE.logsPerGb * 1e6),
  };
  return {
    lines,
    total: round(Object.values(lines).reduce((sum, value) => sum + value, 0)),
    arithmetic: [
      `${transitions} transitions × $${PRICE.transitionsPerMillion}`,
      `vend: ${units.vend} write units × $${PRICE.writeUnitsPerMillion} (items ${units.sizes.join(' + ')} bytes; ×2 in a transaction; three indexes)`,
      `end: ${units.end} write units × $${PRICE.writeUnitsPerMillion}`,
      `Lambda: ${seconds} s × ${ASSUMED.lambdaGb} GB × $${PRICE.lambdaArmPerGbSecond}, durations assumed`,
      'STS, KMS data keys (cached by DynamoDB) and the stream (read by Lambda): no charge worth a line',
    ],
  };
}

/**
 * A write unit is 1 KB. A transaction takes two for each, every index with a full projection
 * another one.
 */
function writeUnits({ TransactItems }: TransactWriteItemsCommandInput) {
  const sizes = (TransactItems ?? []).flatMap(({ Put }) =>
    Put?.Item === undefined ? [] : [itemSize(Put.Item)],
  );
  // A check, and the counter of a limit, are of less than 1 KB.
  const small = (TransactItems ?? []).filter(
    ({ Put, ConditionCheck }) => Put === undefined && !isOfNewTable(ConditionCheck?.Key),
  ).length;
  const kilobytes = sizes.map((size) => Math.ceil(size / 1024));
  const grant = kilobytes[0] ?? 0;
  // Two indexes with everything, one with keys only.
  const indexes = 2 * grant + 1;
  const vend = 2 * (kilobytes.reduce((sum, size) => sum + size, 0) + small) + indexes;
  // The parked token and its check; the expired grant, its event and its row; a delete and a put in
  // the status index, a delete in the sweep's.
  const end = 2 * 2 + 2 * (grant + 2) + 3 * grant + 1;
  return { vend, end, sizes };
}

/** In its first minutes a table has the records of suspensions and freezes checked besides their gates. */
function isOfNewTable(key: Readonly<Record<string, unknown>> | undefined): boolean {
  return /"(SUSPENSION|FREEZE)"/.test(JSON.stringify(key ?? {}));
}

/** DynamoDB Developer Guide, "Item sizes and formats", simplified: names and values in UTF-8. */
function itemSize(value: unknown): number {
  if (typeof value !== 'object' || value === null) return Buffer.byteLength(String(value));
  return Object.entries(value).reduce(
    (sum, [name, child]) =>
      sum + (/^[A-Z]+$/.test(name) ? 0 : Buffer.byteLength(name)) + itemSize(child),
    0,
  );
}
