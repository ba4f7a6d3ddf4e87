import type { Unavailable } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { STORE_UNAVAILABLE, type Table } from './table.ts';

/** What cannot be read is unavailable, never absent; the log says why. */
export async function reported<T>(
  { report }: Table,
  operation: string,
  read: () => Promise<T>,
): Promise<Result<T, Unavailable>> {
  try {
    return ok(await read());
  } catch (error) {
    report(operation, error);
    return err(STORE_UNAVAILABLE);
  }
}
