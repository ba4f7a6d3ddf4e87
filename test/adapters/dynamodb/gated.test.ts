import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { watchGated } from '../../../adapters/dynamodb/gated.ts';
import { dynamoGrantStore } from '../../../adapters/dynamodb/grant-store.ts';
import { LISTING_KEY } from '../../../adapters/dynamodb/keys.ts';
import { dynamoKillStore } from '../../../adapters/dynamodb/kill-store.ts';
import { suspensionKey } from '../../../adapters/dynamodb/principal-keys.ts';
import { dynamoPrincipalStore } from '../../../adapters/dynamodb/principal-store.ts';
import { freezeKey } from '../../../adapters/dynamodb/role-keys.ts';
import { vendUnder } from '../../../core/lifecycle/active.ts';
import { err, ok } from '../../../core/result.ts';
import { NO_STORE } from '../../support/failing-ports.ts';
import { fakeTable } from '../../support/fake-table.ts';
import { awsError, mockAws } from '../../support/mock-aws.ts';
import { activeGrant, NOW, ROLE, requestedEvent } from '../../support/sample-grants.ts';

/** From the deployment until the sweep has closed the gates of what version 0.1 suspended and froze. */

const aws = mockAws();
const failures: string[] = [];
const bare = {
  client: new DynamoDBClient({ region: 'eu-central-1' }),
  name: 'grants',
  report: (operation: string) => failures.push(operation),
};
const MINUTE = 60_000;

let fake: ReturnType<typeof fakeTable>;
let now: number;
let watched: ReturnType<typeof watchGated>;

beforeEach(() => {
  aws.acceptAll();
  fake = fakeTable(aws);
  failures.length = 0;
  now = NOW;
  watched = watchGated(bare, () => now);
});

const sweep = (at: number) => dynamoPrincipalStore(bare, () => at).closeMissingGates(at, 100);
const put = (key: { pk: string; sk: string }, more: object) =>
  fake.items.set(`${key.pk} ${key.sk}`, marshall({ ...key, ...more }));
const suspendOld = (principal: string) =>
  put(suspensionKey(principal), { at: NOW - 5000, by: 'broker', reason: 'lost' });

/** What becomes of a request for credentials, whatever gate it checks. */
async function vends(principal: string): Promise<readonly string[]> {
  const requester = { type: 'User', id: principal, name: 'x' } as const;
  const store = dynamoGrantStore({ ...bare, gated: watched.gated }, () => now);
  const asked = await Promise.all(
    Array.from({ length: 100 }, () => {
      const grant = activeGrant({ requester, targetRole: ROLE });
      const events = [requestedEvent(grant)];
      return store.create({ grant, events, idempotency: null, vendsOn: [ROLE], counted: [] });
    }),
  );
  return [...new Set(asked.map((done) => (done.ok ? 'vends' : done.error.code)))];
}

/** The keys of records that the last transaction checked. */
const recordsChecked = (): readonly string[] =>
  (aws.transactions().at(-1)?.TransactItems ?? []).flatMap(({ ConditionCheck }) => {
    const sk = ConditionCheck?.Key?.['sk']?.S ?? '';
    return ['SUSPENSION', 'FREEZE'].includes(sk) ? [sk] : [];
  });

const noted = () => fake.items.get('LISTING SUSPENSIONS')?.['gated']?.BOOL ?? false;

describe('before the first sweep of this version', () => {
  test('nobody vends who was suspended by version 0.1', async () => {
    suspendOld('people:ana');
    expect(await vends('people:ana')).toEqual(['suspended']);
    expect(await vends('people:bo')).toEqual(['vends']);
  });

  test('nobody vends on a role that version 0.1 froze', async () => {
    put(freezeKey(ROLE), { reason: 'AccessDenied' });
    expect(await vends('people:bo')).toEqual(['role-frozen']);
    put(freezeKey(ROLE), { reason: 'a cutoff', until: NOW + 1 });
    expect(await vends('people:bo')).toEqual(['role-frozen']);
    put(freezeKey(ROLE), { reason: 'a cutoff', until: NOW });
    expect(await vends('people:bo')).toEqual(['vends']);
  });

  test('credentials under a grant that is active are refused in the same transaction', async () => {
    const active = vendUnder(activeGrant(), NOW);
    if (!active.ok) throw new Error('not active');
    const grant = active.value;
    const write = {
      grant,
      begins: false,
      event: requestedEvent(grant),
      vendsOn: [ROLE],
      counted: [],
    };
    await dynamoGrantStore(bare, () => NOW).recordVend({ ...write, idempotency: null, now: NOW });
    expect(recordsChecked()).toEqual(['SUSPENSION', 'FREEZE']);
    expect(aws.calls()).toHaveLength(1);
  });
});

describe('the sweep', () => {
  test('notes that every gate is closed after its second pass, and records are no longer checked', async () => {
    suspendOld('people:ana');
    put(freezeKey(ROLE), { reason: 'AccessDenied' });
    await sweep(NOW);
    expect(noted()).toBe(false);
    suspendOld('people:late');
    // A call looks at no more than forty items of this table.
    for (let calls = 0; calls < 9; calls += 1) await sweep(NOW + 11 * MINUTE);
    expect(noted()).toBe(true);
    await watched.look();
    for (const principal of ['people:ana', 'people:late']) {
      expect(await vends(principal)).toEqual(['suspended']);
    }
    expect(await vends('people:bo')).toEqual(['role-frozen']);
    expect(recordsChecked()).toEqual([]);
    await dynamoKillStore(bare).thaw(ROLE);
    expect(await vends('people:bo')).toEqual(['vends']);
    await sweep(NOW + 20 * MINUTE);
    expect(noted()).toBe(true);
  });

  test.each([
    ['a suspension', () => suspendOld('people:ana'), 'SUSPENSION#17'],
    ['a freeze', () => put(freezeKey(ROLE), { reason: 'no' }), 'FREEZE#17'],
  ])('notes nothing as long as the gates of %s cannot be closed', async (_, write, gate) => {
    await sweep(NOW);
    write();
    fake.failing = (command, input) => command !== 'Query' && input.includes(gate);
    expect(await sweep(NOW + 11 * MINUTE)).toEqual(err(NO_STORE));
    expect(noted()).toBe(false);
    fake.failing = () => false;
    expect((await sweep(NOW + 13 * MINUTE)).ok).toBe(true);
    expect(noted()).toBe(true);
  });

  test('notes nothing while somebody is being suspended, and fails where it cannot note it', async () => {
    await sweep(NOW);
    const line = { at: NOW, by: 'broker', reason: '', principal: 'people:ana' };
    put({ pk: 'SUSPENSIONS', sk: new Date(NOW + 11 * MINUTE).toISOString() }, line);
    expect(await sweep(NOW + 11 * MINUTE)).toEqual(ok(0));
    expect(noted()).toBe(false);
    fake.failing = (command, input) => command === 'PutItem' && input.includes('LISTING');
    expect(await sweep(NOW + 12 * MINUTE)).toEqual(err(NO_STORE));
    fake.failing = () => false;
    expect(await sweep(NOW + 13 * MINUTE)).toEqual(ok(0));
    expect(noted()).toBe(true);
  });
});

describe('whether the gates are noted', () => {
  const note = () => put(LISTING_KEY, { passes: 2, notBefore: 0, place: null, gated: true });
  const reads = () => aws.dynamo.commandCalls(GetItemCommand).length;

  test('is not known before it was read, nor where it cannot be read', async () => {
    note();
    expect(watched.gated()).toBe(false);
    aws.dynamo.on(GetItemCommand).rejects(awsError('InternalServerError'));
    const blind = watchGated(bare, () => now);
    await blind.look();
    expect(blind.gated()).toBe(false);
    expect(failures).toEqual(['GetItem']);
  });

  test('is read again every minute until it is so, and never again', async () => {
    await watched.look();
    expect([watched.gated(), reads()]).toEqual([false, 1]);
    note();
    now += MINUTE - 1;
    expect([watched.gated(), reads()]).toEqual([false, 1]);
    now += 1;
    expect([watched.gated(), reads()]).toEqual([false, 2]);
    await new Promise(setImmediate);
    now += MINUTE;
    expect([watched.gated(), reads()]).toEqual([true, 2]);
  });
});
