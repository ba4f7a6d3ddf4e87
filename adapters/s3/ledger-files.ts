import { setTimeout as sleep } from 'node:timers/promises';
import {
  GetObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { Unavailable } from '../../core/failure.ts';
import type { Differs, LedgerFiles, LedgerHistory } from '../../core/ledger/ledger-ports.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Conflict } from '../../core/retry-on-conflict.ts';
import { IncompleteAnswer, isAbsent, isBusy, isTaken, type Place, reported } from './calls.ts';
import { listCheckpoints } from './list-checkpoints.ts';
import { storedSize } from './stored-size.ts';

/** The one file that changes. Its versions are every checkpoint that there was. */
const CHECKPOINT = 'checkpoint';

/** @see https://c2sp.org/tlog-tiles */
const TEXT = 'text/plain; charset=utf-8';
const BYTES = 'application/octet-stream';

/**
 * The ledger's files as objects of a bucket with versions. Every write has a condition, so that two
 * writers, or one whose answer got lost, overwrite nothing.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
export function s3LedgerFiles(
  client: S3Client,
  bucket: string,
  report: Place['report'],
): LedgerFiles & LedgerHistory {
  const place: Place = { client, bucket, report };
  return {
    read: (path) =>
      reported(place, 'GetObject', async () => (await get(place, path))?.bytes ?? null),
    create: (path, bytes) => create(place, path, bytes),
    storedSize: (fromBundle) =>
      reported(place, 'ListObjectsV2', () => storedSize(place, fromBundle)),
    checkpoint: () =>
      reported(place, 'GetObject', async () => {
        const found = await get(place, CHECKPOINT);
        if (found === null) return null;
        return { note: Buffer.from(found.bytes).toString('utf8'), version: found.tag };
      }),
    replaceCheckpoint: (note, previous) => replace(place, note, previous?.version ?? null),
    checkpoints: (page) =>
      reported(place, 'ListObjectVersions', () => listCheckpoints(place, CHECKPOINT, page)),
  };
}

type Found = { readonly bytes: Uint8Array; readonly tag: string };

async function get({ client, bucket }: Place, Key: string): Promise<Found | null> {
  try {
    const { Body, ETag } = await client.send(new GetObjectCommand({ Bucket: bucket, Key }));
    if (Body === undefined || ETag === undefined) throw new IncompleteAnswer(Key);
    return { bytes: await Body.transformToByteArray(), tag: ETag };
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

async function create(
  place: Place,
  path: string,
  bytes: Uint8Array,
): Promise<Result<void, Differs | Unavailable>> {
  const file = { Key: path, Body: bytes, ContentType: BYTES, IfNoneMatch: '*' };
  const written = await reported(place, 'PutObject', () => put(place, file));
  if (!written.ok) return written;
  if (written.value) return ok(undefined);
  const stored = await reported(place, 'GetObject', async () => {
    const found = await get(place, path);
    if (found === null) throw new IncompleteAnswer(`${path} is there and is not`);
    return Buffer.compare(found.bytes, bytes) === 0;
  });
  if (!stored.ok) return stored;
  return stored.value ? ok(undefined) : err({ code: 'differs' });
}

async function replace(
  place: Place,
  note: string,
  previous: string | null,
): Promise<Result<void, Conflict | Unavailable>> {
  const condition = previous === null ? { IfNoneMatch: '*' } : { IfMatch: previous };
  const file = { Key: CHECKPOINT, Body: note, ContentType: TEXT, ...condition };
  const written = await reported(place, 'PutObject', () => put(place, file));
  if (!written.ok) return written;
  return written.value ? ok(undefined) : err({ code: 'conflict' });
}

/** S3 refuses a write while another one of the same key is under way. */
const ATTEMPTS = 5;
const PAUSE_MS = 50;

/** @returns false if the condition does not hold. */
async function put(
  { client, bucket }: Place,
  file: Omit<PutObjectCommandInput, 'Bucket'>,
): Promise<boolean> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await client.send(new PutObjectCommand({ Bucket: bucket, ...file }));
      return true;
    } catch (error) {
      // A checkpoint that was there is gone.
      if (isTaken(error) || isAbsent(error)) return false;
      if (!isBusy(error) || attempt === ATTEMPTS) throw error;
      await sleep(attempt * PAUSE_MS * Math.random());
    }
  }
}
