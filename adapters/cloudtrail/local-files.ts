import { createReadStream, type Dirent, readdirSync, type Stats, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import {
  accountIn,
  accountsWithoutFile,
  describeWindow,
  isLogFile,
  mayHold,
} from '../../core/usage/log-files.ts';
import { LogsUnavailable } from '../../core/usage/logs-unavailable.ts';
import { needleTest } from '../../core/usage/needle-test.ts';
import type { ReadPart, Window } from '../../core/usage/usage-ports.ts';
import { type LogSource, type ReadRecord, withoutFile } from './log-source.ts';
import { type Reading, readLog } from './read-log.ts';

type LogFile = { readonly path: string; readonly bytes: number };

/**
 * The log files of a folder and of the folders in it, or one file: as CloudTrail writes them, or exports with a record
 * per line; compressed or not. Where a path is laid out as in CloudTrail's bucket, files that cannot hold records of
 * the window are not read.
 *
 * `read` and `size` throw LogsUnavailable where there is no file to read.
 */
export function localLogs(path: string, readRecord: ReadRecord): LogSource {
  return {
    source: 'files',
    size: async (window) => {
      const files = filesOf(path, window);
      return { files: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
    },
    read: async function* (window, needles) {
      const { from, until } = window;
      const reading = { readRecord, wanted: needleTest(needles), from, until };
      const files = filesOf(path, window);
      for (const file of files) yield* readFile(file, reading);
      const accounts = new Set(files.map((file) => accountIn(file.path)));
      yield* accountsWithoutFile(accounts, window).map(withoutFile);
    },
  };
}

async function* readFile({ path }: LogFile, reading: Reading): AsyncGenerator<ReadPart, void> {
  try {
    yield* readLog(path, createReadStream(path), reading);
  } catch (error) {
    yield { kind: 'unreadable', place: path, why: `the file: ${codeOf(error)}` };
  }
}

function filesOf(path: string, window: Window): readonly LogFile[] {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) throw new LogsUnavailable(`${path} does not exist`);
  if (stats.isFile()) return [{ path, bytes: stats.size }];
  const all = namesIn(path).filter((name) => isLogFile(name));
  if (all.length === 0) {
    throw new LogsUnavailable(
      `${path} has no log file: none ends with .json, .jsonl, .ndjson or .log, with or without .gz`,
    );
  }
  const missing = accountsWithoutFile(new Set(all.map(accountIn)), window);
  if (missing.length > 0) {
    throw new LogsUnavailable(`${path} has no logs of ${missing.join(', ')}`);
  }
  const files = all
    .filter((name) => mayHold(name, window))
    .toSorted()
    .map((name) => ({ path: name, bytes: sizeOf(name) }));
  if (files.length > 0) return files;
  throw new LogsUnavailable(
    `${path} has ${all.length} log files, and none of them can hold records ${describeWindow(window)}`,
  );
}

function namesIn(folder: string): readonly string[] {
  let entries: readonly Dirent[];
  try {
    entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  } catch (error) {
    throw new LogsUnavailable(`${folder} cannot be read (${codeOf(error)})`);
  }
  const paths = entries.map((entry) => ({
    entry,
    path: join(entry.parentPath, entry.name).replaceAll(sep, '/'),
  }));
  // Reading a pipe or a device would never end.
  return paths
    .filter(
      ({ entry, path }) =>
        entry.isFile() || (entry.isSymbolicLink() && statOf(path)?.isFile() === true),
    )
    .map(({ path }) => path);
}

/** Null for a link that leads nowhere. */
function statOf(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}

function sizeOf(path: string): number {
  return statOf(path)?.size ?? 0;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
}
