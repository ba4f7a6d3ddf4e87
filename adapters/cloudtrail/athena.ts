import { recordOfRow, recordsQuery, usdOfQuery } from '../../core/usage/athena-query.ts';
import { isWithin, wholeDays } from '../../core/usage/log-files.ts';
import { LogsUnavailable } from '../../core/usage/logs-unavailable.ts';
import type { UsageSource, Window } from '../../core/usage/usage-ports.ts';
import { listLogs } from './list-logs.ts';
import type { LogBucket } from './list-objects.ts';
import type { ReadRecord } from './log-source.ts';
import { stopAt } from './out-of-time.ts';
import { runQuery, type Workgroup } from './run-query.ts';

export type AthenaLogs = Workgroup & {
  /** With `COLUMNS` and `PARTITIONS` of core/usage/athena-table.ts. */
  readonly database: string;
  readonly table: string;
};

/**
 * The records of grants, by one query of Athena for each reading. `read` needs the ids of the grants and the window's
 * accounts: without, the query would read the logs of everybody. `bytes` of its `file` part is what Athena read.
 *
 * Needs `athena:StartQueryExecution`, `GetQueryExecution`, `GetQueryResults` and `StopQueryExecution` on the workgroup;
 * `glue:GetDatabase` and `GetTable`; `s3:GetObject` and `ListBucket` on the logs, `kms:Decrypt` on their key; and to
 * write, read and delete the results, `s3:GetBucketLocation`, `GetObject`, `ListBucket`, `PutObject` and `DeleteObject`
 * where they are.
 *
 * @see https://docs.aws.amazon.com/athena/latest/ug/s3-permissions.html
 * @throws LogsUnavailable, from `read`.
 */
export function athenaLogs(logs: AthenaLogs, readRecord: ReadRecord): UsageSource {
  return {
    source: 'athena',
    read: async function* (window, needles, until) {
      const query = recordsQuery(logs, window, needles);
      if (!query.ok) throw new LogsUnavailable(query.error, { reason: 'no query' });
      let records = 0;
      for await (const part of runQuery(logs, query.value, stopAt(until))) {
        if (part.kind === 'end') {
          yield { kind: 'file', name: `query ${part.id}`, bytes: part.bytes, records };
          continue;
        }
        records += 1;
        const record = readRecord(recordOfRow(part.row));
        if (!record.ok) {
          yield { kind: 'unreadable', place: `row ${records} of Athena`, why: record.error };
        } else if (isWithin(record.value, window)) yield { kind: 'record', record: record.value };
      }
    },
  };
}

export type QueryCost = { readonly bytes: number; readonly usd: number };

/**
 * The most that reading a window can cost: Athena reads the files of its days as a whole, whatever it looks for.
 *
 * @throws LogsUnavailable
 */
export async function queryCost(from: LogBucket, window: Window): Promise<QueryCost> {
  let bytes = 0;
  for await (const object of listLogs(from, wholeDays(window))) bytes += object.bytes;
  return { bytes, usd: usdOfQuery(bytes) };
}
