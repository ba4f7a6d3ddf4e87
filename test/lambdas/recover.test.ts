import { generateKeyPairSync, sign } from 'node:crypto';
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { GetPublicKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { InvokeCommand, type InvokeCommandInput, LambdaClient } from '@aws-sdk/client-lambda';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { noteWith } from '../../core/signed-note.ts';
import { CONTEXT } from '../support/api-call.ts';
import { captureLog } from '../support/capture-log.ts';
import { type FakeTable, fakeTable } from '../support/fake-table.ts';
import { lambdaEnvironment } from '../support/lambda-environment.ts';
import { mockAws } from '../support/mock-aws.ts';
import { entriesOf, GRANT_ID, ledgerOf } from '../support/test-ledger.ts';

/** The Lambda of a recovery, over a restored table and the files of the ledger. */

captureLog();
const aws = mockAws();
const kms = mockClient(KMSClient);
const s3 = mockClient(S3Client);
const lambda = mockClient(LambdaClient);
const sfn = mockClient(SFNClient);
const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const spki = publicKey.export({ format: 'der', type: 'spki' });
const key = { name: 'broker.acme.example/log', publicKey: spki.subarray(-32) };
let removeFolder: () => void;
let table: FakeTable;
let invoked: object[];

const ORDER = { restoredTo: '2026-11-23T10:00:00Z' };

beforeAll(() => {
  removeFolder = lambdaEnvironment();
  process.env['LEDGER_FUNCTION'] = 'ledger';
});
afterAll(() => {
  removeFolder();
  delete process.env['QUARANTINE'];
});
beforeEach(() => {
  process.env['QUARANTINE'] = 'recovery';
  aws.acceptAll();
  table = fakeTable(aws);
  aws.dynamo.on(DescribeTableCommand).resolves({ Table: { TableId: `table-${Math.random()}` } });
  kms.reset();
  kms.on(GetPublicKeyCommand).resolves({
    ...{ KeySpec: 'ECC_NIST_EDWARDS25519', KeyUsage: 'SIGN_VERIFY', PublicKey: spki },
  });
  sfn.reset();
  sfn.on(StartExecutionCommand).resolves({});
  ledgerHas(entriesOf(3));
  invoked = [];
  answerWith(({ FunctionName }) =>
    FunctionName === 'ledger' ? { done: true } : { patterns: [], except: [] },
  );
});

function ledgerHas(entries: readonly Uint8Array[] | null): void {
  const signer = {
    ...{ key, vkey: '' },
    sign: (text: string) => noteWith(text, key, sign(null, Buffer.from(text), privateKey)),
  };
  const files = entries === null ? new Map() : ledgerOf(entries, signer);
  s3.reset();
  s3.on(GetObjectCommand).callsFake(({ Key }) => {
    const bytes = files.get(Key);
    if (bytes === undefined) throw Object.assign(new Error('no'), { name: 'NoSuchKey' });
    return { ETag: '"1"', Body: { transformToByteArray: async () => bytes } };
  });
}

function answerWith(answer: (input: InvokeCommandInput) => object): void {
  lambda.reset();
  lambda.on(InvokeCommand).callsFake((input: InvokeCommandInput) => {
    invoked.push(JSON.parse(Buffer.from(input.Payload as Uint8Array).toString()));
    return { Payload: payload(JSON.stringify(answer(input))) };
  });
}

/** As the SDK has bodies. */
const payload = (text: string) =>
  Object.assign(new Uint8Array(Buffer.from(text)), { transformToString: () => text });

async function order(input: object) {
  const { handler } = await import('../../lambdas/recover.lambda.ts');
  return handler({ ...ORDER, ...input } as never, CONTEXT);
}

test('refuses an order without the flag of the deployment, and one without a time', async () => {
  process.env['QUARANTINE'] = '';
  expect(await order({})).toEqual({
    ...{ stopped: expect.stringContaining('-c recovery=on'), passes: false },
  });
  process.env['QUARANTINE'] = 'recovery';
  expect(await order({ restoredTo: 'yesterday' })).toEqual({
    ...{ stopped: expect.stringContaining('RFC 3339'), passes: false },
  });
  expect(table.items.size).toBe(0);
});

test('recovers to the end, and says what nobody can make again', async () => {
  const answer = await order({});
  // The grant of these entries has no request in the ledger.
  expect(answer).toMatchObject({
    recovery: {
      phase: 'ended',
      report: { entries: 3, lookAt: [{ what: GRANT_ID, why: expect.stringContaining('request') }] },
    },
  });
  expect(invoked.filter((one) => 'recover' in one).length).toBeGreaterThan(1);
  expect(table.sortKeys('QUARANTINE')).toEqual(['RECORD']);
  expect(table.sortKeys('RECOVERY')).toEqual(['STATE']);
  expect(table.sortKeys('TRAIL#broker').length).toBe(2);
});

test('hands the newest checkpoint that anybody has to the ledger', async () => {
  await order({ newest: 'a checkpoint' });
  expect(invoked).toContainEqual({ recover: { newest: 'a checkpoint' } });
});

test('changes nothing in a dry run', async () => {
  const answer = await order({ dryRun: true });
  expect(answer).toMatchObject({ recovery: { phase: 'ended' } });
  expect(table.items.size).toBe(0);
  expect(invoked).toEqual([]);
});

test('stands still, in words, where the kill switch, the order of the ledger, or its files fail, and says what passes', async () => {
  // The Lambda remembers what it read from another moment on.
  const later = { restoredTo: '2026-11-23T11:00:00Z' };
  lambda.reset();
  lambda.on(InvokeCommand).resolves({
    FunctionError: 'Unhandled',
    Payload: payload('{"errorType":"Retryable","errorMessage":"throttled"}'),
  });
  expect(await order(later)).toEqual({
    ...{ stopped: expect.stringContaining('Retryable: throttled'), passes: true },
  });
  answerWith(({ FunctionName }) =>
    FunctionName === 'ledger'
      ? { done: false, refused: 'the files are of another log' }
      : { patterns: [], except: [] },
  );
  expect(await order(later)).toEqual({
    ...{ stopped: expect.stringContaining('of another log'), passes: false },
  });
  answerWith(() => ({ done: true, patterns: [], except: [] }));
  s3.reset();
  s3.on(GetObjectCommand).rejects(Object.assign(new Error('no'), { name: 'SlowDown' }));
  expect(await order(later)).toEqual({
    ...{ stopped: 'the ledger does not answer', passes: true },
  });
  ledgerHas(null);
  expect(await order(later)).toEqual({
    ...{ stopped: expect.stringContaining('no checkpoint'), passes: false },
  });
  expect(await order({ ...later, withoutLedger: true })).toMatchObject({
    recovery: { phase: 'ended', report: { entries: 0 } },
  });
});
