import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { FirehoseTransformationEvent, FirehoseTransformationResult } from 'aws-lambda';
import { eventItem, grantItem, principalEventItem } from '../../adapters/dynamodb/items.ts';
import { eventDetail } from '../../core/api/event-detail.ts';
import type { AuditEvent, PrincipalEvent } from '../../core/audit.ts';
import { CONTEXT } from '../support/api-call.ts';
import { captureLog } from '../support/capture-log.ts';
import { type FakeTable, fakeTable } from '../support/fake-table.ts';
import { lambdaEnvironment } from '../support/lambda-environment.ts';
import { mockAws } from '../support/mock-aws.ts';
import { principalSampleOf } from '../support/ocsf/one-of-each.ts';
import { factsOf } from '../support/ocsf/schema-facts.ts';
import { faultsOf } from '../support/ocsf/validate.ts';
import { activeGrant, requestedEvent, vendedEvent } from '../support/sample-grants.ts';

/** The transformation of the stream, in its own format: what a SIEM finds in the files. */

const log = captureLog();
const aws = mockAws();
let table: FakeTable;
let removeFolder: () => void;

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

type Handler = (event: object, context: object) => Promise<FirehoseTransformationResult>;

async function deliver(...records: readonly unknown[]) {
  const { handler } = (await import('../../lambdas/deliver.lambda.ts')) as { handler: Handler };
  const event: Pick<FirehoseTransformationEvent, 'records'> = {
    records: records.map((record, index) => ({
      recordId: `r${index}`,
      approximateArrivalTimestamp: 0,
      data: base64(typeof record === 'string' ? record : JSON.stringify(record)),
    })),
  };
  const done = await handler(event, CONTEXT);
  return done.records.map(({ data = '', ...rest }) => ({ ...rest, text: textOf(data) }));
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const textOf = (data: string): string => Buffer.from(data, 'base64').toString();
const onBus = (event: AuditEvent | PrincipalEvent) => ({
  source: 'valetkey',
  detail: eventDetail(event),
});

const put = (item: Record<string, { S?: string }>): void => {
  table.items.set(`${item['pk']?.S} ${item['sk']?.S}`, item as never);
};
function written() {
  const grant = activeGrant();
  const events = [requestedEvent(grant), vendedEvent(grant)];
  put(grantItem(grant) as never);
  for (const event of events) put(eventItem(event) as never);
  return { grant, events };
}

describe('a record of the stream', () => {
  test('becomes the event in OCSF, on a line of its own, with what the bus does not have', async () => {
    const { grant, events } = written();
    const done = await deliver(...events.map(onBus));
    expect(done.map(({ recordId, result }) => [recordId, result])).toEqual([
      ['r0', 'Ok'],
      ['r1', 'Ok'],
    ]);
    for (const [index, { text }] of done.entries()) {
      expect(text).toMatch(/^\{.*\}\n$/);
      const event = JSON.parse(text);
      expect(faultsOf(event, factsOf('1.9.0'))).toEqual([]);
      expect(event).toMatchObject({
        metadata: { uid: events[index]?.id, correlation_uid: grant.id, version: '1.9.0' },
        user: { uid: grant.requester.id },
        src_endpoint: { ip: '127.0.0.1' },
      });
    }
  });

  test('may be about a principal', async () => {
    const refused = principalSampleOf('principal-refused');
    put(principalEventItem(refused) as never);
    const [done] = await deliver(onBus(refused));
    expect(done?.result).toBe('Ok');
    expect(JSON.parse(done?.text ?? '')).toMatchObject({ metadata: { uid: refused.id } });
  });

  test('is delivered from a trail of many pages', async () => {
    const { grant, events } = written();
    for (let count = 0; count < 60; count += 1) put(eventItem(vendedEvent(grant)) as never);
    table.pageOf = 7;
    const [first, ...more] = await deliver(...events.map(onBus));
    expect([first?.result, more[0]?.result]).toEqual(['Ok', 'Ok']);
  });

  test('that is no event of the trail fails alone, unchanged, and is logged for the alarm', async () => {
    const { events } = written();
    const [good] = events;
    const none = [
      'no JSON',
      onBus({ ...(good as AuditEvent), id: 'ev_unknown' }),
      onBus({ ...(good as AuditEvent), grantId: `gr_${'9'.repeat(20)}` }),
      onBus(principalSampleOf('principal-revoked')),
    ];
    const done = await deliver(...none, onBus(good as AuditEvent));
    expect(done.map(({ result }) => result)).toEqual([...none.map(() => 'ProcessingFailed'), 'Ok']);
    expect(done[0]?.text).toBe('no JSON');
    const lines = log.lines().filter(({ message }) => message === 'event not delivered');
    expect(lines).toHaveLength(none.length);
    expect(lines[1]).toMatchObject({ level: 'ERROR', recordId: 'r1', event: 'ev_unknown' });
  });
});

test.each(['GetItem', 'Query'])('no record is lost where the table refuses %s', async (command) => {
  const { events } = written();
  table.failing = (name) => name === command;
  await expect(deliver(...events.map(onBus))).rejects.toThrow('unavailable');
});
