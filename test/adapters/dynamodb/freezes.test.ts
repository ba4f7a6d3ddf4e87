import {
  DynamoDBClient,
  PutItemCommand,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { gatePorts } from '../../../adapters/dynamodb/gates.ts';
import { dynamoGrantStore } from '../../../adapters/dynamodb/grant-store.ts';
import { gateHeadKey, gateKey } from '../../../adapters/dynamodb/keys.ts';
import { dynamoKillStore } from '../../../adapters/dynamodb/kill-store.ts';
import { freezeKey } from '../../../adapters/dynamodb/role-keys.ts';
import { GATES } from '../../../core/gates.ts';
import { err, ok } from '../../../core/result.ts';
import { NO_STORE } from '../../support/failing-ports.ts';
import { fakeTable } from '../../support/fake-table.ts';
import { mockAws } from '../../support/mock-aws.ts';
import { activeGrant, NOW, ROLE, requestedEvent } from '../../support/sample-grants.ts';

const aws = mockAws();
const client = new DynamoDBClient({ region: 'eu-central-1' });
const table = { client, name: 'grants', report: () => undefined };
const kills = dynamoKillStore(table);
const REFUSED = { until: null, reason: 'AccessDenied' };

let fake: ReturnType<typeof fakeTable>;
beforeEach(() => {
  aws.acceptAll();
  fake = fakeTable(aws);
});

const vends = async (): Promise<string> => {
  const grant = activeGrant();
  const events = [requestedEvent(grant)];
  const write = { grant, events, idempotency: null, vendsOn: [ROLE], counted: [] };
  const done = await dynamoGrantStore(table, () => NOW).create(write);
  return done.ok ? 'vends' : done.error.code;
};
const all = async () => [...new Set(await Promise.all(Array.from({ length: 200 }, vends)))];
const gatesOf = () => fake.sortKeys(freezeKey(ROLE).pk).filter((sk) => /FREEZE#\d\d/.test(sk));

test('a gate that a transaction holds is written as soon as it is free', async () => {
  const held = new TransactionConflictException({ message: 'held', $metadata: {} });
  aws.dynamo.on(PutItemCommand).rejectsOnce(held).rejectsOnce(held).resolves({});
  const gate = { epoch: 1, closed: true, until: null };
  expect(await gatePorts(table, freezeKey(ROLE)).write(3, gate)).toEqual({ ok: true, value: null });
  expect(aws.dynamo.commandCalls(PutItemCommand)).toHaveLength(3);
});

describe('the freeze of a role', () => {
  test('is a record, a head, and every gate', async () => {
    await kills.freeze(ROLE, REFUSED);
    expect(gatesOf()).toHaveLength(GATES);
    expect(await all()).toEqual(['role-frozen']);
  });

  test('that stands already is not written again', async () => {
    await kills.freeze(ROLE, REFUSED);
    const before = aws.calls().length;
    await kills.freeze(ROLE, REFUSED);
    // It looks at the record, and then at its gates.
    expect(aws.calls().length - before).toBe(2);
  });

  test('that stopped in the middle is a freeze, and is completed or thawed by the next call', async () => {
    fake.failing = (command, input) => command !== 'Query' && /FREEZE#(1|2|3)/.test(input);
    expect(await kills.freeze(ROLE, REFUSED)).toEqual(err(NO_STORE));
    fake.failing = () => false;
    expect(gatesOf()).toHaveLength(10);
    expect(await kills.freezeOf(ROLE)).toMatchObject({ value: REFUSED });
    await kills.freeze(ROLE, REFUSED);
    expect(await all()).toEqual(['role-frozen']);
  });

  test('whose thaw stopped in the middle is a freeze still, and the next thaw opens every gate', async () => {
    await kills.freeze(ROLE, REFUSED);
    fake.failing = (command, input) => command !== 'Query' && input.includes('FREEZE#17');
    expect(await kills.thaw(ROLE)).toEqual(err(NO_STORE));
    fake.failing = () => false;
    expect(await kills.freezeOf(ROLE)).toMatchObject({ value: { until: null } });
    await kills.thaw(ROLE);
    expect(await all()).toEqual(['vends']);
    expect(await kills.freezeOf(ROLE)).toEqual({ ok: true, value: null });
  });

  test('of an earlier version, which had no gates, is a freeze, gets its gates, and thaws', async () => {
    fake.items.set(`ROLE#${ROLE} FREEZE`, marshall({ ...freezeKey(ROLE), reason: 'AccessDenied' }));
    expect(await kills.freezeOf(ROLE)).toMatchObject({ value: REFUSED });
    expect(await kills.completeFreeze(ROLE)).toEqual(ok(REFUSED));
    expect(await all()).toEqual(['role-frozen']);
    await kills.thaw(ROLE);
    expect(await all()).toEqual(['vends']);
  });

  test('of a gate that people closed by hand stands, and thaws', async () => {
    await gatePorts(table, freezeKey(ROLE)).write(3, { epoch: 1, closed: true, until: null });
    expect(await kills.completeFreeze(ROLE)).toMatchObject({ value: { until: null } });
    await kills.thaw(ROLE);
    expect(await kills.completeFreeze(ROLE)).toEqual(ok(null));
    expect(await all()).toEqual(['vends']);
  });

  test('whose thaw stopped in the middle is completed as a thaw', async () => {
    await kills.freeze(ROLE, REFUSED);
    fake.failing = (command, input) => command !== 'Query' && input.includes('FREEZE#17');
    await kills.thaw(ROLE);
    fake.failing = () => false;
    expect(await kills.completeFreeze(ROLE)).toEqual(ok(null));
    expect(await all()).toEqual(['vends']);
  });

  test('whose record an earlier version removed thaws all the same', async () => {
    await kills.freeze(ROLE, REFUSED);
    fake.items.delete(`ROLE#${ROLE} FREEZE`);
    expect(await kills.freezeOf(ROLE)).toMatchObject({ value: { until: null } });
    await kills.thaw(ROLE);
    expect(await all()).toEqual(['vends']);
  });

  test('closes every gate again although people removed the head', async () => {
    await kills.freeze(ROLE, REFUSED);
    await kills.thaw(ROLE);
    const { pk, sk } = gateHeadKey(freezeKey(ROLE));
    fake.items.delete(`${pk} ${sk}`);
    await kills.freeze(ROLE, REFUSED);
    expect(await all()).toEqual(['role-frozen']);
    expect(fake.items.has(`${pk} ${gateKey(freezeKey(ROLE), 0).sk}`)).toBe(true);
  });
});
