import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { eventItem, grantItem } from '../../adapters/dynamodb/items.ts';
import { dynamoStatsStore } from '../../adapters/dynamodb/stats-store.ts';
import { eventDetail } from '../../core/api/event-detail.ts';
import type { AuditEvent } from '../../core/audit.ts';
import { dayOf } from '../../core/day.ts';
import { CONTEXT } from '../support/api-call.ts';
import { captureLog } from '../support/capture-log.ts';
import { type FakeTable, fakeTable } from '../support/fake-table.ts';
import { lambdaEnvironment } from '../support/lambda-environment.ts';
import { mockAws } from '../support/mock-aws.ts';
import { activeGrant, NOW, requestedEvent } from '../support/sample-grants.ts';

/** The Lambda of the figures, with a table in memory. */

const log = captureLog();
const aws = mockAws();
let table: FakeTable;
let removeFolder: () => void;

type Handler = (event: object, context: object) => Promise<unknown>;

async function invoke(event: object): Promise<unknown> {
  const { handler } = (await import('../../lambdas/observe.lambda.ts')) as { handler: Handler };
  return handler(event, { ...CONTEXT, getRemainingTimeInMillis: () => 60_000 });
}

beforeAll(() => {
  removeFolder = lambdaEnvironment();
});
afterAll(() => {
  removeFolder();
  log.restore();
});

beforeEach(() => {
  log.clear();
  aws.acceptAll();
  table = fakeTable(aws);
});

function written(): AuditEvent {
  const grant = activeGrant();
  const event = requestedEvent(grant);
  for (const item of [grantItem(grant), eventItem(event)]) {
    table.items.set(`${item['pk']?.S} ${item['sk']?.S}`, item);
  }
  return event;
}

const message = (messageId: string, body: unknown) => ({
  messageId,
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
const noticeOf = (event: AuditEvent) => ({ source: 'valetkey', detail: eventDetail(event) });

async function today() {
  const report = (): never => {
    throw new Error('the table does not answer');
  };
  const client = new DynamoDBClient({});
  const store = dynamoStatsStore({ client, name: 'table', report });
  const [head, days] = [await store.head(), await store.days([dayOf(NOW)])];
  if (!head.ok || !days.ok) throw new Error('no figures');
  const counts = Object.fromEntries(days.value.get(dayOf(NOW))?.tally.counts ?? []);
  return { counts, gauges: head.value.gauges };
}

describe('notices in the queue', () => {
  test('are counted once, however often they come', async () => {
    const event = written();
    for (const messageId of ['m1', 'm2']) {
      const done = await invoke({ Records: [message(messageId, noticeOf(event))] });
      expect(done).toEqual({ batchItemFailures: [] });
    }
    expect(await today()).toMatchObject({
      counts: { events: 1, 'outcome allow': 1 },
      gauges: { active: 1, pending: 0 },
    });
  });

  test('whose event is in no trail, or that are none, are delivered again, and only they', async () => {
    const event = written();
    const done = await invoke({
      Records: [
        message('good', noticeOf(event)),
        message('unknown', noticeOf({ ...event, id: 'ev_unknown' })),
        message('text', 'no JSON'),
      ],
    });
    expect(done).toEqual({
      batchItemFailures: [{ itemIdentifier: 'unknown' }, { itemIdentifier: 'text' }],
    });
    expect((await today()).counts).toMatchObject({ events: 1 });
    expect(log.lines()).toContainEqual(
      expect.objectContaining({ message: 'event not observed', messageId: 'unknown' }),
    );
  });

  test('come again as a whole while the table does not answer', async () => {
    const event = written();
    table.failing = (command) => command === 'GetItem';
    const done = invoke({ Records: [message('m1', noticeOf(event))] });
    await expect(done).rejects.toMatchObject({ name: 'Retryable' });
    table.failing = () => false;
    expect((await today()).counts).toEqual({});
  });
});

describe('an order to count anew', () => {
  test('begins the days since then with nothing', async () => {
    await invoke({ Records: [message('m1', noticeOf(written()))] });
    const since = dayOf(NOW);
    const done = (await invoke({ recountSince: since })) as { readonly days: number };
    expect(done.days).toBeGreaterThan(0);
    expect((await today()).counts).toEqual({});
    expect(log.lines()).toContainEqual(
      expect.objectContaining({ message: 'figures begun anew', since, ...done }),
    );
  });

  test.each(['yesterday', '2026-02-30', 5])('since %p is refused', async (recountSince) => {
    await expect(invoke({ recountSince })).rejects.toThrow(
      'recountSince is not a day such as 2026-11-25',
    );
  });
});
