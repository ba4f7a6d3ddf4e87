import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { beforeEach, expect, test } from '@jest/globals';
import { dynamoLedgerRecovery } from '../../../adapters/dynamodb/ledger-recovery.ts';
import { tableId } from '../../../adapters/dynamodb/table-id.ts';
import { dynamoOverdueEvents } from '../../../adapters/dynamodb/trail.ts';
import { ok } from '../../../core/result.ts';
import { type FakeTable, fakeTable } from '../../support/fake-table.ts';
import { awsError, mockAws } from '../../support/mock-aws.ts';
import { NOW } from '../../support/sample-grants.ts';

/** What a table keeps of the recovery of its ledger. */

const aws = mockAws();
let fake: FakeTable;
let reports: string[];
beforeEach(() => {
  aws.acceptAll();
  fake = fakeTable(aws);
  reports = [];
});

const table = {
  ...{ client: new DynamoDBClient({ region: 'us-east-1' }), name: 't' },
  report: (operation: string) => {
    reports.push(operation);
  },
};
const UNAVAILABLE = { ok: false, error: { code: 'unavailable', what: 'store' } };

test('how far it has come is read as it was noted', async () => {
  const marks = dynamoLedgerRecovery(table);
  expect(await marks.read()).toEqual(ok(null));
  const recovery = { table: 'a', phase: 'order', walk: null, from: 0, cleared: 0 } as const;
  const further = { ...recovery, phase: 'places', walk: { below: 256, inOrder: 1, placed: 7 } };
  for (const one of [recovery, further]) {
    const noted = { ...one, anew: false } as Parameters<typeof marks.note>[0];
    expect(await marks.note(noted)).toEqual(ok(null));
    expect(await marks.read()).toEqual(ok(noted));
  }
  expect(fake.sortKeys('LEDGER')).toEqual(['RECOVERY']);
});

test('the name of the log is that of the last look, if it noted one', async () => {
  const { origin } = dynamoLedgerRecovery(table);
  expect(await origin()).toEqual(ok(null));
  await dynamoOverdueEvents(table).noteChecked(NOW, 'broker.example/log');
  expect(await origin()).toEqual(ok('broker.example/log'));
});

test('the table is told from others by its id', async () => {
  aws.dynamo.on(DescribeTableCommand).resolves({ Table: { TableId: 'f00' } });
  expect(await tableId(table)).toEqual(ok('f00'));
  aws.dynamo.on(DescribeTableCommand).resolves({ Table: {} });
  expect(await tableId(table)).toEqual(UNAVAILABLE);
});

test('a table that does not answer is unavailable, never as one that was not recovered', async () => {
  fake.failing = () => true;
  aws.dynamo.on(DescribeTableCommand).rejects(awsError('AccessDeniedException'));
  const marks = dynamoLedgerRecovery(table);
  const note = marks.note({
    ...{ table: 'a', phase: 'done', walk: null, from: 0, cleared: 0, anew: false },
  });
  const all = [marks.read(), note, marks.origin(), tableId(table)];
  expect(await Promise.all(all)).toEqual(all.map(() => UNAVAILABLE));
  expect(reports.toSorted()).toEqual(['DescribeTable', 'GetItem', 'GetItem', 'PutItem']);
});
