import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { LogsUnavailable } from '../../core/usage/logs-unavailable.ts';
import { needleTest } from '../../core/usage/needle-test.ts';
import type { ReadPart } from '../../core/usage/usage-ports.ts';
import { explain, isDenied, nameOf } from './explain-error.ts';
import { inAdvance } from './in-advance.ts';
import { listLogs } from './list-logs.ts';
import type { LogBucket, LogObject } from './list-objects.ts';
import { type LogSource, type ReadRecord, withoutFile } from './log-source.ts';
import { stopAt, stoppedBy, throwIfLate } from './out-of-time.ts';
import { type Reading, readLog } from './read-log.ts';

/** Objects that are asked for at once; they are decompressed one after the other. */
const AT_ONCE = 8;

/** The SDK repeats a call that got no answer; a body that breaks off is read again from its beginning. */
const ATTEMPTS = 3;
const PAUSE_MS = 200;

/**
 * The log files below a prefix of a bucket. Needs `s3:ListBucket` and `s3:GetObject`, and `kms:Decrypt` where a
 * customer's key encrypts them. An object that vanished, or that S3 cannot give, is unreadable; a missing permission
 * ends it all: answers would rest on next to nothing.
 *
 * `read` and `size` throw LogsUnavailable.
 */
export function s3Logs(bucket: LogBucket, readRecord: ReadRecord): LogSource {
  return {
    source: 'files',
    size: async (window) => {
      let [files, bytes] = [0, 0];
      for await (const object of listLogs(bucket, window)) {
        files += 1;
        bytes += object.bytes;
      }
      return { files, bytes };
    },
    read: async function* (window, needles, until) {
      const from = { ...bucket, stop: stopAt(until) };
      const reading: Reading = {
        ...{ readRecord, wanted: needleTest(needles) },
        ...{ from: window.from, until: window.until },
      };
      const lacking: string[] = [];
      const opened = inAdvance(
        listLogs(from, window, (account) => lacking.push(account)),
        AT_ONCE,
        async (object) => ({ object, body: await open(from, object) }),
        ({ body }) => close(body),
      );
      for await (const { object, body } of opened) yield* readObject(from, object, body, reading);
      yield* lacking.map(withoutFile);
    },
  };
}

type Body = AsyncIterable<Uint8Array>;
/** Why S3 does not give it. */
type Refused = { readonly refused: unknown };

async function open(
  { client, bucket, stop }: LogBucket,
  { key }: LogObject,
): Promise<Body | Refused> {
  try {
    const command = new GetObjectCommand({ Bucket: bucket, Key: key });
    const { Body } = await client.send(command, stoppedBy(stop));
    if (Body === undefined) return { refused: new Error('no body') };
    // It may break before its turn comes: nobody listens yet, and it throws when it is read.
    (Body as Readable).on('error', () => {});
    return Body as Body;
  } catch (refused) {
    return { refused };
  }
}

function close(body: Body | Refused): void {
  (body as { readonly destroy?: () => void }).destroy?.();
}

async function* readObject(
  from: LogBucket,
  object: LogObject,
  first: Body | Refused,
  reading: Reading,
): AsyncGenerator<ReadPart, void> {
  const name = `s3://${from.bucket}/${object.key}`;
  let body = first;
  for (let attempt = 1; ; attempt += 1) {
    if ('refused' in body) throwIfLate(from.stop);
    if ('refused' in body) return yield unreadable(name, body.refused);
    try {
      return yield* readLog(name, body, reading);
    } catch (error) {
      close(body);
      throwIfLate(from.stop);
      if (attempt === ATTEMPTS) return yield unreadable(name, error);
      await sleep(attempt * PAUSE_MS);
      body = await open(from, object);
    }
  }
}

/** @throws LogsUnavailable where a permission is missing. */
function unreadable(name: string, error: unknown): ReadPart {
  if (error instanceof LogsUnavailable) throw error;
  if (isDenied(error)) throw explain(error, 's3:GetObject', name);
  return { kind: 'unreadable', place: name, why: WHY[nameOf(error)] ?? `S3: ${nameOf(error)}` };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html errors */
const WHY: Readonly<Record<string, string>> = {
  NoSuchKey: 'it was removed after it was listed',
  InvalidObjectState: 'it is archived; restore it first',
};
