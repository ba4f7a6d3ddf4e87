import { gzipSync } from 'node:zlib';
import {
  BatchGetItemCommand,
  DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  TransactionInProgressException,
  TransactWriteItemsCommand,
  type TransactWriteItemsCommandInput,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { beforeEach, describe, expect, test } from '@jest/globals';
import {
  LEDGER_HEAD_KEY,
  ledgerBatchKey,
  ledgerPlaceKey,
} from '../../../adapters/dynamodb/ledger-keys.ts';
import { dynamoLedgerStore } from '../../../adapters/dynamodb/ledger-store.ts';
import { EMPTY_TREE } from '../../../core/ledger/merkle.ts';
import { placeEntries } from '../../../core/ledger/place-entries.ts';
import { publishLog } from '../../../core/ledger/publish-log.ts';
import { encodeBundle } from '../../../core/ledger/tiles.ts';
import { ok } from '../../../core/result.ts';
import { entriesOf, grown, ledgerStoreContract } from '../../contracts/ledger-store.contract.ts';
import { MemoryLedgerFiles, memorySigner } from '../../simulation/memory-ledger.ts';
import { type FakeTable, fakeTable } from '../../support/fake-table.ts';
import { awsError, cancelled, mockAws } from '../../support/mock-aws.ts';
import { NOW } from '../../support/sample-grants.ts';

const aws = mockAws();
let fake: FakeTable;
let reports: string[];
/** Virtual time, in which a pause takes as long as it may. */
let pauses: number[];

beforeEach(() => {
  aws.acceptAll();
  fake = fakeTable(aws);
  reports = [];
  pauses = [];
});

const report = (operation: string, error: unknown) => {
  reports.push(`${operation}: ${error instanceof Error ? error.name : ''}`);
};

function storeOf() {
  let now = 0;
  const pause = async (milliseconds: number) => {
    pauses.push(milliseconds);
    now += milliseconds + 1;
  };
  const timing = { now: () => now, pause, chance: () => 1 };
  const client = new DynamoDBClient({ region: 'us-east-1' });
  return dynamoLedgerStore({ client, name: 't', report, timing, gated: () => true }, () => NOW);
}

const bundleOf = (entries: readonly Uint8Array[]) => gzipSync(encodeBundle(entries));

const UNAVAILABLE = { ok: false, error: { code: 'unavailable', what: 'store' } };
const CONFLICT = { ok: false, error: { code: 'conflict' } };
const three = entriesOf('a', 3);
const tree = grown(EMPTY_TREE, three);

ledgerStoreContract('a table in memory', async () => {
  fake.items.clear();
  return storeOf();
});

ledgerStoreContract('a table whose answers hold one item', async () => {
  fake.items.clear();
  fake.pageOf = 1;
  return storeOf();
});

describe('what is added to the ledger', () => {
  test('is one transaction: the head, the batch, and a place for each event', async () => {
    const two = entriesOf('b', 2);
    const next = grown(tree, two);
    await storeOf().add(EMPTY_TREE, tree, three);
    await storeOf().add(tree, next, two);
    const [first, second] = aws.transactions();
    const ABSENT = { ConditionExpression: 'attribute_not_exists(pk)' };
    const put = (item: object, condition: object = ABSENT) => ({
      Put: { TableName: 't', Item: marshall(item), ...condition },
    });
    const ttl = Math.floor(NOW / 1000) + 90 * 86_400;
    const unplaced = {
      ConditionExpression: 'attribute_not_exists(pk) OR place >= :size',
      ExpressionAttributeValues: marshall({ ':size': 3 }),
    };
    expect(first?.TransactItems?.[0]).toEqual(put({ ...LEDGER_HEAD_KEY, ...tree }));
    expect(second).toEqual({
      ClientRequestToken: expect.stringMatching(/^[0-9a-f-]{36}$/),
      TransactItems: [
        put(
          { ...LEDGER_HEAD_KEY, ...next },
          {
            ConditionExpression: '#size = :size AND subtrees = :subtrees',
            ExpressionAttributeNames: { '#size': 'size' },
            ExpressionAttributeValues: marshall({ ':size': 3, ':subtrees': tree.subtrees }),
          },
        ),
        put({ ...ledgerBatchKey(3), bundle: bundleOf(two.map(({ bytes }) => bytes)), ttl }, {}),
        ...two.map(({ id }, at) => put({ ...ledgerPlaceKey(id), place: 3 + at }, unplaced)),
      ],
    });
    expect(first?.ClientRequestToken).not.toBe(second?.ClientRequestToken);
  });

  test('sorts by its place, up to the largest number', () => {
    const places = [0, 9, 10, 255, 99_999, 1_000_000, Number.MAX_SAFE_INTEGER];
    const keys = places.map((place) => ledgerBatchKey(place).sk);
    expect(keys.toSorted()).toEqual(keys);
    expect(keys[3]).toBe('BATCH#0000000000000255');
  });

  test.each(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'])(
    'is repeated after a pause where DynamoDB cancels it for %s',
    async (Code) => {
      const write = aws.dynamo.on(TransactWriteItemsCommand);
      write.rejectsOnce(cancelled(5, 0, { Code })).rejectsOnce(cancelled(5, 4, { Code }));
      expect(await storeOf().add(EMPTY_TREE, tree, three)).toEqual(ok(undefined));
      expect([pauses.length, reports]).toEqual([2, []]);
      const tokens = aws.transactions().map(({ ClientRequestToken }) => ClientRequestToken);
      expect(new Set(tokens).size).toBe(3);
    },
  );

  test('is unavailable where that does not pass', async () => {
    aws.dynamo.on(TransactWriteItemsCommand).rejects(cancelled(5, 0, { Code: 'ThrottlingError' }));
    expect(await storeOf().add(EMPTY_TREE, tree, three)).toEqual(UNAVAILABLE);
    expect(reports).toEqual(['TransactWriteItems: TransactionCanceledException']);
  });

  test.each([
    ['the head', 0],
    ['the batch', 1],
    ['a place', 4],
  ])('is a conflict where the condition of %s fails', async (_, position) => {
    const refused = cancelled(5, position, { Code: 'ConditionalCheckFailed' });
    aws.dynamo.on(TransactWriteItemsCommand).rejects(refused);
    expect(await storeOf().add(EMPTY_TREE, tree, three)).toEqual(CONFLICT);
    expect([reports, pauses]).toEqual([[], []]);
  });

  test('is repeated with its own token while DynamoDB is still at it', async () => {
    const going = new TransactionInProgressException({ message: 'wait', $metadata: {} });
    aws.dynamo.on(TransactWriteItemsCommand).rejectsOnce(going);
    expect(await storeOf().add(EMPTY_TREE, tree, three)).toEqual(ok(undefined));
    const [first, second] = aws.transactions();
    expect(second).toEqual(first);
  });

  test.each([
    ['a broken network', awsError('TimeoutError')],
    ['a right that is missing', awsError('AccessDeniedException')],
    ['throttling', awsError('ThrottlingException')],
    ['an item that is too large', cancelled(5, 1, { Code: 'ItemCollectionSizeLimitExceeded' })],
    ['what DynamoDB does not take', cancelled(5, 1, { Code: 'ValidationError' })],
  ])('is unavailable, and reported by name, on %s', async (_, error) => {
    aws.dynamo.on(TransactWriteItemsCommand).rejects(error);
    expect(await storeOf().add(EMPTY_TREE, tree, three)).toEqual(UNAVAILABLE);
    expect(reports).toEqual([`TransactWriteItems: ${error.name}`]);
  });

  test('is there once where the answer gets lost and the whole is repeated', async () => {
    const write = aws.dynamo.on(TransactWriteItemsCommand);
    write.callsFakeOnce((input: TransactWriteItemsCommandInput) => {
      for (const { Put } of input.TransactItems ?? []) {
        fake.items.set(`${Put?.Item?.['pk']?.S} ${Put?.Item?.['sk']?.S}`, Put?.Item ?? {});
      }
      throw awsError('TimeoutError');
    });
    const ports = { store: storeOf(), files: new MemoryLedgerFiles().port() };
    expect(await placeEntries(ports, three)).toEqual(UNAVAILABLE);
    expect(await placeEntries(ports, three)).toEqual(ok(undefined));
    expect(await ports.store.head()).toEqual(ok(tree));
    expect(aws.transactions()).toHaveLength(1);
  });
});

describe('what is read of the ledger', () => {
  test('is read consistently', async () => {
    const store = storeOf();
    await store.add(EMPTY_TREE, tree, three);
    aws.dynamo.resetHistory();
    await store.head();
    await store.placed(['ev_a0']);
    await store.read(1, 2);
    const inputs = JSON.stringify(aws.calls().map(({ input }) => input));
    expect(aws.calls().map(({ command }) => command)).toEqual([
      ...['GetItemCommand', 'BatchGetItemCommand', 'QueryCommand', 'QueryCommand'],
    ]);
    expect(inputs.split('"ConsistentRead":true')).toHaveLength(5);
  });

  test('is not asked for where nothing is wanted', async () => {
    const store = storeOf();
    for (const [from, to] of [
      [0, 0],
      [3, 3],
      [3, 2],
    ] as const) {
      expect(await store.read(from, to)).toEqual(ok([]));
    }
    expect(await store.placed([])).toEqual(ok(new Map()));
    expect(aws.calls()).toEqual([]);
  });

  test('asks again, after a pause, for the places that DynamoDB left unprocessed', async () => {
    const store = storeOf();
    await store.add(EMPTY_TREE, tree, three);
    const left = (id: string) => ({ t: { Keys: [marshall(ledgerPlaceKey(id))] } });
    const head = marshall({ ...LEDGER_HEAD_KEY, ...tree });
    const found = (id: string, place: number) => [marshall({ ...ledgerPlaceKey(id), place })];
    aws.dynamo
      .on(BatchGetItemCommand)
      .resolvesOnce({
        Responses: { t: [head, ...found('ev_a0', 0)] },
        UnprocessedKeys: left('ev_a2'),
      })
      .resolvesOnce({ Responses: {}, UnprocessedKeys: left('ev_a2') })
      .resolvesOnce({ Responses: { t: found('ev_a2', 2) } });
    expect(await store.placed(['ev_a0', 'ev_x', 'ev_a2'])).toEqual(
      ok(
        new Map([
          ['ev_a0', 0],
          ['ev_a2', 2],
        ]),
      ),
    );
    expect(pauses).toHaveLength(2);
  });

  test('is unavailable where DynamoDB never processes a place', async () => {
    const left = { t: { Keys: [marshall(ledgerPlaceKey('ev_a0'))] } };
    aws.dynamo.on(BatchGetItemCommand).resolves({ Responses: {}, UnprocessedKeys: left });
    expect(await storeOf().placed(['ev_a0'])).toEqual(UNAVAILABLE);
    expect(reports).toEqual(['BatchGetItem: UnprocessedKeysLeft']);
  });

  test.each([
    ['the head', GetItemCommand, 'GetItem'],
    ['places', BatchGetItemCommand, 'BatchGetItem'],
    ['entries', QueryCommand, 'Query'],
  ] as const)('is unavailable, never empty, where %s cannot be read', async (_, command, name) => {
    aws.dynamo.on(command as typeof GetItemCommand).rejects(awsError('AccessDeniedException'));
    const store = storeOf();
    const read = {
      GetItem: store.head,
      BatchGetItem: () => store.placed(['a']),
      Query: () => store.read(0, 1),
    };
    expect(await read[name]()).toEqual(UNAVAILABLE);
    expect(reports).toEqual([`${name}: AccessDeniedException`]);
  });

  const [HASH] = tree.subtrees;
  test.each([
    ['a size', { subtrees: tree.subtrees }],
    ['a whole size', { size: 2.5, subtrees: tree.subtrees }],
    ['a size that is none', { size: -3, subtrees: tree.subtrees }],
    ['subtrees', { size: 3 }],
    ['all subtrees', { size: 3, subtrees: [HASH] }],
    ['no more subtrees', { size: 3, subtrees: [HASH, HASH, HASH] }],
    ['subtrees of 32 bytes', { size: 3, subtrees: [HASH, HASH?.subarray(1)] }],
    ['subtrees of bytes', { size: 3, subtrees: ['a', 'b'] }],
  ])('is unavailable where the head lacks %s', async (_, head) => {
    fake.items.set('LEDGER HEAD', marshall({ ...LEDGER_HEAD_KEY, ...head }));
    expect(await storeOf().head()).toEqual(UNAVAILABLE);
    expect(reports).toEqual(['GetItem: DamagedItem']);
  });

  test.each([{}, { place: '7' }, { place: -1 }, { place: 0.5 }])(
    'is unavailable where a place is %j',
    async (place) => {
      fake.items.set('LEDGER#ev_a PLACE', marshall({ ...ledgerPlaceKey('ev_a'), ...place }));
      expect(await storeOf().placed(['ev_a'])).toEqual(UNAVAILABLE);
      expect(reports).toEqual(['BatchGetItem: DamagedItem']);
    },
  );

  test.each([{}, { bundle: 'x' }, { bundle: Buffer.from('x') }, { bundle: gzipSync('x') }])(
    'is unavailable where a batch is %j',
    async (batch) => {
      fake.items.set('LEDGER BATCH', marshall({ ...ledgerBatchKey(0), ...batch }));
      expect(await storeOf().read(0, 1)).toEqual(UNAVAILABLE);
      expect(reports).toEqual(['Query: DamagedItem']);
    },
  );

  test('ends where a batch is missing: no entry gets the place of another', async () => {
    const store = storeOf();
    let head = EMPTY_TREE;
    for (const name of ['a', 'b', 'c']) {
      const entries = entriesOf(name, 2);
      const next = grown(head, entries);
      await store.add(head, next, entries);
      head = next;
    }
    const missing = ledgerBatchKey(2);
    const removed = fake.items.get(`${missing.pk} ${missing.sk}`);
    fake.items.delete(`${missing.pk} ${missing.sk}`);
    const count = async (from: number, to: number) => {
      const read = await store.read(from, to);
      return read.ok ? read.value.length : -1;
    };
    expect([await count(0, 6), await count(2, 6), await count(3, 6)]).toEqual([2, 0, 0]);
    expect(await count(4, 6)).toBe(2);
    // One that overlaps what is before it was left by a restore, and is passed over.
    const overlapping = ledgerBatchKey(1);
    fake.items.set(`${missing.pk} ${missing.sk}`, removed ?? {});
    fake.items.set(
      'overlapping',
      marshall({ ...overlapping, bundle: bundleOf([Buffer.from('x')]) }),
    );
    expect(await count(0, 6)).toBe(6);
  });
});

test('batches that a restore left do not come between those that were written after it', async () => {
  const files = new MemoryLedgerFiles();
  const ports = { store: storeOf(), files: files.port(), signer: memorySigner(() => undefined) };
  const place = (name: string, count: number) => placeEntries(ports, entriesOf(name, count));
  await place('kept', 1000);
  expect(await publishLog(ports)).toEqual(ok(1000));
  const head = fake.items.get('LEDGER HEAD') ?? {};
  for (const lost of [20, 70]) await place(`lost${lost}`, lost);
  fake.items.set('LEDGER HEAD', head);
  // The second page begins in the middle of the second batch, and between them is what is left.
  for (const count of [10, 80]) await place(`new${count}`, count);
  expect(await publishLog(ports)).toEqual(ok(1090));
});
