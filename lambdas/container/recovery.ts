import { BackupClient } from '@aws-sdk/client-backup';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { backupRestoreTests } from '../../adapters/backup/restore-tests.ts';
import { dynamoQuarantines } from '../../adapters/dynamodb/quarantine.ts';
import { dynamoRecoveries } from '../../adapters/dynamodb/recovery-store.ts';
import { dynamoRestoreStore } from '../../adapters/dynamodb/restore-store.ts';
import { scanRestored } from '../../adapters/dynamodb/scan-restored.ts';
import { readTableSettings } from '../../adapters/dynamodb/table-settings.ts';
import { answerOf } from '../../adapters/lambda/call-function.ts';
import type { Unavailable } from '../../core/failure.ts';
import type { Instant } from '../../core/instant.ts';
import { openCheckpoint } from '../../core/ledger/checkpoint.ts';
import type { RestoreStore } from '../../core/recovery/ports.ts';
import type { RecoveryStore } from '../../core/recovery/recover-ports.ts';
import type { ValidationPorts } from '../../core/recovery/validate-restore.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { OrderPorts } from '../../core/upkeep/order-quarantine.ts';
import { AWS_CALL, LONG_CALL } from './aws-calls.ts';
import { clock, env, random, recovering } from './environment.ts';
import { ledgerFiles, ledgerSigner } from './ledger.ts';
import { kills, table } from './stores.ts';

/** The part of the composition root for after a restore: quarantine, recovery, and restore tests. */

/** What a recovery writes. */
export function restoreStore(): RestoreStore {
  return dynamoRestoreStore(table());
}

export function recoveries(): RecoveryStore {
  return dynamoRecoveries(table());
}

/** Calls the Lambdas that a recovery goes through, and waits for their answers. */
export function functionCaller() {
  const client = new LambdaClient(LONG_CALL);
  const calling = (name: string) => (input: unknown) => answerOf(client, name, input);
  return { kill: calling(env('KILL_FUNCTION')), ledger: calling(env('LEDGER_FUNCTION')) };
}

/** What orders about a quarantine need. */
export function quarantineOrders(): OrderPorts {
  const quarantines = dynamoQuarantines(table(), clock);
  return { quarantines, deployed: recovering(), clock, random };
}

/** The plan of restore tests. */
export function restoreTests() {
  return backupRestoreTests(new BackupClient(AWS_CALL), env('RESTORE_TESTING_PLAN'));
}

/** What it takes to check a table that a restore test has made. */
export async function validation(
  name: string,
  until: Instant,
): Promise<Result<ValidationPorts, Unavailable>> {
  const signer = await ledgerSigner();
  if (!signer.ok) return signer;
  const { client } = table();
  const files = ledgerFiles();
  return ok({
    table: () => readTableSettings(client, name),
    scan: (visit) => scanRestored({ client, name }, clock, until, visit),
    checkpoint: async () => {
      const found = await files.checkpoint();
      if (!found.ok || found.value === null) return found.ok ? ok(null) : found;
      const opened = openCheckpoint(found.value.note, signer.value.key);
      return opened.ok ? opened : err({ code: 'not-signed' });
    },
    readFile: files.read,
    kills: kills(),
    clock,
  });
}
