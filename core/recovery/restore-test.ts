import { addSeconds, type Instant } from '../instant.ts';
import { err, ok, type Result } from '../result.ts';

/** Restores that AWS Backup makes every week to see whether a backup is good. */

/** How the names of tables begin that restore testing makes; AWS Backup deletes them itself. */
export const RESTORED = 'awsbackup-restore-test-';

/** What the broker reads of the event "Restore Job State Change". */
export type RestoreJob = { readonly restoreJobId: string; readonly table: string };

/**
 * The table that a restore test has made.
 *
 * @returns in words what is wrong where there is none: the restore failed, or made something else.
 * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing-validation.html
 */
export function restoredTableIn(detail: unknown): Result<RestoreJob, string> {
  const { restoreJobId, status, statusMessage, createdResourceArn } = (detail ?? {}) as Readonly<
    Record<string, unknown>
  >;
  if (typeof restoreJobId !== 'string') return err('the event names no restore job');
  if (status !== 'COMPLETED') {
    const why = typeof statusMessage === 'string' ? `: ${statusMessage}` : '';
    return err(`the restore is ${String(status)}${why}`);
  }
  const table = String(createdResourceArn).split(':table/')[1] ?? '';
  if (!table.startsWith(RESTORED)) return err('the restore made no table of a test');
  return ok({ restoreJobId, table });
}

/** A test a week, and a day for it to end. */
const PATIENCE_SECONDS = 8 * 86_400;

/** From when on a test that passed is new enough. */
export function recentSince(now: Instant): Instant {
  return addSeconds(now, -PATIENCE_SECONDS);
}

/** Whether a plan is older than that, so that a test of it should have passed by now. */
export function isDue(madeAt: Instant, now: Instant): boolean {
  return madeAt < recentSince(now);
}
