import {
  type AttributeValue,
  type BatchGetItemCommandInput,
  DynamoDBClient,
  type QueryCommandInput,
  type TransactWriteItemsCommandInput,
} from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { dynamoLedgerStore } from '../../../adapters/dynamodb/ledger-store.ts';
import { s3LedgerFiles } from '../../../adapters/s3/ledger-files.ts';
import { sha256 } from '../../../core/ids.ts';
import { entryOf } from '../../../core/ledger/entry.ts';
import type { LedgerEntry } from '../../../core/ledger/ledger-ports.ts';
import { placeEntries } from '../../../core/ledger/place-entries.ts';
import { publishLog } from '../../../core/ledger/publish-log.ts';
import { ok } from '../../../core/result.ts';
import { memorySigner } from '../../simulation/memory-ledger.ts';
import { fakeTable } from '../../support/fake-table.ts';
import { BUSY, FULL, QUIET } from '../../support/ledger-batches.ts';
import { mockAws } from '../../support/mock-aws.ts';
import { type S3StandIn, STAND_IN_BUCKET, s3StandIn } from '../../support/s3-stand-in.ts';
import {
  activeGrant,
  expiredEvent,
  requestedEvent,
  vendedEvent,
} from '../../support/sample-grants.ts';

/** What a batch of the ledger costs, from the stream to the published checkpoint, in a log with a past. */

const aws = mockAws();
let s3: S3StandIn;
let items: ReadonlyMap<string, Item>;
beforeEach(async () => {
  s3 = await s3StandIn();
  aws.acceptAll();
  ({ items } = fakeTable(aws));
});
afterEach(() => s3.close());

type Item = Record<string, AttributeValue>;

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html */
function sizeOf(item: Item): number {
  const value = ({ S, N, B, L }: AttributeValue): number => {
    if (S !== undefined) return Buffer.byteLength(S);
    if (N !== undefined) return Math.ceil(N.length / 2) + 1;
    if (L !== undefined) return 3 + L.reduce((sum, one) => sum + 1 + value(one), 0);
    return B?.length ?? 0;
  };
  return Object.entries(item).reduce((sum, [name, one]) => sum + name.length + value(one), 0);
}

const writeUnits = (item: Item) => 2 * Math.ceil(sizeOf(item) / 1024);

/** Of consistent reads, 4 KB each; a key that is not there costs one as well. */
function readUnits(command: string, input: unknown): number {
  const { RequestItems = {} } = input as Partial<BatchGetItemCommandInput>;
  const keys = Object.values(RequestItems).flatMap(({ Keys = [] }) => Keys);
  if (command !== 'QueryCommand') return Math.max(1, keys.length);
  const { ExpressionAttributeValues: { ':from': from, ':end': end } = {} } =
    input as QueryCommandInput;
  const read = [...items.values()].filter(
    ({ pk, sk }) => pk?.S === 'LEDGER' && `${sk?.S}` >= `${from?.S}` && `${sk?.S}` <= `${end?.S}`,
  );
  return Math.ceil(read.reduce((sum, item) => sum + sizeOf(item), 0) / 4096);
}

function unitsOf({ command, input }: { readonly command: string; readonly input: unknown }) {
  if (command !== 'TransactWriteItemsCommand') return { write: 0, read: readUnits(command, input) };
  const { TransactItems = [] } = input as TransactWriteItemsCommandInput;
  const write = TransactItems.reduce((sum, { Put }) => sum + writeUnits(Put?.Item ?? {}), 0);
  return { write, read: 0 };
}

/** Events as they are, of 530 bytes on average: how well they compress counts. */
function eventsOf(name: string, count: number): readonly LedgerEntry[] {
  const kinds = [requestedEvent, vendedEvent, expiredEvent];
  return Array.from({ length: count }, (_, at) => {
    const digest = sha256(`${name} ${at}`).slice('sha256:'.length);
    const [id, requestId] = [`gr_${digest.slice(0, 20)}`, digest.slice(20, 36)];
    const event = (kinds[at % kinds.length] ?? requestedEvent)(activeGrant({ id }));
    return entryOf({ ...event, id: `ev_${digest.slice(36, 56)}`, requestId }, 'events');
  });
}

test.each([QUIET, BUSY, FULL])(
  'a batch of $events events costs 5 calls of DynamoDB, 7 of S3, 1 of KMS',
  async (expected) => {
    const { events: count, writeUnits: write, readUnits: read } = expected;
    const signed: string[] = [];
    const client = new DynamoDBClient({ region: 'us-east-1' });
    const report = (_: string, error: unknown) => {
      throw error;
    };
    const store = dynamoLedgerStore({ client, name: 't', report });
    const files = s3LedgerFiles(s3.client, STAND_IN_BUCKET, report);
    const ports = { store, files, signer: memorySigner((text) => signed.push(text)) };
    const publish = async (name: string, of: number) => {
      expect(await placeEntries(ports, eventsOf(name, of))).toEqual(ok(undefined));
      expect((await publishLog(ports)).ok).toBe(true);
    };
    await publish('past', 40);
    aws.dynamo.resetHistory();
    s3.forget();
    signed.length = 0;
    await publish('new', count);

    const calls = aws.calls();
    expect(calls.map(({ command }) => command.replace('Command', ''))).toEqual([
      ...['GetItem', 'BatchGetItem', 'TransactWriteItems', 'GetItem', 'Query'],
    ]);
    const width = 40 + count;
    expect(s3.calls.map(({ what, key }) => `${what} ${key}`)).toEqual([
      'LIST tile/entries/000',
      'GET checkpoint',
      ...['GET tile/0/000.p/40', 'GET tile/entries/000.p/40'],
      ...[`PUT tile/entries/000.p/${width}`, `PUT tile/0/000.p/${width}`],
      'PUT checkpoint',
    ]);
    expect(signed).toHaveLength(1);
    const units = calls.map(unitsOf);
    const sum = (of: 'read' | 'write') => units.reduce((all, one) => all + one[of], 0);
    expect({ write: sum('write'), read: sum('read') }).toEqual({ write, read });
  },
);
