import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AthenaClient,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  type QueryExecution,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import { DeleteObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { LogsUnavailable } from '../../core/usage/logs-unavailable.ts';
import { explain } from './explain-error.ts';
import { stoppedBy, throwIfLate } from './out-of-time.ts';

export type Workgroup = {
  readonly client: AthenaClient;
  /** Of the bucket that the workgroup writes results to. */
  readonly s3: S3Client;
  readonly workgroup: string;
  readonly timing: Timing;
  /** Tells the operator why results could not be deleted. */
  readonly report: (why: string) => void;
};

export type Timing = {
  readonly now: () => number;
  readonly pause: (milliseconds: number) => Promise<unknown>;
};

export const REAL_TIME: Timing = { now: () => performance.now(), pause: sleep };

/** As long as Athena lets a query run. @see https://docs.aws.amazon.com/athena/latest/ug/service-limits.html */
const LONGEST_MS = 30 * 60_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5000;

/** Athena's most. @see https://docs.aws.amazon.com/athena/latest/APIReference/API_GetQueryResults.html */
const PAGE = 1000;

export type Row = Readonly<Record<string, string | null>>;

export type QueryPart =
  | { readonly kind: 'row'; readonly row: Row }
  /** The last one: the bytes that the query read. */
  | { readonly kind: 'end'; readonly id: string; readonly bytes: number };

/**
 * Runs a query and gives its rows by the names of their columns. One that is waited for in vain is stopped. Its results
 * are deleted once they are read, or not wanted any more: they have the parameters of calls.
 *
 * @param stop When it is too late.
 * @throws LogsUnavailable where it fails, is cancelled, or takes too long.
 */
export async function* runQuery(
  group: Workgroup,
  query: string,
  stop?: AbortSignal,
): AsyncGenerator<QueryPart, void> {
  const { client, workgroup } = group;
  throwIfLate(stop);
  // It is not broken off: a query without an id could not be stopped.
  const { QueryExecutionId: id = '' } = await asked('StartQueryExecution', () =>
    client.send(new StartQueryExecutionCommand({ QueryString: query, WorkGroup: workgroup })),
  );
  let ended = false;
  let results: string | undefined;
  try {
    const execution = await waitFor(group, { id, stop }, (location) => {
      results = location;
    });
    ended = true;
    yield* rowsOf(client, { id, stop });
    yield { kind: 'end', id, bytes: execution.Statistics?.DataScannedInBytes ?? 0 };
  } catch (error) {
    ended ||= error instanceof Ended;
    throw error;
  } finally {
    if (!ended) await stopQuery(client, id);
    if (results !== undefined) await removeResults(group, results);
  }
}

type Running = { readonly id: string; readonly stop: AbortSignal | undefined };

/** Also Athena's description of the columns. @see https://docs.aws.amazon.com/athena/latest/ug/querying-finding-output-files.html */
async function removeResults({ s3, report }: Workgroup, location: string): Promise<void> {
  const [, Bucket = '', key = ''] = /^s3:\/\/([^/]+)\/(.+)$/.exec(location) ?? [];
  try {
    for (const Key of [key, `${key}.metadata`]) {
      await s3.send(new DeleteObjectCommand({ Bucket, Key }));
    }
  } catch (error) {
    report(explain(error, 's3:DeleteObject', 'results of Athena').why.reason);
  }
}

/** Athena ended the query by itself. */
class Ended extends LogsUnavailable {}

async function waitFor(
  { client, workgroup, timing }: Workgroup,
  { id, stop }: Running,
  seen: (results: string | undefined) => void,
): Promise<QueryExecution> {
  const end = timing.now() + LONGEST_MS;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(LONGEST_PAUSE_MS, 2 * pause)) {
    const command = new GetQueryExecutionCommand({ QueryExecutionId: id });
    const { QueryExecution: execution } = await asked(
      'GetQueryExecution',
      () => client.send(command, stoppedBy(stop)),
      stop,
    );
    seen(execution?.ResultConfiguration?.OutputLocation);
    const { State, StateChangeReason: reason = 'no reason given' } = execution?.Status ?? {};
    if (execution !== undefined && State === 'SUCCEEDED') return execution;
    if (State === 'FAILED') {
      const why = { reason: 'query failed' };
      throw new Ended(`Athena could not run the query: ${reason}`, why);
    }
    if (State === 'CANCELLED') {
      throw new Ended(
        `Athena cancelled the query: ${reason}. Where it reads more than the workgroup ${workgroup} allows, ask for fewer days, accounts or Regions, or raise the limit`,
        { reason: 'query cancelled' },
      );
    }
    if (timing.now() >= end) {
      const why = { reason: 'out of time' };
      throw new LogsUnavailable('the query of Athena took longer than 30 minutes', why);
    }
    throwIfLate(stop);
    await timing.pause(pause);
  }
}

async function* rowsOf(
  client: AthenaClient,
  { id, stop }: Running,
): AsyncGenerator<QueryPart, void> {
  let NextToken: string | undefined;
  let header = true;
  do {
    const of = { QueryExecutionId: id, MaxResults: PAGE, NextToken };
    const page = await asked(
      'GetQueryResults',
      () => client.send(new GetQueryResultsCommand(of), stoppedBy(stop)),
      stop,
    );
    const names = (page.ResultSet?.ResultSetMetadata?.ColumnInfo ?? []).map(
      ({ Name = '' }) => Name,
    );
    // The first row of the first page has the names again.
    for (const { Data = [] } of (page.ResultSet?.Rows ?? []).slice(header ? 1 : 0)) {
      const cells = names.map((name, index) => [name, Data[index]?.VarCharValue ?? null]);
      yield { kind: 'row', row: Object.fromEntries(cells) as Row };
    }
    header = false;
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
}

/** Where it cannot be stopped, it ends by itself; why it is stopped is told anyway. */
async function stopQuery(client: AthenaClient, id: string): Promise<void> {
  try {
    await client.send(new StopQueryExecutionCommand({ QueryExecutionId: id }));
  } catch {}
}

async function asked<T>(operation: string, call: () => Promise<T>, stop?: AbortSignal): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throwIfLate(stop);
    throw explain(error, `athena:${operation}`, 'the logs with Athena');
  }
}
