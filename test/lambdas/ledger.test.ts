import { generateKeyPairSync, sign } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import {
  GetPublicKeyCommand,
  KMSClient,
  SignCommand,
  type SignCommandInput,
} from '@aws-sdk/client-kms';
import {
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { eventItem } from '../../adapters/dynamodb/items.ts';
import { eventDetail } from '../../core/api/event-detail.ts';
import type { AuditEvent } from '../../core/audit.ts';
import { verifierKey } from '../../core/signed-note.ts';
import { CONTEXT } from '../support/api-call.ts';
import { captureLog } from '../support/capture-log.ts';
import { type FakeTable, fakeTable } from '../support/fake-table.ts';
import { lambdaEnvironment } from '../support/lambda-environment.ts';
import { awsError, mockAws } from '../support/mock-aws.ts';
import { activeGrant, requestedEvent } from '../support/sample-grants.ts';

/** The Lambda of the ledger, with a bucket and a key in memory. */

const log = captureLog();
const aws = mockAws();
const kms = mockClient(KMSClient);
const s3 = mockClient(S3Client);
const { publicKey, privateKey } = generateKeyPairSync('ed25519');
let table: FakeTable;
let files: Map<string, Buffer>;
let removeFolder: () => void;

type Handler = (event: object, context: object) => Promise<{ batchItemFailures: object[] }>;

async function invoke(event: object) {
  const { handler } = (await import('../../lambdas/ledger.lambda.ts')) as { handler: Handler };
  return handler(event, CONTEXT);
}

const WITNESS = { name: 'witness.example/w1', publicKey: new Uint8Array(32).fill(7) };

const HANGING = [2, 3, 4, 5, 6].map((number) => `witness.example/w${number}`);
/** What those wait for before they refuse. */
let answer: () => Promise<void> = async () => undefined;
const server = createServer((_, response) => {
  answer().then(() => response.writeHead(404).end());
});

beforeAll(async () => {
  removeFolder = lambdaEnvironment();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const listed = [WITNESS.name, ...HANGING].map((name) => ({
    // Nothing listens at the first.
    url: `http://127.0.0.1:${name === WITNESS.name ? 1 : port}/w`,
    vkey: verifierKey({ ...WITNESS, name }, 'cosignature'),
  }));
  process.env['LEDGER_WITNESSES'] = JSON.stringify(listed);
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  delete process.env['LEDGER_WITNESSES'];
  removeFolder();
  log.restore();
});

beforeEach(() => {
  answer = async () => undefined;
  log.clear();
  aws.acceptAll();
  table = fakeTable(aws);
  files = new Map();
  kms.reset();
  kms.on(GetPublicKeyCommand).resolves({
    PublicKey: publicKey.export({ format: 'der', type: 'spki' }),
    ...{ KeySpec: 'ECC_NIST_EDWARDS25519', KeyUsage: 'SIGN_VERIFY' },
  });
  kms.on(SignCommand).callsFake(({ Message }: SignCommandInput) => ({
    Signature: sign(null, Message ?? Buffer.alloc(0), privateKey),
  }));
  s3.reset();
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
});

function written(): AuditEvent {
  const event = requestedEvent(activeGrant());
  const item = eventItem(event);
  table.items.set(`${item['pk']?.S} ${item['sk']?.S}`, item);
  return event;
}

const message = (messageId: string, body: unknown) => ({
  messageId,
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
const noticeOf = (event: AuditEvent) => ({ source: 'valetkey', detail: eventDetail(event) });

describe('notices in the queue', () => {
  test('bring their events into the log, with the lag as a figure', async () => {
    const event = written();
    const done = await invoke({ Records: [message('m1', noticeOf(event))] });
    expect(done).toEqual({ batchItemFailures: [] });
    expect(String(files.get('tile/entries/000.p/1'))).toContain(event.id);
    expect(String(files.get('checkpoint'))).toMatch(/^broker\.acme\.example\/log\n1\n/);
    expect(log.lines()).toContainEqual(
      expect.objectContaining({
        ...{ message: 'ledger published', size: 1, lagSeconds: expect.any(Number) },
      }),
    );
  });

  test('whose event is in no trail, or that are none, are delivered again, and only they', async () => {
    const event = written();
    const unknown = noticeOf({ ...event, id: 'ev_unknown' });
    const done = await invoke({
      Records: [
        message('good', noticeOf(event)),
        message('unknown', unknown),
        message('text', 'no JSON'),
        message('empty', {}),
        message('no time', { detail: { id: 'ev_1', grantId: 'gr_1' } }),
      ],
    });
    expect(done.batchItemFailures).toEqual(
      ['unknown', 'text', 'empty', 'no time'].map((itemIdentifier) => ({ itemIdentifier })),
    );
    expect(files.has('tile/entries/000.p/1')).toBe(true);
  });

  test.each([
    ['the key does not sign', () => kms.on(SignCommand).rejects(awsError('DisabledException'))],
    ['no file can be created', () => s3.on(PutObjectCommand).rejects(awsError('AccessDenied'))],
  ])('come again as a whole where %s, and nothing is lost', async (_, fail) => {
    const event = written();
    fail();
    await expect(invoke({ Records: [message('m1', noticeOf(event))] })).rejects.toThrow();
    expect(files.has('checkpoint')).toBe(false);
  });
});

test('a run of the schedule brings in what no notice came for, and says so', async () => {
  written();
  expect(await invoke({ source: 'aws.events' })).toEqual({ batchItemFailures: [] });
  expect(files.has('tile/entries/000.p/1')).toBe(true);
  expect(log.lines()).toContainEqual(
    expect.objectContaining({ level: 'WARN', message: 'ledger missed events', missed: 1 }),
  );
});

test('a witness that does not answer is told of in the log, and holds nothing back', async () => {
  written();
  expect(await invoke({ source: 'aws.events' })).toEqual({ batchItemFailures: [] });
  expect(String(files.get('checkpoint'))).toMatch(/\n1\n/);
  expect(log.lines()).toContainEqual(
    expect.objectContaining({
      ...{ level: 'WARN', message: 'checkpoint not cosigned', witness: 'witness.example/w1' },
      why: { code: 'no-answer' },
    }),
  );
});

test('five witnesses that hang are asked at once, so that they take the time of one', async () => {
  written();
  const asked = Promise.withResolvers<void>();
  let open = 0;
  answer = async () => {
    open += 1;
    // None is answered before all are asked: one after the other, each would be given up.
    if (open === HANGING.length) asked.resolve();
    await asked.promise;
  };
  await invoke({ source: 'aws.events' });
  const told = log.lines().filter(({ why }) => JSON.stringify(why)?.includes('404'));
  expect(told.map(({ witness }) => witness).toSorted()).toEqual(HANGING);
});

test('files that contradict the order of entries are a fault of their own, and nothing is signed', async () => {
  const event = written();
  files.set('tile/0/000.p/1', Buffer.alloc(32, 1));
  await expect(invoke({ Records: [message('m1', noticeOf(event))] })).rejects.toThrow('broken');
  expect(log.lines()).toContainEqual(
    expect.objectContaining({ level: 'ERROR', message: 'ledger broken' }),
  );
  expect(kms.commandCalls(SignCommand)).toHaveLength(0);
});

describe('on a restored table', () => {
  beforeEach(() => {
    process.env['QUARANTINE'] = 'recovery';
    aws.dynamo.on(DescribeTableCommand).resolves({ Table: { TableId: 'restored' } });
  });
  afterEach(() => {
    delete process.env['QUARANTINE'];
  });

  const recover = { newest: 'no checkpoint' };

  test('nothing is published before its ledger is recovered, and nothing fails', async () => {
    const event = written();
    const done = await invoke({ Records: [message('m1', noticeOf(event))] });
    expect(done).toEqual({ batchItemFailures: [] });
    expect(await invoke({ source: 'aws.events' })).toEqual({ batchItemFailures: [] });
    expect(files.has('checkpoint')).toBe(false);
    expect(table.items.has('LEDGER CHECKED')).toBe(false);
    const [line] = log.lines().filter(({ message: text }) => text === 'ledger awaits its recovery');
    expect(line).toMatchObject({ level: 'WARN' });
  });

  test('the order is only for a deployment that says so', async () => {
    delete process.env['QUARANTINE'];
    await expect(invoke({ recover: {} })).rejects.toThrow('deploy with -c recovery=on');
  });

  test('what a person has to do is answered, and rings', async () => {
    const refused = expect.stringContaining('the newest state that was seen is');
    expect(await invoke({ recover })).toEqual({ done: false, placed: 0, head: 0, refused });
    const broken = { level: 'ERROR', message: 'ledger broken', reason: refused };
    expect(log.lines()).toContainEqual(expect.objectContaining(broken));
  });

  test('a table that does not answer is asked again', async () => {
    aws.dynamo.on(DescribeTableCommand).rejects(awsError('InternalServerError'));
    await expect(invoke({ recover: {} })).rejects.toThrow('unavailable');
    await expect(invoke({ Records: [] })).rejects.toThrow('unavailable');
  });

  test('that nobody said was restored, the broker puts itself into quarantine', async () => {
    delete process.env['QUARANTINE'];
    await invoke({ Records: [message('m1', noticeOf(written()))] });
    expect(table.items.has('QUARANTINE RECORD')).toBe(false);
    for (const key of [...table.items.keys()]) {
      if (key.startsWith('LEDGER')) table.items.delete(key);
    }
    await invoke({ source: 'aws.events' });
    expect(table.items.get('QUARANTINE RECORD')).toMatchObject({
      cause: { S: 'recovery' },
      reason: { S: expect.stringContaining('older than its ledger') },
    });
    expect(log.lines()).toContainEqual(
      expect.objectContaining({ level: 'WARN', message: 'table older than its ledger' }),
    );
  });

  test('the order brings it up to its files, and then the ledger goes on', async () => {
    delete process.env['QUARANTINE'];
    const event = written();
    await invoke({ Records: [message('m1', noticeOf(event))] });
    process.env['QUARANTINE'] = 'recovery';
    for (const key of [...table.items.keys()]) {
      if (key.startsWith('LEDGER')) table.items.delete(key);
    }
    expect(await invoke({ recover: {} })).toEqual({ done: true, placed: 1, head: 1 });
    expect(table.items.get('LEDGER RECOVERY')).toBeDefined();
    expect(await invoke({ Records: [message('m1', noticeOf(event))] })).toEqual({
      batchItemFailures: [],
    });
    expect(String(files.get('checkpoint'))).toMatch(/\n1\n/);
    expect(await invoke({ recover: {} })).toEqual({ done: true, placed: 1, head: 1 });
  });
});
