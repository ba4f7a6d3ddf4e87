import {
  DynamoDBClient,
  GetItemCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { appendPrincipalEvent } from '../../../adapters/dynamodb/append-event.ts';
import { dynamoDeployments } from '../../../adapters/dynamodb/deployments.ts';
import { eventItem, principalEventItem } from '../../../adapters/dynamodb/items.ts';
import { dynamoOverdueEvents, dynamoTrail } from '../../../adapters/dynamodb/trail.ts';
import type { AuditEvent, PrincipalEvent } from '../../../core/audit.ts';
import type { Notice } from '../../../core/ledger/record-events.ts';
import { err, ok } from '../../../core/result.ts';
import { type FakeTable, fakeTable } from '../../support/fake-table.ts';
import { awsError, cancelled, mockAws } from '../../support/mock-aws.ts';
import { NOW } from '../../support/sample-grants.ts';

/** The trail as the ledger reads it. */

const aws = mockAws();
let fake: FakeTable;
let reports: string[];

beforeEach(() => {
  aws.acceptAll();
  fake = fakeTable(aws);
  reports = [];
});

const report = (operation: string) => reports.push(operation);
const table = { client: new DynamoDBClient({ region: 'us-east-1' }), name: 't', report };
const NO_STORE = err({ code: 'unavailable', what: 'store' });

function eventAt(number: number, grantId = 'gr_1'): AuditEvent {
  return {
    ...{ id: `ev_${grantId}_${number}`, grantId, entitlement: 'free', status: 'active' },
    ...{ at: NOW + number, actor: 'broker', requestId: 'r', sourceIp: null, type: 'started' },
  };
}

const REFUSED: PrincipalEvent = {
  ...{ id: 'ev_p', principalId: 'people:a#b', type: 'principal-refused', at: NOW + 5 },
  ...{ actor: 'broker', requestId: 'r', sourceIp: null, reason: '', call: 'c', problem: 'denied' },
};

function put(...items: ReturnType<typeof eventItem>[]): void {
  for (const item of items) fake.items.set(`${item['pk']?.S} ${item['sk']?.S}`, item);
}

test('the latest events of a grant come in pages, each once, as they were written', async () => {
  const events = Array.from({ length: 60 }, (_, number) => eventAt(number));
  put(...events.map((event) => eventItem(event)), eventItem(eventAt(1, 'gr_2')));
  const read: AuditEvent[] = [];
  let before: string | null = null;
  for (let pages = 0; pages < 10; pages += 1) {
    const page = await dynamoTrail(table).latest('gr_1', before);
    if (!page.ok) throw new Error('no page');
    read.push(...page.value.events);
    before = page.value.next;
    if (before === null) break;
  }
  expect(read).toEqual(events.toReversed());
});

test('an event of a principal is found by its notice, whatever is in its id', async () => {
  put(principalEventItem(REFUSED));
  const { id, at, principalId } = REFUSED;
  const { ofPrincipal } = dynamoTrail(table);
  expect(await ofPrincipal({ id, at, principalId })).toEqual(ok(REFUSED));
  expect(await ofPrincipal({ id: 'ev_other', at, principalId })).toEqual(ok(null));
});

describe('what should be in the log', () => {
  async function between(from: number, until: number): Promise<readonly Notice[]> {
    const found: Notice[] = [];
    for await (const page of dynamoOverdueEvents(table).between(from, until)) {
      if (!page.ok) throw new Error('no page');
      found.push(...page.value);
    }
    return found.toSorted((a, b) => a.at - b.at);
  }

  test('is every event of the time, of grants and of principals', async () => {
    put(...[1, 4, 9].map((number) => eventItem(eventAt(number))), principalEventItem(REFUSED));
    expect(await between(NOW + 2, NOW + 8)).toEqual([
      { id: 'ev_gr_1_4', at: NOW + 4, grantId: 'gr_1' },
      { id: 'ev_p', at: NOW + 5, principalId: 'people:a#b' },
    ]);
  });

  test('is read to the end, in however many pages', async () => {
    fake.pageOf = 1;
    put(...Array.from({ length: 20 }, (_, number) => eventItem(eventAt(number))));
    expect(await between(0, NOW + 100)).toHaveLength(20);
  });

  test('is remembered up to a time', async () => {
    const { checkedUntil, noteChecked } = dynamoOverdueEvents(table);
    expect(await checkedUntil()).toEqual(ok(null));
    expect(await noteChecked(NOW, 'broker.example/log')).toEqual(ok(null));
    expect(await checkedUntil()).toEqual(ok(NOW));
  });

  test('is an error where the table does not answer', async () => {
    fake.failing = () => true;
    const { between: read, checkedUntil, noteChecked } = dynamoOverdueEvents(table);
    for await (const page of read(0, NOW)) expect(page).toEqual(NO_STORE);
    expect([await checkedUntil(), await noteChecked(NOW, 'broker.example/log')]).toEqual([
      NO_STORE,
      NO_STORE,
    ]);
    expect(reports).toEqual(['Query', 'GetItem', 'PutItem']);
  });
});

test('a trail that does not answer is an error', async () => {
  fake.failing = () => true;
  const { latest, ofPrincipal } = dynamoTrail(table);
  expect(await latest('gr_1', null)).toEqual(NO_STORE);
  expect(await ofPrincipal(REFUSED)).toEqual(NO_STORE);
});

test('an event that changed nothing is appended to the trail of its principal', async () => {
  expect(await appendPrincipalEvent(table, REFUSED)).toBe(true);
  expect(fake.sortKeys('TRAIL#people:a#b')).toHaveLength(1);
  fake.failing = () => true;
  expect(await appendPrincipalEvent(table, REFUSED)).toBe(false);
  expect(reports).toEqual(['PutItem']);
});

describe('the deployment that was recorded last', () => {
  const event: PrincipalEvent = {
    ...{ id: 'ev_d', principalId: 'broker', type: 'bundle-deployed', at: NOW, actor: 'broker' },
    ...{ requestId: 'r', sourceIp: null, reason: '', bundle: 'b', file: 'f', changes: [] },
  };

  test('is written with its event, by whoever knew the one before', async () => {
    const { last, record } = dynamoDeployments(table);
    expect(await last()).toEqual(ok(null));
    expect(await record(event, 'one', null)).toEqual(ok(true));
    expect(await record(event, 'other', null)).toEqual(ok(false));
    expect(await record({ ...event, id: 'ev_e' }, 'two', 'one')).toEqual(ok(true));
    expect(await record({ ...event, id: 'ev_f' }, 'three', 'one')).toEqual(ok(false));
    expect(await last()).toEqual(ok('two'));
    expect(fake.sortKeys('TRAIL#broker').map((sk) => sk.slice(-4))).toEqual(['ev_d', 'ev_e']);
  });

  test('is an error where the write was cancelled for a reason that passes, not somebody else’s record', async () => {
    const { record } = dynamoDeployments(table);
    for (const Code of ['TransactionConflict', 'ThrottlingError']) {
      aws.dynamo.on(TransactWriteItemsCommand).rejects(cancelled(2, 0, { Code }));
      expect(await record(event, 'one', null)).toEqual(NO_STORE);
    }
  });

  test('is an error where the table does not answer', async () => {
    const { last, record } = dynamoDeployments(table);
    aws.dynamo.on(GetItemCommand).rejects(awsError('ThrottlingException'));
    expect(await last()).toEqual(NO_STORE);
    fake.failing = () => true;
    expect(await record(event, 'one', null)).toEqual(NO_STORE);
    expect(reports).toEqual(['GetItem', 'TransactWriteItems']);
  });
});
