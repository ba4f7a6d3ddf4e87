import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { STSClient } from '@aws-sdk/client-sts';
import { dynamoLedgerRecovery } from '../../adapters/dynamodb/ledger-recovery.ts';
import { dynamoLedgerStore } from '../../adapters/dynamodb/ledger-store.ts';
import { kmsLedgerSigner } from '../../adapters/kms/ledger-signer.ts';
import { s3LedgerFiles } from '../../adapters/s3/ledger-files.ts';
import { callerIdentity } from '../../adapters/sts/caller-identity.ts';
import { httpWitness } from '../../adapters/witness/http-witness.ts';
import type { Operator } from '../../core/audit.ts';
import type { Witness } from '../../core/ledger/cosign-log.ts';
import type { EntryContent } from '../../core/ledger/entry.ts';
import type { RecoveryMarks } from '../../core/recovery/ledger-recovery.ts';
import type { Result } from '../../core/result.ts';
import { parseVerifierKey } from '../../core/signed-note.ts';
import { AWS_CALL, reportFailure } from './aws-calls.ts';
import { env } from './environment.ts';
import { table } from './stores.ts';

/** The part of the composition root that proves what happened. */

export function ledgerStore() {
  return dynamoLedgerStore(table());
}

export function ledgerRecovery(): RecoveryMarks {
  return dynamoLedgerRecovery(table());
}

export function ledgerFiles() {
  return s3LedgerFiles(new S3Client(AWS_CALL), env('LEDGER_BUCKET'), reportFailure);
}

/** The key of the log, under the name of the log. */
export function ledgerSigner() {
  const client = new KMSClient(AWS_CALL);
  return kmsLedgerSigner(client, env('LEDGER_KEY'), env('LEDGER_ORIGIN'), reportFailure);
}

/** What the entries of the log have: `events` or `digests`. */
export function ledgerContent(): EntryContent {
  const content = env('LEDGER_ENTRIES');
  if (content === 'events' || content === 'digests') return content;
  throw new Error(`LEDGER_ENTRIES is ${content}, not events or digests`);
}

/** Those who cosign the log; none by default. */
export function witnesses(): readonly Witness[] {
  const listed = JSON.parse(process.env['LEDGER_WITNESSES'] ?? '[]') as {
    readonly url: string;
    readonly vkey: string;
  }[];
  return listed.map(({ url, vkey }) => {
    const key = parseVerifierKey(vkey, 'cosignature');
    if (key === null) throw new Error(`LEDGER_WITNESSES has ${vkey}, which is no key of a witness`);
    return httpWitness(url.replace(/\/+$/, ''), key);
  });
}

/** Who signed a token for this receiver. */
export function callerProof(): (
  token: unknown,
  receiver: string,
) => Promise<Result<Operator, string>> {
  const client = new STSClient(AWS_CALL);
  return (token, receiver) => callerIdentity(client, token, receiver);
}
