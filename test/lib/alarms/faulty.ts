import { generateKeyPairSync, sign } from 'node:crypto';
import { BackupClient } from '@aws-sdk/client-backup';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { IAMClient } from '@aws-sdk/client-iam';
import {
  GetPublicKeyCommand,
  KMSClient,
  SignCommand,
  type SignCommandInput,
} from '@aws-sdk/client-kms';
import { LambdaClient } from '@aws-sdk/client-lambda';
import {
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
} from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { verifierKey } from '../../../core/signed-note.ts';
import type { LogLine, Seen } from '../../support/alarm-evaluation.ts';
import { CONTEXT } from '../../support/api-call.ts';
import { type ApiUnderTest, startApi } from '../../support/api-under-test.ts';
import { ana } from '../../support/callers.ts';
import { writeMetrics } from '../../support/emitted-metrics.ts';
import { awsError } from '../../support/mock-aws.ts';

/** All Lambdas in one process, with mocked clients that faults are put into. */

export const WITNESS = { name: 'witness.example/w1', publicKey: new Uint8Array(32).fill(7) };

export type Faulty = {
  readonly api: ApiUnderTest;
  readonly token: string;
  readonly clients: ReturnType<typeof mockClients>;
  /** The files of the ledger. */
  readonly files: Map<string, Buffer>;
  /** Takes all faults out, and forgets what was logged. */
  readonly mend: () => void;
  /** Runs a Lambda that AWS calls; what it wrote, and the error that Lambda would count. */
  readonly run: (lambda: string, event: object) => Promise<Seen>;
  /** What was logged since `mend`, as the log of this Lambda. */
  readonly seen: (lambda: string) => Seen;
  readonly stop: () => Promise<void>;
};

/** Puts a fault in, and lets the Lambdas work. */
export type Fault = (faulty: Faulty) => Promise<Seen>;

export async function startFaulty(): Promise<Faulty> {
  writeMetrics('any');
  // Nothing listens there.
  const witness = { url: 'http://127.0.0.1:1/w', vkey: verifierKey(WITNESS, 'cosignature') };
  process.env['LEDGER_WITNESSES'] = JSON.stringify([witness]);
  const api = await startApi();
  const clients = mockClients();
  const files = new Map<string, Buffer>();
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const lines = (): readonly LogLine[] => [...api.log.lines()];
  const seen = (lambda: string): Seen => ({ lines: { [lambda]: lines() } });
  return {
    ...{ api, clients, files, seen, token: await ana(api.issuer) },
    mend: () => {
      api.aws.acceptAll();
      for (const client of Object.values(clients)) client.reset();
      clients.events.onAnyCommand().resolves({ FailedEntryCount: 0 });
      clients.iam.onAnyCommand().resolves({});
      clients.lambda.onAnyCommand().resolves({});
      clients.sfn.onAnyCommand().resolves({});
      clients.sns.onAnyCommand().resolves({});
      files.clear();
      keepFiles(clients.s3, files);
      clients.kms.on(GetPublicKeyCommand).resolves({
        PublicKey: publicKey.export({ format: 'der', type: 'spki' }),
        ...{ KeySpec: 'ECC_NIST_EDWARDS25519', KeyUsage: 'SIGN_VERIFY' },
      });
      clients.kms.on(SignCommand).callsFake(({ Message }: SignCommandInput) => ({
        Signature: sign(null, Message ?? Buffer.alloc(0), privateKey),
      }));
      api.log.clear();
    },
    run: async (lambda, event) => {
      const handler = (await api.handler(lambda)) as unknown as (
        event: object,
        context: object,
      ) => Promise<unknown>;
      const failed = await handler(event, {
        ...CONTEXT,
        getRemainingTimeInMillis: () => 30_000,
      }).then(
        () => 0,
        () => 1,
      );
      return { ...seen(lambda), aws: { [`AWS/Lambda/Errors of ${lambda}Function`]: failed } };
    },
    stop: async () => {
      delete process.env['LEDGER_WITNESSES'];
      await api.stop();
    },
  };
}

function mockClients() {
  return {
    backup: mockClient(BackupClient),
    events: mockClient(EventBridgeClient),
    iam: mockClient(IAMClient),
    kms: mockClient(KMSClient),
    lambda: mockClient(LambdaClient),
    s3: mockClient(S3Client),
    sfn: mockClient(SFNClient),
    sns: mockClient(SNSClient),
    ssm: mockClient(SSMClient),
  };
}

function keepFiles(s3: ReturnType<typeof mockClients>['s3'], files: Map<string, Buffer>): void {
  s3.on(PutObjectCommand).callsFake(({ Key = '', Body, IfNoneMatch }: PutObjectCommandInput) => {
    if (IfNoneMatch === '*' && files.has(Key)) throw awsError('PreconditionFailed');
    files.set(Key, Buffer.from(Body as Uint8Array));
    return { ETag: `"${files.size}"` };
  });
  s3.on(GetObjectCommand).callsFake(({ Key = '' }) => {
    const bytes = files.get(Key);
    if (bytes === undefined) throw awsError('NoSuchKey');
    return { Body: { transformToByteArray: async () => bytes }, ETag: '"1"' };
  });
  s3.on(ListObjectsV2Command).callsFake(() => ({
    Contents: [...files.keys()]
      .filter((key) => key.startsWith('tile/entries/'))
      .map((Key) => ({ Key })),
  }));
}
