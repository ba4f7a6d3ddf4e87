import { createPublicKey, verify } from 'node:crypto';
import {
  CreateKeyCommand,
  DisableKeyCommand,
  GetPublicKeyCommand,
  KMSClient,
} from '@aws-sdk/client-kms';
import { CreateBucketCommand, PutObjectLockConfigurationCommand } from '@aws-sdk/client-s3';
import { describe, expect, test } from '@jest/globals';
import { kmsLedgerSigner } from '../../adapters/kms/ledger-signer.ts';
import { s3LedgerFiles } from '../../adapters/s3/ledger-files.ts';
import { awsClient, s3 } from '../e2e/support.ts';
import { ledgerFilesContract, ledgerHistoryContract } from './ledger-files.contract.ts';

const client = s3();
let buckets = 0;

/** A bucket of its own for each test, which keeps what is written as that of a ledger does. */
async function open() {
  buckets += 1;
  const Bucket = `ledger-contract-${buckets}`;
  await client.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: true }));
  const DefaultRetention = { Mode: 'COMPLIANCE', Days: 1 } as const;
  const ObjectLockConfiguration = {
    ObjectLockEnabled: 'Enabled',
    Rule: { DefaultRetention },
  } as const;
  await client.send(new PutObjectLockConfigurationCommand({ Bucket, ObjectLockConfiguration }));
  return s3LedgerFiles(client, Bucket, failed);
}

function failed(operation: string, error: unknown): never {
  throw new Error(`${operation} failed`, { cause: error });
}

ledgerFilesContract('the S3 of the local stack', open);
ledgerHistoryContract('the S3 of the local stack', open);

test('a bucket that does not exist is unavailable, never empty', async () => {
  const failures: string[] = [];
  const files = s3LedgerFiles(client, 'no-such-bucket', (operation) => failures.push(operation));
  const unavailable = { ok: false, error: expect.objectContaining({ code: 'unavailable' }) };
  expect(await files.read('checkpoint')).toEqual(unavailable);
  expect(await files.checkpoint()).toEqual(unavailable);
  expect(await files.storedSize(0)).toEqual(unavailable);
  expect(await files.create('tile/0/000', Buffer.from('x'))).toEqual(unavailable);
  expect(failures).toHaveLength(4);
});

describe('a key of KMS', () => {
  const kms = new KMSClient(awsClient());
  const keyOf = async (KeySpec: 'ECC_NIST_EDWARDS25519' | 'ECC_NIST_P256') => {
    const { KeyMetadata } = await kms.send(
      new CreateKeyCommand({ KeySpec, KeyUsage: 'SIGN_VERIFY', MultiRegion: true }),
    );
    return KeyMetadata?.KeyId ?? '';
  };
  const signerOf = (KeyId: string, failures: string[] = []) =>
    kmsLedgerSigner(kms, KeyId, 'broker.example/ledger', (operation) => failures.push(operation));

  test('of Ed25519 signs what Node verifies', async () => {
    const KeyId = await keyOf('ECC_NIST_EDWARDS25519');
    const signer = await signerOf(KeyId);
    if (!signer.ok) throw new Error('no signer');
    const text = 'broker.example/ledger\n7\nAAAA\n';
    const signature = await signer.value.sign(text);
    if (!signature.ok) throw new Error('not signed');
    const { PublicKey = new Uint8Array() } = await kms.send(new GetPublicKeyCommand({ KeyId }));
    const key = createPublicKey({ key: Buffer.from(PublicKey), format: 'der', type: 'spki' });
    expect(verify(null, Buffer.from(text), key, signature.value)).toBe(true);
    expect(Buffer.from(signer.value.key.publicKey)).toEqual(Buffer.from(PublicKey).subarray(-32));
  });

  test('of another kind, or that is not there, is refused', async () => {
    const failures: string[] = [];
    const unavailable = { ok: false, error: expect.objectContaining({ code: 'unavailable' }) };
    expect(await signerOf(await keyOf('ECC_NIST_P256'), failures)).toEqual(unavailable);
    expect(await signerOf('mrk-00000000000000000000000000000000', failures)).toEqual(unavailable);
    expect(failures).toEqual(['GetPublicKey', 'GetPublicKey']);
  });

  test('that is disabled signs nothing', async () => {
    const KeyId = await keyOf('ECC_NIST_EDWARDS25519');
    const failures: string[] = [];
    const signer = await signerOf(KeyId, failures);
    if (!signer.ok) throw new Error('no signer');
    await kms.send(new DisableKeyCommand({ KeyId }));
    expect((await signer.value.sign('x\n')).ok).toBe(false);
    expect(failures).toEqual(['Sign']);
  });
});
