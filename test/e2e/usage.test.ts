// Goes to test/e2e/usage.test.ts when u-map, u-fold, u-read, u-store and u-propose are joined. To settle then: the exact
// form of `--json` of the commands (here: the shared types `Judged`, `EntitlementUsage`, `UsedOfGranted`), and how much
// evidence `usage propose` wants before it proposes anything from one grant.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import type { EntitlementUsage, Judged } from '../../core/usage.ts';
import { TRAIL_BUCKET } from '../../local/trail.ts';
import type { Home } from '../support/run-command.ts';
import { recordsOf } from '../support/trail-files.ts';
import { json, shellOf } from './cli/support.ts';
import { act, tester, untilStatus } from './grant-actions.ts';
import {
  awsClient,
  BUCKET,
  type Credentials,
  call,
  fillBucket,
  refusal,
  s3,
  stack,
  until,
  vend,
} from './support.ts';

/** Used against granted, on the local stack: vend, use three of ten actions, see it, propose, narrow, replay. */

const SHOP = {
  entitlement: 'shop-data',
  parameters: { service: 'shop' },
  durationSeconds: 900,
  justification: 'an end-to-end test',
};
const KEY = 'services/shop/usage.txt';
const LOGS = ['--logs', `s3://${TRAIL_BUCKET}`];
/** The bundle that the stack of the tests runs (test/e2e/start-stack.ts). */
const POLICY = '.valetkey/test-policy';

const USED = ['s3:GetObject', 's3:ListBucket', 's3:PutObject'];
const UNUSED = ['s3:DeleteObject', 'ssm:DeleteParameter', 'ssm:GetParameter', 'ssm:PutParameter'];
/** No trail of the local stack records calls on items. */
const UNKNOWN = ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'];

/** Security reads the usage of others, and may read the files of the trail and the trail's settings. */
const AWS = () => ({ AWS_ACCESS_KEY_ID: stack().accountId, AWS_SECRET_ACCESS_KEY: 'local' });

let security: Home;
let id = '';
let folder = '';
const usage = (...args: readonly string[]) =>
  security.run(['usage', ...args, ...LOGS, '--policy', folder], AWS());

async function work(credentials: Credentials): Promise<void> {
  const mine = s3(credentials);
  await mine.send(new PutObjectCommand({ Bucket: BUCKET, Key: KEY, Body: 'an artifact' }));
  await mine.send(new GetObjectCommand({ Bucket: BUCKET, Key: KEY }));
  await mine.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: 'services/shop/' }));
  const order = { TableName: 'shop-orders', Key: { id: { S: '4711' } } };
  await refusal(new DynamoDBClient(awsClient(credentials)).send(new GetItemCommand(order)));
  const other = new GetParameterCommand({ Name: '/services/pay/version' });
  await refusal(new SSMClient(awsClient(credentials)).send(other));
}

beforeAll(async () => {
  await fillBucket();
  security = await shellOf(['security']);
  folder = mkdtempSync(join(tmpdir(), 'valetkey-usage-'));
  cpSync(POLICY, folder, { recursive: true });
  const token = await tester();
  const { grant, credentials } = await vend(token, SHOP);
  id = grant.id;
  await work(credentials);
  await act(token, id, 'revoke');
  await untilStatus(token, id, 'revoked');
  // AssumeRole, three calls and a refused one; none of DynamoDB.
  await until('the files of the calls', async () => {
    const found = await recordsOf(s3(), TRAIL_BUCKET, (identity) => identity.endsWith(`.${id}`));
    return found.length >= 5 ? found : null;
  });
});
afterAll(() => {
  security.remove();
  rmSync(folder, { recursive: true, force: true });
});

const answered = ({ actions }: Judged, answer: string) =>
  actions
    .filter((one) => one.answer === answer)
    .map(({ action }) => action)
    .sort();

describe('usage grant', () => {
  test('tells three used, four unused and three unknown actions, and what was refused', async () => {
    const { code, out, err } = await usage('grant', id, '--json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const judged = json<Judged>(out);
    expect(judged.summary).toEqual({ used: 3, granted: 10, unknown: 3 });
    expect(answered(judged, 'used')).toEqual(USED);
    expect(answered(judged, 'unused')).toEqual(UNUSED);
    expect(answered(judged, 'unknown')).toEqual(UNKNOWN);
    expect(judged.blind.map(({ service }) => service)).toEqual(['dynamodb']);
    expect(judged.wanted).toEqual([
      {
        action: 'ssm:GetParameter',
        resource: expect.stringContaining('services/pay'),
        calls: 1,
        grants: 1,
      },
    ]);
  });

  test('says first what the logs do not show', async () => {
    const { out } = await usage('grant', id);
    expect(out).toMatch(/3 of 10 actions/);
    expect(out.indexOf('dynamodb')).toBeLessThan(out.indexOf('s3:GetObject'));
  });
});

test('usage entitlement tells who used how much of it', async () => {
  const { out } = await usage('entitlement', 'shop-data', '--days', '1', '--json');
  const found = json<EntitlementUsage>(out);
  expect(found).toMatchObject({ entitlement: 'shop-data', days: 1 });
  expect(found.grants).toBeGreaterThanOrEqual(1);
  expect(answered(found, 'unknown')).toEqual(UNKNOWN);
  expect(answered(found, 'used')).toEqual(expect.arrayContaining(USED));
});

test('usage propose: a patch that keeps comments and unknowns; the narrower bundle breaks no request', async () => {
  const file = join(folder, 'entitlements', 'shop-data.yaml');
  const before = readFileSync(file, 'utf8');
  const patch = join(folder, 'narrower.patch');
  const { code, err } = await usage(...['propose', 'shop-data', '--days', '1', '--out', patch]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  execFileSync('patch', ['-p1', '-i', patch], { cwd: folder });
  const after = readFileSync(file, 'utf8');
  const actions = (parse(after) as { statements: { Action: string | string[] }[] }).statements
    .flatMap(({ Action }) => Action)
    .sort();
  expect(actions).toEqual([...UNKNOWN, ...USED].sort());
  for (const line of before.split('\n').filter((one) => one.startsWith('#')))
    expect(after).toContain(line);

  const replayed = await security.run(['policy', 'replay', '--policy', folder, '--days', '1']);
  expect({ code: replayed.code, err: replayed.err }).toEqual({ code: 0, err: '' });
});

describe('the broker answers', () => {
  test('GET /v1/grants/{id}/usage, once the usage of a closed grant was read', async () => {
    const token = security.env['VALETKEY_TOKEN'];
    const read = await until('the usage of the grant', async () => {
      const { status, body } = await call('GET', `/v1/grants/${id}/usage`, token);
      return status === 200 ? body : null;
    });
    expect(read).toMatchObject({ summary: { used: 3, granted: 10, unknown: 3 } });
  });

  test('GET /v1/entitlements/{id}/usage', async () => {
    const token = security.env['VALETKEY_TOKEN'];
    const { status, body } = await call('GET', '/v1/entitlements/shop-data/usage?days=1', token);
    expect(status).toBe(200);
    expect(body).toMatchObject({ entitlement: 'shop-data' });
  });

  test('a person may read the usage of their own grants, and not that of others', async () => {
    const { status } = await call('GET', `/v1/grants/${id}/usage`, await tester());
    expect(status).toBe(404);
  });
});
