import type { Result } from '../../core/result.ts';
import type { TrailRecord } from '../../core/usage/record.ts';
import type { ReadPart, UsageSource, Window } from '../../core/usage/usage-ports.ts';

/** What a record is, from its parsed JSON; or what is wrong with it, in words. */
export type ReadRecord = (json: unknown) => Result<TrailRecord, string>;

/** Log files, of which is known beforehand how much they are. */
export type LogSource = UsageSource & {
  /** What `read` will read: files, and bytes as they are stored. @throws LogsUnavailable */
  readonly size: (window: Window) => Promise<LogSize>;
};

/** What an account lacks that has logs, and none of the window. */
export function withoutFile(account: string): ReadPart {
  const why = 'it has no log file that can hold records of this time';
  return { kind: 'unreadable', place: `account ${account}`, why };
}

export type LogSize = { readonly files: number; readonly bytes: number };
