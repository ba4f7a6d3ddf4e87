import {
  isDue,
  type RestoreJob,
  recentSince,
  restoredTableIn,
} from '../core/recovery/restore-test.ts';
import { messageOf, validateRestore } from '../core/recovery/validate-restore.ts';
import * as environment from './container/environment.ts';
import * as recovery from './container/recovery.ts';
import { logger } from './logger.ts';
import { note } from './metrics.ts';
import { awsHandler, Retryable } from './middleware/aws-handler.ts';

/**
 * Checks the tables that AWS Backup restores every week to test its backups, and tells AWS Backup the result. Two days
 * later it looks whether a test has passed. May read those tables, and what the broker denies today; changes nothing.
 */

type Input = { readonly 'detail-type'?: string; readonly detail?: unknown };

const CHANGED = 'Restore Job State Change';
/** What is left for the ledger, the denies and the answer after the table was read. */
const REST_MS = 60_000;

const tests = recovery.restoreTests();

export const handler = awsHandler(async (input: Input, context) => {
  if (input['detail-type'] !== CHANGED) return lookForTest();
  const made = restoredTableIn(input.detail);
  if (made.ok) {
    return validate(made.value, environment.clock() + context.getRemainingTimeInMillis() - REST_MS);
  }
  failed(made.error);
  return { good: false };
});

async function validate({ restoreJobId, table }: RestoreJob, until: number) {
  const ports = await recovery.validation(table, until);
  if (!ports.ok) throw new Retryable(ports.error.code);
  const done = await validateRestore(ports.value);
  if (!done.ok) throw new Retryable(done.error.code);
  const { findings, counts } = done.value;
  const good = findings.length === 0;
  await tests.report(restoreJobId, good, messageOf(done.value));
  if (good) {
    logger.info('restore test passed', { restoreJobId, table, counts });
    note({ metric: 'RestoreTests', value: 1 });
  } else failed(findings.join('; '), { restoreJobId, table, counts });
  return { good };
}

/** The alarm RestoreTestFailed counts the line. */
function failed(reason: string, about: object = {}): void {
  logger.error('restore test failed', { reason, ...about });
  note({ metric: 'RestoreTests', value: 0 });
}

/** The alarm RestoreTestMissing counts the line. */
async function lookForTest() {
  const now = environment.clock();
  const passed = await tests.passedSince(recentSince(now));
  const missing = passed === 0 && isDue(await tests.madeAt(), now);
  if (missing) logger.error('no restore test passed', { since: new Date(recentSince(now)) });
  return { passed, missing };
}
