import { recordOfRow, recordsQuery, usdOfQuery } from '../../core/usage/athena-query.ts';
import { isWithin, wholeDays } from '../../core/usage/log-files.ts';
import type { UsageSource, Window } from '../../core/usage/usage-ports.ts';
import { listLogs } from './list-logs.ts';
import type { LogBucket } from './list-objects.ts';
import { LogsUnavailable, type ReadRecord } from './log-source.ts';
import { runQuery, type Workgroup } from './run-query.ts';

export type AthenaLogs = Workgroup & {
  /** The table that `createTable` makes. */
  readonly database: string;
  readonly table: string;
};

/**
 * The records of grants, by one query of Athena for each reading. `read` needs the ids of the grants and the window's
 * accounts: without, the query would read the logs of everybody. `bytes` of its `file` part is what Athena read.
 *
 * Needs `athena:StartQueryExecution`, `GetQueryExecution`, `GetQueryResults` and `StopQueryExecution` on the workgroup;
 * `glue:GetDatabase` and `GetTable`; `s3:GetObject` and `ListBucket` on the logs, `kms:Decrypt` on their key; and to
 * write the results, `s3:GetBucketLocation`, `GetObject`, `ListBucket` and `PutObject` where they are kept.
 *
 * @see https://docs.aws.amazon.com/athena/latest/ug/s3-permissions.html
 * @throws LogsUnavailable, from `read`.
 */
export function athenaLogs(logs: AthenaLogs, readRecord: ReadRecord): UsageSource {
  return {
    source: 'athena',
    read: async function* (window, needles) {
      const query = recordsQuery(logs, window, needles);
      if (!query.ok) throw new LogsUnavailable(query.error);
      const rows = runQuery(logs, query.value);
      let records = 0;
      for (;;) {
        const next = await rows.next();
        if (next.done === true) {
          const { id, bytes } = next.value;
          return yield { kind: 'file', name: `query ${id}`, bytes, records };
        }
        records += 1;
        const record = readRecord(recordOfRow(next.value));
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
