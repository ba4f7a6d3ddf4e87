import { setTimeout as sleep } from 'node:timers/promises';
import {
  AthenaClient,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  type QueryExecutionState,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import { DeleteObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { athenaLogs, queryCost } from '../../../adapters/cloudtrail/athena.ts';
import type { Window } from '../../../core/usage/usage-ports.ts';
import { STAND_IN_BUCKET, s3StandIn } from '../../support/s3-stand-in.ts';
import { all, GRANT, keyOf, readRecord, WINDOW } from './log-text.ts';

const mock = mockClient(AthenaClient);
const results = new S3Client({ region: 'eu-central-1' });
// Of this client alone: another one asks the stand-in.
const s3Mock = mockClient(results);
let clock: number;
let reported: string[];

const logs = athenaLogs(
  {
    client: new AthenaClient({ region: 'eu-central-1' }),
    s3: results,
    workgroup: 'usage',
    report: (why) => reported.push(why),
    database: 'logs',
    table: 'cloudtrail',
    timing: {
      now: () => clock,
      pause: async (milliseconds) => {
        clock += milliseconds;
        await sleep(1);
      },
    },
  },
  readRecord,
);
const ACCOUNT = { ...WINDOW, accounts: ['111122223333'] };
const read = (window: Window = ACCOUNT, needles: readonly string[] | null = [GRANT]) =>
  all(logs.read(window, needles));

const state = (State: QueryExecutionState, StateChangeReason?: string, bytes = 0) => ({
  QueryExecution: {
    Status: { State, StateChangeReason },
    ResultConfiguration: { OutputLocation: 's3://acme-results/x/q-1.csv' },
    Statistics: { DataScannedInBytes: bytes },
  },
});
const row = (...values: readonly (string | undefined)[]) => ({
  Data: values.map((VarCharValue) => ({ VarCharValue })),
});
const ResultSetMetadata = {
  ColumnInfo: ['eventid', 'eventtime'].map((Name) => ({ Name, Type: 'varchar' })),
};
const page = (rows: readonly ReturnType<typeof row>[], NextToken?: string) => ({
  ResultSet: { Rows: [...rows], ResultSetMetadata },
  NextToken,
});

beforeEach(() => {
  mock.reset();
  s3Mock.reset();
  clock = 0;
  reported = [];
  mock.on(StartQueryExecutionCommand).resolves({ QueryExecutionId: 'q-1' });
  mock.on(GetQueryExecutionCommand).resolves(state('SUCCEEDED', undefined, 4096));
  mock
    .on(GetQueryResultsCommand)
    .resolvesOnce(
      page(
        [row('eventid', 'eventtime'), row('a', '2026-11-20T12:00:00Z'), row(undefined, 'x')],
        'more',
      ),
    )
    .resolvesOnce(page([row('b', '2026-11-20T12:00:01Z'), row('c', '2026-11-21T12:00:01Z')]));
});

const refused = (name: string, message = '') => Object.assign(new Error(message), { name });
const failure = (message: RegExp) => ({
  name: 'LogsUnavailable',
  message: expect.stringMatching(message),
});
const deleted = () =>
  s3Mock.commandCalls(DeleteObjectCommand).map(({ args: [{ input }] }) => input);
const RESULTS = ['x/q-1.csv', 'x/q-1.csv.metadata'].map((Key) => ({ Bucket: 'acme-results', Key }));
const stops = () => mock.commandCalls(StopQueryExecutionCommand).length;

describe('records of a grant', () => {
  test('are the rows of one query, from all pages, within the window', async () => {
    mock
      .on(GetQueryExecutionCommand)
      .resolvesOnce(state('QUEUED'))
      .resolvesOnce(state('RUNNING'))
      .resolves(state('SUCCEEDED', undefined, 4096));
    expect(await read()).toEqual({
      ids: ['a', 'b'],
      unreadable: [{ kind: 'unreadable', place: 'row 2 of Athena', why: 'it has no eventID' }],
      files: [{ kind: 'file', name: 'query q-1', bytes: 4096, records: 4 }],
    });
    const [start] = mock.commandCalls(StartQueryExecutionCommand);
    expect(start?.args[0].input).toMatchObject({
      WorkGroup: 'usage',
      QueryString: expect.stringContaining("account IN ('111122223333')"),
    });
    expect([clock, stops()]).toEqual([750, 0]);
  });

  test('of everybody, or of all accounts, are not asked for', async () => {
    await expect(read(ACCOUNT, null)).rejects.toMatchObject(failure(/1 to 50 grants/));
    await expect(read(WINDOW)).rejects.toMatchObject(failure(/names its accounts/));
    expect(mock.calls()).toEqual([]);
  });
});

describe('a query', () => {
  test('that fails says why', async () => {
    mock.on(GetQueryExecutionCommand).resolves(state('FAILED', 'HIVE_BAD_DATA: x'));
    await expect(read()).rejects.toMatchObject(
      failure(/^Athena could not run the query: HIVE_BAD_DATA: x$/),
    );
    expect(stops()).toBe(0);
  });

  test('that reads too much is cancelled by its workgroup, and says so', async () => {
    mock
      .on(GetQueryExecutionCommand)
      .resolves(state('CANCELLED', 'Bytes scanned limit was exceeded'));
    await expect(read()).rejects.toMatchObject(
      failure(/Bytes scanned limit was exceeded.*workgroup usage/),
    );
  });

  test('that does not end is stopped', async () => {
    mock.on(GetQueryExecutionCommand).resolves(state('RUNNING'));
    await expect(read()).rejects.toMatchObject(failure(/longer than 30 minutes/));
    expect(stops()).toBe(1);
  });

  test('that is not at its end when the time is up is stopped', async () => {
    mock.on(GetQueryExecutionCommand).resolves(state('RUNNING'));
    const late = { name: 'LogsUnavailable', why: { reason: 'out of time' } };
    const parts = logs.read(ACCOUNT, [GRANT], Date.now() + 30);
    await expect(all(parts)).rejects.toMatchObject(late);
    expect(stops()).toBe(1);
    expect(clock).toBeLessThan(30 * 60_000);
    expect(deleted()).toEqual(RESULTS);
  });

  test('that cannot be asked about is stopped', async () => {
    mock.on(GetQueryExecutionCommand).rejects(refused('AccessDeniedException'));
    await expect(read()).rejects.toMatchObject(failure(/need athena:GetQueryExecution$/));
    expect(stops()).toBe(1);
  });

  test.each<[string, string, RegExp]>([
    ['AccessDeniedException', '', /the credentials need athena:StartQueryExecution$/],
    [
      'AccessDeniedException',
      'User: x is not authorized to perform: glue:GetTable on y',
      /need glue:GetTable$/,
    ],
    [
      'InvalidRequestException',
      'WorkGroup is not found',
      /InvalidRequestException: WorkGroup is not found/,
    ],
  ])('that cannot begin says why: %s %s', async (name, message, expected) => {
    mock.on(StartQueryExecutionCommand).rejects(refused(name, message));
    await expect(read()).rejects.toMatchObject(failure(expected));
  });
});

describe('results, which have parameters of calls,', () => {
  test('are deleted once they are read', async () => {
    s3Mock.on(DeleteObjectCommand).callsFake(() => {
      expect(mock.commandCalls(GetQueryResultsCommand)).toHaveLength(2);
    });
    await read();
    expect(deleted()).toEqual(RESULTS);
    expect(reported).toEqual([]);
  });

  test('are deleted where nobody reads on, and where they cannot be read', async () => {
    for await (const part of logs.read(ACCOUNT, [GRANT])) if (part.kind === 'record') break;
    expect(deleted()).toEqual(RESULTS);
    mock.on(GetQueryResultsCommand).rejects(refused('AccessDeniedException'));
    await expect(read()).rejects.toMatchObject(failure(/need athena:GetQueryResults$/));
    expect(deleted()).toEqual([...RESULTS, ...RESULTS]);
    expect(stops()).toBe(0);
  });

  test('that cannot be deleted are read all the same, and told of', async () => {
    s3Mock.on(DeleteObjectCommand).rejects(refused('AccessDenied'));
    expect((await read()).ids).toEqual(['a', 'b']);
    expect(reported).toEqual(['AccessDenied']);
  });
});

test('a query costs at most what all files of its days are', async () => {
  const s3 = await s3StandIn();
  try {
    for (const delivered of [
      '2026-11-20T00:05',
      '2026-11-20T12:05',
      '2026-11-21T23:00',
      '2026-11-22T00:05',
    ]) {
      s3.put(keyOf(delivered), Buffer.alloc(10_000_000));
    }
    const bucket = { client: s3.client, bucket: STAND_IN_BUCKET, prefix: '' };
    expect(await queryCost(bucket, ACCOUNT)).toEqual({
      bytes: 30_000_000,
      usd: expect.closeTo(0.00015, 9),
    });
  } finally {
    await s3.close();
  }
});
