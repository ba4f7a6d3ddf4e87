import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AthenaClient,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  type QueryExecution,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import { explain } from './explain-error.ts';
import { LogsUnavailable } from './log-source.ts';

export type Workgroup = {
  readonly client: AthenaClient;
  readonly workgroup: string;
  /** `s3://…` for results; null where the workgroup says it. */
  readonly output: string | null;
  readonly timing: Timing;
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

/**
 * Runs a query and gives its rows by the names of their columns. One that is waited for in vain is stopped.
 *
 * @returns its id and the bytes that it read.
 * @throws LogsUnavailable where it fails, is cancelled, or takes too long.
 */
export async function* runQuery(
  group: Workgroup,
  query: string,
): AsyncGenerator<Row, { readonly id: string; readonly bytes: number }> {
  const { client, workgroup, output } = group;
  const { QueryExecutionId: id = '' } = await asked('StartQueryExecution', () =>
    client.send(
      new StartQueryExecutionCommand({
        QueryString: query,
        WorkGroup: workgroup,
        ...(output !== null && { ResultConfiguration: { OutputLocation: output } }),
      }),
    ),
  );
  let ended = false;
  try {
    const execution = await waitFor(group, id);
    ended = true;
    yield* rowsOf(client, id);
    return { id, bytes: execution.Statistics?.DataScannedInBytes ?? 0 };
  } catch (error) {
    ended ||= error instanceof Ended;
    throw error;
  } finally {
    if (!ended) await stop(client, id);
  }
}

/** Athena ended the query by itself. */
class Ended extends LogsUnavailable {}

async function waitFor(
  { client, workgroup, timing }: Workgroup,
  id: string,
): Promise<QueryExecution> {
  const end = timing.now() + LONGEST_MS;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(LONGEST_PAUSE_MS, 2 * pause)) {
    const { QueryExecution: execution } = await asked('GetQueryExecution', () =>
      client.send(new GetQueryExecutionCommand({ QueryExecutionId: id })),
    );
    const { State, StateChangeReason: reason = 'no reason given' } = execution?.Status ?? {};
    if (execution !== undefined && State === 'SUCCEEDED') return execution;
    if (State === 'FAILED')
      throw new Ended(`Athena could not run the query: ${reason}${hint(reason)}`);
    if (State === 'CANCELLED') {
      throw new Ended(
        `Athena cancelled the query: ${reason}. Where it reads more than the workgroup ${workgroup} allows, ask for fewer days, accounts or Regions, or raise the limit`,
      );
    }
    if (timing.now() >= end)
      throw new LogsUnavailable('the query of Athena took longer than 30 minutes');
    await timing.pause(pause);
  }
}

/** A table as AWS's page makes it. */
function hint(reason: string): string {
  return /sourceidentity/i.test(reason)
    ? '. The table has no useridentity.sessioncontext.sourceidentity: make it anew with the statement of Valet Key'
    : '';
}

async function* rowsOf(client: AthenaClient, id: string): AsyncGenerator<Row, void> {
  let NextToken: string | undefined;
  let header = true;
  do {
    const page = await asked('GetQueryResults', () =>
      client.send(
        new GetQueryResultsCommand({ QueryExecutionId: id, MaxResults: PAGE, NextToken }),
      ),
    );
    const names = (page.ResultSet?.ResultSetMetadata?.ColumnInfo ?? []).map(
      ({ Name = '' }) => Name,
    );
    // The first row of the first page has the names again.
    for (const { Data = [] } of (page.ResultSet?.Rows ?? []).slice(header ? 1 : 0)) {
      yield Object.fromEntries(
        names.map((name, index) => [name, Data[index]?.VarCharValue ?? null]),
      );
    }
    header = false;
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
}

/** Where it cannot be stopped, it ends by itself; why it is stopped is told anyway. */
async function stop(client: AthenaClient, id: string): Promise<void> {
  try {
    await client.send(new StopQueryExecutionCommand({ QueryExecutionId: id }));
  } catch {}
}

async function asked<T>(operation: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw explain(error, `athena:${operation}`, 'the logs with Athena');
  }
}
