import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { grantItem } from '../../adapters/dynamodb/items.ts';
import { QUARANTINE_KEY } from '../../adapters/dynamodb/keys.ts';
import { usageSchema } from '../../core/config/usage-schema.ts';
import type { Grant } from '../../core/grant.ts';
import { CONTEXT } from '../support/api-call.ts';
import { captureLog } from '../support/capture-log.ts';
import { emittedMetrics, writeMetrics } from '../support/emitted-metrics.ts';
import { type FakeTable, fakeTable } from '../support/fake-table.ts';
import { lambdaEnvironment } from '../support/lambda-environment.ts';
import { mockAws } from '../support/mock-aws.ts';
import { activeGrant } from '../support/sample-grants.ts';
import { testClock } from '../support/test-clock.ts';

/** The Lambda that reads what was called under grants, with a table and no logs. */

const clock = testClock();
const log = captureLog();
const aws = mockAws();
let removeFolder: () => void;
let table: FakeTable;
/** Later than all reads of the test before. */
let later = 0;

beforeAll(() => {
  removeFolder = lambdaEnvironment();
  writeMetrics('usage');
  const file = join(process.env['LAMBDA_TASK_ROOT'] ?? '', 'usage.json');
  writeFileSync(file, JSON.stringify(usageSchema.parse({ logs: { bucket: 'acme-logs' } })));
});
afterAll(() => {
  removeFolder();
  log.restore();
});
beforeEach(() => {
  clock.restart();
  later += 10;
  clock.forward(later);
  aws.acceptAll();
  table = fakeTable(aws);
  log.clear();
});

type Answer = { readonly batchItemFailures?: readonly object[] };
const run = async (input: object): Promise<Answer> => {
  const { handler } = (await import('../../lambdas/usage.lambda.ts')) as unknown as {
    readonly handler: (input: object, context: object) => Promise<Answer>;
  };
  return handler(input, { ...CONTEXT, getRemainingTimeInMillis: () => 900_000 });
};

function put(changes: Partial<Grant> = {}): Grant {
  const at = Date.now() - 7_200_000;
  const grant = activeGrant({
    ...{ status: 'expired', startsAt: at - 1000, endedAt: at, keysValidUntil: at, ...changes },
  });
  const item = grantItem(grant);
  table.items.set(`${item['pk']?.S} ${item['sk']?.S}`, item);
  return grant;
}

const notice = (grantId: string, messageId = 'm1') => ({
  messageId,
  body: JSON.stringify({ detail: { id: 'ev_1', at: '2026-11-23T10:00:00Z', grantId } }),
});

describe('a notice of an end', () => {
  test('makes the grant due, once', async () => {
    const grant = put();
    const both = { Records: [notice(grant.id), notice(grant.id, 'm2')] };
    expect(await run(both)).toEqual({ batchItemFailures: [] });
    expect(table.sortKeys('USAGE')).toEqual([
      `DUE#${new Date((grant.endedAt ?? 0) + 3_600_000).toISOString()}#${grant.id}`,
    ]);
    expect(table.sortKeys(`USAGE#${grant.entitlement}`)).toHaveLength(1);
  });

  test('goes on in a quarantine, in which nothing is read', async () => {
    const grant = put();
    quarantine();
    await run({ Records: [notice(grant.id)] });
    expect(table.sortKeys('USAGE')).toHaveLength(1);
    await run({});
    expect(table.sortKeys('USAGE')).toHaveLength(1);
    expect(unmarshall(due() ?? {})).toMatchObject({ attempts: 0 });
  });

  test('comes again where the table did not answer, and where it says nothing', async () => {
    const grant = put();
    table.failing = (command) => command === 'TransactWriteItems';
    const odd = { messageId: 'm2', body: 'nonsense' };
    expect(await run({ Records: [notice(grant.id), odd] })).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm1' }, { itemIdentifier: 'm2' }],
    });
  });
});

function due() {
  return [...table.items.values()].find((item) => item['sk']?.S?.startsWith('DUE#'));
}

function quarantine(): void {
  const record = { revision: 'ev_1', cause: 'order', by: 'broker', reason: 'x', release: null };
  const item = marshall({ ...QUARANTINE_KEY, ...record, at: Date.now() });
  table.items.set(`${QUARANTINE_KEY.pk} ${QUARANTINE_KEY.sk}`, item);
}

describe('a pass', () => {
  test('without anything due says that nothing waits', async () => {
    expect(await run({})).toEqual({ read: 0, failed: 0 });
    expect(emittedMetrics(log.lines())).toContainEqual(
      expect.objectContaining({ metric: 'UsageLag', values: [0] }),
    );
  });

  test('that cannot read logs leaves the grant due, and says for how long it has been', async () => {
    const grant = put();
    await run({ Records: [notice(grant.id)] });
    expect(await run({})).toEqual({ read: 0, failed: 1 });
    expect(unmarshall(due() ?? {})).toMatchObject({ attempts: 1 });
    const text = JSON.stringify(log.lines());
    expect(text).toContain('usage not read');
    expect(text).toContain(grant.id);
  });

  test('fails where the table does not answer, so that the alarm counts it', async () => {
    table.failing = (command) => command === 'Query';
    await expect(run({})).rejects.toMatchObject({ name: 'Retryable' });
  });
});
