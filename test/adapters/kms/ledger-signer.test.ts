import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import {
  GetPublicKeyCommand,
  KMSClient,
  SignCommand,
  type SignCommandInput,
} from '@aws-sdk/client-kms';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { kmsLedgerSigner } from '../../../adapters/kms/ledger-signer.ts';
import { checkpointText, openCheckpoint } from '../../../core/ledger/checkpoint.ts';
import { noteWith } from '../../../core/signed-note.ts';
import { awsError, awsRefusal } from '../../support/mock-aws.ts';

const NAME = 'broker.example/ledger';
const KEY_ID = 'arn:aws:kms:eu-central-1:111122223333:key/mrk-1';
const TEXT = checkpointText({ origin: NAME, size: 7, root: Buffer.alloc(32, 7) });
const UNAVAILABLE = { ok: false, error: expect.objectContaining({ code: 'unavailable' }) };

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const other = generateKeyPairSync('ed25519');
const derOf = (key: typeof publicKey) => key.export({ format: 'der', type: 'spki' });
const ANSWER = {
  KeySpec: 'ECC_NIST_EDWARDS25519',
  KeyUsage: 'SIGN_VERIFY',
  PublicKey: new Uint8Array(derOf(publicKey)),
} as const;

const kms = mockClient(KMSClient);
let reports: string[];
const open = () =>
  kmsLedgerSigner(new KMSClient({ region: 'eu-central-1' }), KEY_ID, NAME, (operation, error) => {
    reports.push(`${operation}: ${error instanceof Error ? error.name : ''}`);
  });
async function signer() {
  const opened = await open();
  if (!opened.ok) throw new Error('no signer');
  return opened.value;
}

beforeEach(() => {
  reports = [];
  kms.reset();
  kms.on(GetPublicKeyCommand).resolves(ANSWER);
  kms.on(SignCommand).callsFake(({ Message = new Uint8Array() }: SignCommandInput) => ({
    Signature: new Uint8Array(sign(null, Message, privateKey)),
  }));
});

describe('the key of the ledger', () => {
  test('is that of KMS, under the name of the ledger', async () => {
    const { key } = await signer();
    expect(key.name).toBe(NAME);
    const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), key.publicKey]);
    const read = createPublicKey({ key: der, format: 'der', type: 'spki' });
    expect(read.equals(publicKey)).toBe(true);
    expect(kms.calls().map(({ args: [{ input }] }) => input)).toEqual([{ KeyId: KEY_ID }]);
  });

  test('signs a checkpoint that verifies', async () => {
    const { key, sign: signText } = await signer();
    const signature = await signText(TEXT);
    if (!signature.ok) throw new Error('not signed');
    expect(verify(null, Buffer.from(TEXT), publicKey, signature.value)).toBe(true);
    expect(openCheckpoint(noteWith(TEXT, key, signature.value), key)).toMatchObject({
      value: { origin: NAME, size: 7 },
    });
    expect(kms.commandCalls(SignCommand).map(({ args: [{ input }] }) => input)).toEqual([
      {
        KeyId: KEY_ID,
        Message: Buffer.from(TEXT),
        MessageType: 'RAW',
        SigningAlgorithm: 'ED25519_SHA_512',
      },
    ]);
    expect(reports).toEqual([]);
  });

  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
  test.each<[string, object]>([
    ['of another kind', { ...ANSWER, KeySpec: 'ECC_NIST_P256' }],
    ['for another use', { ...ANSWER, KeyUsage: 'KEY_AGREEMENT' }],
    ['whose kind is unknown', { PublicKey: ANSWER.PublicKey }],
    ['that is missing', { ...ANSWER, PublicKey: undefined }],
    ['that is too short', { ...ANSWER, PublicKey: ANSWER.PublicKey.subarray(0, 43) }],
    ['that is in another structure', { ...ANSWER, PublicKey: new Uint8Array(derOf(rsa)) }],
    ['that is not in its structure', { ...ANSWER, PublicKey: new Uint8Array(44) }],
  ])('is refused if KMS answers with one %s', async (_, answer) => {
    kms.on(GetPublicKeyCommand).resolves(answer);
    expect(await open()).toEqual(UNAVAILABLE);
    expect(reports).toEqual(['GetPublicKey: WrongKey']);
  });

  test.each([
    ['that another key made', () => sign(null, Buffer.from(TEXT), other.privateKey)],
    ['of another text', () => sign(null, Buffer.from(`${TEXT}x`), privateKey)],
    ['that is cut off', () => sign(null, Buffer.from(TEXT), privateKey).subarray(1)],
    ['that is empty', () => Buffer.alloc(0)],
  ])('hands out no signature %s', async (_, make) => {
    const { sign: signText } = await signer();
    kms.on(SignCommand).resolves({ Signature: new Uint8Array(make()) });
    expect(await signText(TEXT)).toEqual(UNAVAILABLE);
    expect(reports).toEqual(['Sign: WrongSignature']);
  });

  test('hands out none where KMS answers without one', async () => {
    const { sign: signText } = await signer();
    kms.on(SignCommand).resolves({});
    expect(await signText(TEXT)).toEqual(UNAVAILABLE);
    expect(reports).toEqual(['Sign: WrongSignature']);
  });

  test.each([
    awsRefusal('DisabledException'),
    awsRefusal('AccessDeniedException'),
    awsRefusal('ThrottlingException'),
    awsRefusal('KMSInvalidStateException'),
    awsRefusal('NotFoundException'),
    awsRefusal('InvalidKeyUsageException'),
    awsError('KeyUnavailableException'),
    awsError('TimeoutError'),
  ])('is unavailable, and reported by name, on $name', async (error) => {
    const { sign: signText } = await signer();
    kms.on(SignCommand).rejects(error);
    expect(await signText(TEXT)).toEqual(UNAVAILABLE);
    kms.on(GetPublicKeyCommand).rejects(error);
    expect(await open()).toEqual(UNAVAILABLE);
    expect(reports).toEqual([`Sign: ${error.name}`, `GetPublicKey: ${error.name}`]);
  });
});
