import { gzipSync } from 'node:zlib';
import { err, ok, type Result } from '../../../core/result.ts';
import type { TrailRecord } from '../../../core/usage/record.ts';
import type { ReadPart, Window } from '../../../core/usage/usage-ports.ts';

/** Log files as CloudTrail writes them, and what is read of them. */

export const GRANT = 'gr_0123456789abcdefghjk';

export const WINDOW: Window = {
  from: Date.parse('2026-11-20T10:00:00Z'),
  until: Date.parse('2026-11-20T14:00:00Z'),
  accounts: null,
  regions: null,
};

export function recordJson(id: string, more: object = {}): object {
  return {
    eventVersion: '1.09',
    userIdentity: { sessionContext: { sourceIdentity: `ana.${GRANT}` } },
    eventTime: '2026-11-20T12:00:00Z',
    eventID: id,
    ...more,
  };
}

export function logText(...ids: readonly string[]): string {
  return JSON.stringify({ Records: ids.map((id) => recordJson(id)) });
}

export function logFile(...ids: readonly string[]): Buffer {
  return gzipSync(logText(...ids));
}

/** What the sources need of a record. */
export function readRecord(json: unknown): Result<TrailRecord, string> {
  const { eventID, eventTime } = json as { eventID?: string; eventTime?: string };
  if (eventID === undefined || eventTime === undefined) return err('it has no eventID');
  return ok({ eventId: eventID, at: Date.parse(eventTime) } as TrailRecord);
}

export type ReadAll = {
  readonly ids: readonly string[];
  readonly unreadable: readonly Extract<ReadPart, { kind: 'unreadable' }>[];
  readonly files: readonly Extract<ReadPart, { kind: 'file' }>[];
};

export async function all(parts: AsyncIterable<ReadPart>): Promise<ReadAll> {
  const found: ReadPart[] = [];
  for await (const part of parts) found.push(part);
  return {
    ids: found.flatMap((part) => (part.kind === 'record' ? [part.record.eventId] : [])),
    unreadable: found.filter((part) => part.kind === 'unreadable'),
    files: found.filter((part) => part.kind === 'file'),
  };
}

/** The key of a log file, in CloudTrail's layout. */
export function keyOf(
  delivered: string,
  {
    account = '111122223333',
    region = 'eu-central-1',
    organisation = '',
    unique = 'Mu0KsOhtH1ar15ZZ',
  } = {},
): string {
  const [date = '', time = ''] = delivered.split('T');
  const folder = `AWSLogs/${organisation}${account}/CloudTrail/${region}/${date.replaceAll('-', '/')}`;
  const stamp = `${date.replaceAll('-', '')}T${time.replace(':', '')}Z`;
  return `${folder}/${account}_CloudTrail_${region}_${stamp}_${unique}.json.gz`;
}
