import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateBucketCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { type Emulator, startEmulator } from '../../local/emulator.ts';
import { emulatorPython } from '../../local/python.ts';
import { allow, type Credentials, outcome, ROOT, SetUp, trust } from './emulator-set-up.ts';

const ASSUME = ['sts:AssumeRole', 'sts:SetSourceIdentity'];
const GRANTS = { Condition: { StringLike: { 'sts:SourceIdentity': '*.gr_*' } } };
const BUCKET = 'acme-artifacts';

let stateDir: string;
let emulator: Emulator;
let setUp: SetUp;
let broker: Credentials;
let target: string;

beforeAll(async () => {
  stateDir = mkdtempSync(join(tmpdir(), 'valetkey-emulator-'));
  emulator = await startEmulator(await emulatorPython(() => undefined), stateDir);
  setUp = new SetUp(emulator.url);
  broker = await setUp.user('broker', allow(ASSUME));
  target = await setUp.role('target', [trust(ASSUME, GRANTS)], allow(['s3:*', ...ASSUME]));
  const s3 = new S3Client({ ...setUp.client(ROOT), forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
});

afterAll(async () => {
  await emulator?.stop();
  rmSync(stateDir, { recursive: true, force: true });
});

function list(credentials: Credentials): Promise<string> {
  const s3 = new S3Client({ ...setUp.client(credentials), forcePathStyle: true });
  return outcome(s3.send(new ListObjectsV2Command({ Bucket: BUCKET })));
}

describe('SourceIdentity', () => {
  test('a trust policy can require its shape; without it there is no session', async () => {
    const session = await setUp.assume(broker, target, 'ana.gr_1');
    expect(session.sourceIdentity).toBe('ana.gr_1');
    expect(await list(session)).toBe('allowed');
    expect(await outcome(setUp.assume(broker, target))).toBe('AccessDenied');
    expect(await outcome(setUp.assume(broker, target, 'ana.other'))).toBe('AccessDenied');
  });

  test('setting it requires sts:SetSourceIdentity in the policy of the caller', async () => {
    const caller = await setUp.user('may-not-set', allow('sts:AssumeRole'));
    expect(await outcome(setUp.assume(caller, target, 'ana.gr_1'))).toBe('AccessDenied');
  });

  test('setting it requires sts:SetSourceIdentity in the trust policy of the target', async () => {
    const role = await setUp.role('no-identities', [trust('sts:AssumeRole')]);
    expect(await outcome(setUp.assume(broker, role))).toBe('allowed');
    expect(await outcome(setUp.assume(broker, role, 'ana.gr_1'))).toBe('AccessDenied');
  });

  test("the caller's own policy can limit which identities it sets", async () => {
    const only = await setUp.user('only-grants', allow(ASSUME, GRANTS));
    const role = await setUp.role('any-identity', [trust(ASSUME)]);
    expect(await outcome(setUp.assume(only, role, 'ana.gr_1'))).toBe('allowed');
    expect(await outcome(setUp.assume(only, role, 'ana.other'))).toBe('AccessDenied');
  });

  test.each(['', 'a', 'a'.repeat(65), 'ana gr_1', 'ana/gr_1', 'änä.gr_1'])(
    '%j is not a valid one',
    async (identity) => {
      expect(await outcome(setUp.assume(broker, target, identity))).toBe('ValidationError');
    },
  );

  test('a deny on one identity stops its sessions, and no others', async () => {
    const role = await setUp.role('denied-later', [trust(ASSUME)], allow('s3:*'));
    const [first, second, nameless] = [
      await setUp.assume(broker, role, 'ana.gr_1'),
      await setUp.assume(broker, role, 'ana.gr_2'),
      await setUp.assume(broker, role),
    ];
    const all = () => Promise.all([first, second, nameless].map(list));
    expect(await all()).toEqual(['allowed', 'allowed', 'allowed']);
    const killed = { StringLike: { 'aws:SourceIdentity': ['*.gr_1'] } };
    const none = { Null: { 'aws:SourceIdentity': 'true' } };
    const deny = (Condition: object) => allow('*', { Effect: 'Deny', Condition });
    await setUp.putRolePolicy('denied-later', 'kill-switch', deny(killed), deny(none));
    expect(await all()).toEqual(['AccessDenied', 'allowed', 'AccessDenied']);
  });

  test('a session in a chained role inherits it and cannot change it', async () => {
    const chained = await setUp.role('chained', [trust(ASSUME)], allow('s3:*'));
    const session = await setUp.assume(broker, target, 'ana.gr_3');
    const next = await setUp.assume(session, chained);
    expect(next.sourceIdentity).toBe('ana.gr_3');
    expect(await outcome(setUp.assume(session, chained, 'ana.gr_3'))).toBe('allowed');
    expect(await outcome(setUp.assume(session, chained, 'ben.gr_4'))).toBe('AccessDenied');
    const killed = { Condition: { StringLike: { 'aws:SourceIdentity': '*.gr_3' } } };
    expect(await list(next)).toBe('allowed');
    await setUp.putRolePolicy('chained', 'kill-switch', allow('*', { Effect: 'Deny', ...killed }));
    expect(await list(next)).toBe('AccessDenied');
  });

  test('a chained role whose trust policy does not allow identities refuses such sessions', async () => {
    const role = await setUp.role('unprepared', [trust('sts:AssumeRole')]);
    const session = await setUp.assume(broker, target, 'ana.gr_5');
    expect(await outcome(setUp.assume(session, role))).toBe('AccessDenied');
  });

  test('a call without one does not get that of another call', async () => {
    const role = await setUp.role('identity-or-not', [trust(ASSUME)]);
    const calls = Array.from({ length: 20 }, (_, index) =>
      setUp.assume(broker, role, index % 2 === 0 ? `ana.gr_${index}` : undefined),
    );
    const identities = (await Promise.all(calls)).map((session) => session.sourceIdentity);
    expect(identities).toEqual(
      calls.map((_, index) => (index % 2 === 0 ? `ana.gr_${index}` : undefined)),
    );
  });
});

test('plain HTTP on loopback counts as secure transport', async () => {
  const role = await setUp.role('insecure', [trust(ASSUME)], allow('s3:*'));
  const session = await setUp.assume(broker, role, 'ana.gr_1');
  const s3 = new S3Client({ ...setUp.client(ROOT), forcePathStyle: true });
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: [`arn:aws:s3:::${BUCKET}`, `arn:aws:s3:::${BUCKET}/*`],
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    ],
  });
  await s3.send(new PutBucketPolicyCommand({ Bucket: BUCKET, Policy }));
  expect(await list(session)).toBe('allowed');
});

test('requests that are not signed with known credentials are refused', async () => {
  const stranger = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'no' };
  expect(await list(stranger)).not.toBe('allowed');
  expect(await list({ ...broker, secretAccessKey: 'no' })).toBe('SignatureDoesNotMatch');
});
