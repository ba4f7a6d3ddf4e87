import type { S3Client } from '@aws-sdk/client-s3';
import type { Unavailable } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';

/** A bucket, and how to reach it. */
export type Place = {
  readonly client: S3Client;
  readonly bucket: string;
  /** Logs for operators why S3 did not answer; callers never see it. */
  readonly report: (operation: string, error: unknown) => void;
};

const UNAVAILABLE: Unavailable = { code: 'unavailable', what: 'ledger' };

/** What S3 refuses, and what it answers without what it must say, is unavailable: never absent or empty. */
export async function reported<T>(
  { report }: Place,
  operation: string,
  call: () => Promise<T>,
): Promise<Result<T, Unavailable>> {
  try {
    return ok(await call());
  } catch (error) {
    report(operation, error);
    return err(UNAVAILABLE);
  }
}

export class IncompleteAnswer extends Error {
  override readonly name = 'IncompleteAnswer';
}

/** A bucket that does not exist is something else than a key that does not. */
export function isAbsent(error: unknown): boolean {
  return nameOf(error) === 'NoSuchKey';
}

/** The condition of a write does not hold. */
export function isTaken(error: unknown): boolean {
  return nameOf(error) === 'PreconditionFailed';
}

/** Another write of the key is under way; nothing was written. */
export function isBusy(error: unknown): boolean {
  return nameOf(error) === 'ConditionalRequestConflict';
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}
