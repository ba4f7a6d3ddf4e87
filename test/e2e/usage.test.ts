import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CloudTrailClient,
  DescribeTrailsCommand,
  GetEventSelectorsCommand,
  GetTrailStatusCommand,
} from '@aws-sdk/client-cloudtrail';
import {
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { dynamoGrantStore } from '../../adapters/dynamodb/grant-store.ts';
import { eventItem, grantItem } from '../../adapters/dynamodb/items.ts';
import { dueUsageKey } from '../../adapters/dynamodb/usage-keys.ts';
import type { EntitlementUsage, Judged } from '../../core/usage.ts';
import { TRAIL_BUCKET } from '../../local/trail.ts';
import type { Home } from '../support/run-command.ts';
import { recordsOf, type TrailFileRecord } from '../support/trail-files.ts';
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
/** The bundle that the stack of the tests runs (test/e2e/start-stack.ts). */
const POLICY = '.valetkey/test-policy';

const USED = ['s3:GetObject', 's3:ListBucket', 's3:PutObject'];
const UNUSED = ['s3:DeleteObject', 'ssm:DeleteParameter', 'ssm:GetParameter', 'ssm:PutParameter'];
/** No trail of the local stack records calls on items. */
const UNKNOWN = ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'];

/** Security reads the usage of others, and may read the files of the trail and the trail's settings. */
const AWS = () => ({ AWS_ACCESS_KEY_ID: stack().accountId, AWS_SECRET_ACCESS_KEY: 'local' });

const dynamo = new DynamoDBClient(awsClient());
let security: Home;
let token = '';
let id = '';
let folder = '';
let records: readonly TrailFileRecord[] = [];
const usage = (...args: readonly string[]) =>
  security.run(['usage', ...args, '--policy', join(folder, 'policy')], AWS());
const fromTrail = ['--logs', `s3://${TRAIL_BUCKET}`];

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
  cpSync(POLICY, join(folder, 'policy'), { recursive: true });
  mkdirSync(join(folder, 'logs'));
  token = await tester();
  const { grant, credentials } = await vend(token, SHOP);
  id = grant.id;
  await work(credentials);
  await act(token, id, 'revoke');
  await untilStatus(token, id, 'revoked');
  // AssumeRole, three calls and a refused one; none of DynamoDB.
  records = await until('the files of the calls', async () => {
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
  test('tells three used actions, none as unused in the hour after its end, and what was refused', async () => {
    const { code, out, err } = await usage('grant', id, ...fromTrail, '--json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const judged = json<Judged>(out);
    expect(judged.summary).toEqual({ used: 3, granted: 10, unknown: 7 });
    expect(answered(judged, 'used')).toEqual(USED);
    expect(answered(judged, 'unknown')).toEqual([...UNKNOWN, ...UNUSED].sort());
    const early = judged.actions.filter(({ action }) => UNUSED.includes(action));
    expect(new Set(early.map(({ why }) => why))).toEqual(
      new Set(['no grant with keys had ended an hour before']),
    );
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
    const { out } = await usage('grant', id, ...fromTrail);
    expect(out).toMatch(/3 of 10 actions/);
    expect(out.indexOf('dynamodb')).toBeLessThan(out.indexOf('s3:GetObject'));
  });
});

test('usage entitlement tells who used how much of it', async () => {
  const { out } = await usage('entitlement', 'shop-data', '--days', '1', ...fromTrail, '--json');
  const found = json<EntitlementUsage>(out);
  expect(found).toMatchObject({ entitlement: 'shop-data', days: 1 });
  expect(found.grants).toBeGreaterThanOrEqual(1);
  expect(answered(found, 'unknown')).toEqual(expect.arrayContaining(UNKNOWN));
  expect(answered(found, 'used')).toEqual(expect.arrayContaining(USED));
  expect(answered(found, 'unused')).toEqual([]);
});

describe('the broker', () => {
  test('reads the usage of a closed grant by itself, once it is due, and says so in its trail', async () => {
    await makeDue(id);
    const read = await until('the usage of the grant', async () => {
      await invokeUsage();
      const { status, body } = await call('GET', `/v1/grants/${id}/usage`, token);
      return status === 200 && body['state'] === 'read' ? body : null;
    });
    expect(read).toMatchObject({ summary: { used: 3, granted: 10, unknown: 3 } });
    const { body } = await call('GET', `/v1/grants/${id}/events`, token);
    const told = (body['events'] as readonly { readonly type: string }[]).filter(
      ({ type }) => type === 'usage-read',
    );
    expect(told).toEqual([
      expect.objectContaining({ used: 3, granted: 10, unknown: 3, refused: 1, afterEnd: 0 }),
    ]);
  });

  test('answers it for the entitlement, and by the command, without logs', async () => {
    const audits = security.env['VALETKEY_TOKEN'];
    const { status, body } = await call('GET', '/v1/entitlements/shop-data/usage?days=1', audits);
    expect(status).toBe(200);
    expect(body).toMatchObject({ entitlement: 'shop-data', state: 'on' });
    const { out } = await usage('grant', id);
    expect(out).toMatch(/3 of 10 actions/);
  });

  test('tells it to the person of the grant and not to others', async () => {
    const other = await shellOf(['testers'], { sub: 'somebody-else' });
    const asks = other.env['VALETKEY_TOKEN'];
    expect((await call('GET', `/v1/grants/${id}/usage`, asks)).status).toBe(404);
    const { status } = await call('GET', '/v1/entitlements/shop-data/usage', asks);
    expect(status).toBe(403);
    other.remove();
  });
});

test('usage propose wants evidence, and says which', async () => {
  const { code, out } = await usage('propose', 'shop-data', '--days', '1', ...fromTrail);
  expect(code).toBe(1);
  expect(out).toMatch(/needs at least 5/);
});

test('usage propose: a patch that keeps comments and unknowns; the narrower bundle breaks no request', async () => {
  keepLogs(
    'now',
    records.map((record) => JSON.stringify(record)),
  );
  for (const days of [3, 6, 9, 12, 20]) await playAgain(days);
  const file = join(folder, 'policy', 'entitlements', 'shop-data.yaml');
  const before = readFileSync(file, 'utf8');
  const patch = join(folder, 'narrower.patch');
  const { code, err, out } = await usage(
    ...['propose', 'shop-data', '--days', '30', '--logs', join(folder, 'logs'), '--out', patch],
    ...['--trails', await olderTrails()],
  );
  expect(code === 0 ? 'passed' : err + out).toBe('passed');
  execFileSync('git', ['apply', patch], { cwd: join(folder, 'policy') });
  const after = readFileSync(file, 'utf8');
  const actions = (parse(after) as { statements: { Action: string | string[] }[] }).statements
    .flatMap(({ Action }) => Action)
    .sort();
  expect(actions).toEqual([...UNKNOWN, ...USED].sort());
  for (const line of before.split('\n').filter((one) => one.startsWith('#')))
    expect(after).toContain(line);
  const checked = await security.run(['policy', 'check', '--policy', join(folder, 'policy')], {});
  expect(checked.code).toBe(0);
});

/** The trails of the stack in a file, as if they had logged for longer than the grants are old. */
async function olderTrails(): Promise<string> {
  const client = new CloudTrailClient(awsClient());
  const { trailList = [] } = await client.send(new DescribeTrailsCommand({}));
  const eventSelectors: Record<string, unknown> = {};
  const trailStatus: Record<string, unknown> = {};
  for (const { Name = '' } of trailList) {
    eventSelectors[Name] = await client.send(new GetEventSelectorsCommand({ TrailName: Name }));
    const status = await client.send(new GetTrailStatusCommand({ Name }));
    trailStatus[Name] = { ...status, StartLoggingTime: new Date(Date.now() - 60 * 86_400_000) };
  }
  const file = join(folder, 'trails.json');
  writeFileSync(file, JSON.stringify({ trailList, eventSelectors, trailStatus }));
  return file;
}

/** The same work under a grant of some days ago: the clock of the stack does not go faster. */
async function playAgain(days: number): Promise<void> {
  const shift = days * 86_400_000;
  const store = dynamoGrantStore(
    { client: dynamo, name: stack().tableName, report: () => {} },
    Date.now,
  );
  const found = await store.find(id);
  if (!found.ok || found.value === null) throw new Error('the grant is gone');
  const { value: grant } = found;
  const earlier = (time: number | null) => (time === null ? null : time - shift);
  const older = `gr_0000000000000000000${'123456789abcdefghjkmnpqrstvwxyz'[days]}`;
  const item = grantItem({
    ...{ ...grant, id: older, createdAt: grant.createdAt - shift },
    ...{ startsAt: earlier(grant.startsAt), expiresAt: earlier(grant.expiresAt) },
    ...{ endedAt: earlier(grant.endedAt), keysValidUntil: earlier(grant.keysValidUntil) },
  });
  const requested = await store.requestedEvent(id);
  if (!requested.ok || requested.value === null) throw new Error('the request is gone');
  const { at } = requested.value;
  const event = { ...requested.value, id: `ev_again_${days}`, grantId: older, at: at - shift };
  for (const Item of [item, eventItem(event)]) {
    await dynamo.send(new PutItemCommand({ TableName: stack().tableName, Item }));
  }
  const lines = records.map((record) => {
    const eventTime = new Date(Date.parse(String(record['eventTime'])) - shift).toISOString();
    const moved = { ...record, eventTime, eventID: crypto.randomUUID(), sharedEventID: undefined };
    return JSON.stringify(moved).replaceAll(id, older);
  });
  keepLogs(`${days}`, lines);
}

function keepLogs(name: string, lines: readonly string[]): void {
  writeFileSync(join(folder, 'logs', `${name}.jsonl`), `${lines.join('\n')}\n`);
}

/** It would be an hour after the last key of the grant. */
async function makeDue(grantId: string): Promise<void> {
  const TableName = stack().tableName;
  const due = await until('the notice of the end', async () => {
    const { Items = [] } = await dynamo.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :due)',
        ExpressionAttributeValues: marshall({ ':pk': 'USAGE', ':due': 'DUE#' }),
      }),
    );
    return Items.map((item) => unmarshall(item)).find(({ sk }) => sk.endsWith(grantId)) ?? null;
  });
  const key = dueUsageKey({ dueAt: Date.now() - 60_000, grantId });
  await dynamo.send(
    new PutItemCommand({ TableName, Item: marshall({ ...due, ...key, since: Date.now() }) }),
  );
}

async function invokeUsage(): Promise<void> {
  const lambda = new LambdaClient(awsClient());
  const { Functions = [] } = await lambda.send(new ListFunctionsCommand({}));
  const name = Functions.find(({ FunctionName = '' }) => /-usage/.test(FunctionName));
  const answer = await lambda.send(
    new InvokeCommand({ FunctionName: name?.FunctionName ?? '', Payload: '{}' }),
  );
  const text = Buffer.from(answer.Payload ?? []).toString();
  if (answer.FunctionError !== undefined) throw new Error(text);
}
