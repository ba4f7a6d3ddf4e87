import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { beforeEach, expect, test } from '@jest/globals';
import { QUARANTINE_KEY, RECOVERY_KEY } from '../../../adapters/dynamodb/keys.ts';
import { dynamoQuarantines, watchQuarantine } from '../../../adapters/dynamodb/quarantine.ts';
import { initiatorOf } from '../../../core/audit.ts';
import { beginQuarantine, releaseQuarantine } from '../../../core/upkeep/order-quarantine.ts';
import { type FakeTable, fakeTable } from '../../support/fake-table.ts';
import { callOf, person } from '../../support/memory-ports.ts';
import { mockAws } from '../../support/mock-aws.ts';

const aws = mockAws();
let rows: FakeTable;
let now = Date.parse('2026-11-23T10:00:00Z');
const clock = () => now;
const failures: string[] = [];
const table = {
  client: new DynamoDBClient({}),
  name: 'grants',
  report: (operation: string) => failures.push(operation),
  gated: () => true,
};
const quarantines = dynamoQuarantines(table, clock);
let seed = 0;
const random = (length: number) =>
  Uint8Array.from({ length }, () => {
    seed += 1;
    return seed % 251;
  });
const ports = { quarantines, deployed: false, clock, random, bundle: { entitlements: {} } };
const ADA = callOf(person('ada'));
const BEN = callOf(person('ben'));
const ORDER = { cause: 'order', reason: 'a token was stolen' } as const;

beforeEach(() => {
  aws.acceptAll();
  rows = fakeTable(aws);
  failures.length = 0;
});

const reads = () => aws.dynamo.calls().filter(({ args: [{ input }] }) => 'Key' in input).length;

test('an order, two releases: the record, its events, the keys, and at last no record', async () => {
  const idempotency = { principal: 'people:ada', key: 'k', fingerprint: 'f' };
  const giving = { idempotency, unsuspended: 'people:ada' };
  await beginQuarantine(ports, ORDER, initiatorOf(ADA), giving);
  expect(await quarantines.read()).toMatchObject({ value: { cause: 'order', release: null } });
  expect(await quarantines.givenUnder(idempotency)).toEqual({ ok: true, value: true });
  const asked = await releaseQuarantine(ports, ADA, '');
  expect(asked).toMatchObject({ value: { release: { by: { id: 'people:ada' } } } });
  expect(await releaseQuarantine(ports, BEN, '')).toEqual({ ok: true, value: null });
  expect(await quarantines.read()).toEqual({ ok: true, value: null });
  expect(rows.sortKeys('TRAIL#broker')).toHaveLength(3);
  expect(await beginQuarantine(ports, ORDER, initiatorOf(ADA), giving)).toMatchObject({
    value: null,
  });
});

test('a write over another record than was read is a conflict', async () => {
  await beginQuarantine(ports, ORDER, initiatorOf(ADA));
  const write = { before: null, after: null, event: null, idempotency: null, unsuspended: null };
  expect(await quarantines.write(write)).toEqual({ ok: false, error: { code: 'conflict' } });
});

test('the watch reads once in two seconds, and what is begun meanwhile is seen after them', async () => {
  const quarantine = watchQuarantine(table, clock, false);
  expect(await Promise.all([quarantine(), quarantine()])).toEqual([
    { ok: true, value: null },
    { ok: true, value: null },
  ]);
  await beginQuarantine(ports, ORDER, initiatorOf(ADA));
  const before = reads();
  now += 2000;
  expect(await quarantine()).toEqual({ ok: true, value: null });
  expect(reads()).toBe(before);
  now += 1;
  expect(await quarantine()).toMatchObject({ value: { reason: 'a token was stolen' } });
  now -= 5000;
  await quarantine();
  expect(reads()).toBe(before + 2);
});

test('a read that fails is an error, is not kept, and ends no quarantine of the deployment', async () => {
  const quarantine = watchQuarantine(table, clock, false);
  rows.failing = () => true;
  expect(await quarantine()).toMatchObject({ error: { code: 'unavailable' } });
  expect(await watchQuarantine(table, clock, true)()).toMatchObject({ value: { deployed: true } });
  rows.failing = () => false;
  expect(await quarantine()).toEqual({ ok: true, value: null });
  expect(failures).toEqual(['GetItem', 'GetItem']);
});

test('a record that lacks what it should say is an error', async () => {
  rows.items.set('QUARANTINE RECORD', marshall({ ...QUARANTINE_KEY, reason: 'by hand' }));
  expect(await quarantines.read()).toMatchObject({ error: { code: 'unavailable' } });
});

test('a recovery goes on until its record says that it has ended', async () => {
  expect(await quarantines.recoveryGoesOn()).toMatchObject({ value: false });
  const put = (phase: string) =>
    rows.items.set('RECOVERY STATE', marshall({ ...RECOVERY_KEY, phase }));
  put('grants');
  expect(await quarantines.recoveryGoesOn()).toMatchObject({ value: true });
  put('ended');
  expect(await quarantines.recoveryGoesOn()).toMatchObject({ value: false });
});
