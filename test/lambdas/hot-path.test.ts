import { GetItemCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  jest,
  test,
} from '@jest/globals';
import { QUARANTINE_KEY } from '../../adapters/dynamodb/keys.ts';
import { ALL_ROUTES, type Answer } from '../support/api-call.ts';
import { type ApiUnderTest, startApi } from '../support/api-under-test.ts';
import { ARTIFACTS, ana, DEPLOY, dev, job, TABLE } from '../support/callers.ts';
import { CREDENTIALS, isQuarantineRead, partWith } from '../support/mock-aws.ts';
import { testClock } from '../support/test-clock.ts';

const clock = testClock();
let api: ApiUnderTest;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());
beforeEach(() => api.aws.acceptAll());
afterEach(() => clock.restart());

let later = 0;
const ROLE = 'arn:aws:iam::123456789012:role/valetkey/artifacts';

async function vend(body: object = {}, headers = {}): Promise<Answer> {
  const token = await ana(api.issuer);
  const answer = await api.call('POST /v1/credentials', {
    token,
    headers,
    body: { ...ARTIFACTS, ...body },
  });
  expect(answer.status).toBe(200);
  return answer;
}

test('a vend is one transaction, then one AssumeRole, and nothing else', async () => {
  await vend({}, { 'idempotency-key': 'deploy-4711' });
  expect(api.aws.calls().map(({ command }) => command)).toEqual([
    'TransactWriteItemsCommand',
    'AssumeRoleCommand',
  ]);
});

/** The read of the quarantine waits until it is told to go on. */
function holdQuarantineRead() {
  let goOn = (): void => {};
  const waiting = new Promise<object>((resolve) => {
    goOn = () => resolve({});
  });
  const begun = new Promise<void>((resolve) => {
    api.aws.dynamo.on(GetItemCommand, { Key: marshall(QUARANTINE_KEY) }).callsFake(() => {
      resolve();
      return waiting;
    });
  });
  return { begun, goOn };
}

const commands = (): readonly string[] =>
  api.aws
    .everyCall()
    .map(({ command, input }) => (isQuarantineRead(input) ? 'quarantine' : command));

describe('the read of the quarantine', () => {
  // Later than the reads of the tests before.
  beforeEach(() => {
    later += 10;
    clock.forward(later);
  });

  test('is the only further call of a vend, and none for two seconds', async () => {
    await vend();
    const once = ['quarantine', 'TransactWriteItemsCommand', 'AssumeRoleCommand'];
    expect(commands()).toEqual(once);
    clock.forward(1.9);
    await vend();
    expect(commands()).toEqual([...once, ...once.slice(1)]);
    clock.forward(0.2);
    await vend();
    expect(commands()).toEqual([...once, ...once.slice(1), ...once]);
  });

  test('begins before the token is verified, and does not wait for that', async () => {
    let verified = false;
    let goOn = (): void => {};
    const signature = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const verify = crypto.subtle.verify.bind(crypto.subtle);
    const slow = jest.spyOn(crypto.subtle, 'verify').mockImplementation(async (...given) => {
      await signature;
      verified = true;
      return verify(...given);
    });
    const { begun, goOn: read } = holdQuarantineRead();
    const answer = vend();
    await begun;
    expect([verified, slow.mock.calls.length < 2]).toEqual([false, true]);
    read();
    goOn();
    await answer;
    expect(verified).toBe(true);
    slow.mockRestore();
  });

  test('holds up no other read, and every write', async () => {
    const { body } = await vend();
    const { id } = body['grant'] as { readonly id: string };
    const items = api.aws.transactions()[0]?.TransactItems ?? [];
    const stored = items.find(({ Put }) => Put?.Item?.['sk']?.S === 'GRANT')?.Put?.Item;
    api.aws.acceptAll();
    clock.forward(10);
    const { begun, goOn } = holdQuarantineRead();
    const found = new Promise<void>((resolve) => {
      const key = marshall({ pk: `GRANT#${id}`, sk: 'GRANT' });
      api.aws.dynamo.on(GetItemCommand, { Key: key }).callsFake(() => {
        resolve();
        return { Item: stored };
      });
    });
    const token = await ana(api.issuer);
    const answer = api.call('POST /v1/grants/{id}/credentials', { token, id });
    await Promise.all([begun, found]);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(commands()).toEqual(['quarantine', 'GetItemCommand']);
    goOn();
    expect((await answer).status).toBe(200);
  });
});

test('STS is called only after the transaction was written', async () => {
  let written = (): void => {};
  const writing = new Promise<object>((resolve) => {
    written = () => resolve({});
  });
  const begun = new Promise<void>((resolve) => {
    api.aws.dynamo.on(TransactWriteItemsCommand).callsFake(() => {
      resolve();
      return writing;
    });
  });
  const answer = vend();
  await begun;
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(api.aws.assumedRoles()).toEqual([]);
  written();
  await answer;
  expect(api.aws.assumedRoles()).toHaveLength(1);
});

test('the transaction contains the grant, its events and every condition', async () => {
  const { body } = await vend({}, { 'idempotency-key': 'deploy-4711' });
  const [input] = api.aws.transactions();
  const items = input?.TransactItems ?? [];
  expect(items).toHaveLength(10);
  const [session] = api.aws.assumedRoles();
  const { id } = body['grant'] as { readonly id: string };
  const absent = { ConditionExpression: 'attribute_not_exists(pk)' };
  const event = { pk: { S: `GRANT#${id}` }, requestId: { S: 'request-1' } };
  const keyed = { pk: { S: 'PRINCIPAL#people:ana' }, sk: { S: 'KEY#deploy-4711' } };
  expect(items).toMatchObject([
    {
      Put: {
        Item: { ...keyed, grantId: { S: id } },
        ConditionExpression: 'attribute_not_exists(pk) OR #ttl < :now',
      },
    },
    {
      ConditionCheck: {
        ConditionExpression: 'attribute_not_exists(closed)',
        Key: {
          pk: { S: 'PRINCIPAL#people:ana' },
          sk: { S: expect.stringMatching(/^SUSPENSION#\d\d$/) },
        },
      },
    },
    {
      ConditionCheck: {
        ConditionExpression:
          '(attribute_not_exists(closed) OR #until <= :now) AND (attribute_not_exists(room.#hash) OR room.#hash.#until <= :now OR room.#hash.#percent < :most)',
        Key: { pk: { S: `ROLE#${ROLE}` }, sk: { S: expect.stringMatching(/^FREEZE#\d\d$/) } },
      },
    },
    {
      Update: {
        UpdateExpression: 'SET #ttl = :ttl ADD uses :one',
        ConditionExpression: 'attribute_not_exists(uses) OR uses < :most',
        Key: {
          pk: { S: 'COUNT#people:ana' },
          sk: { S: expect.stringMatching(/^requestsPerMinute#\d+#0$/) },
        },
      },
    },
    { Put: { ...absent, Item: { pk: { S: `GRANT#${id}` }, status: { S: 'active' } } } },
    { Put: { Item: { pk: { S: 'PRINCIPAL#people:ana' }, sk: { S: `GRANT#${id}` } } } },
    { Put: { Item: { pk: { S: `ROLE#${ROLE}` }, sk: { S: `OPEN#${id}` } } } },
    {
      Put: {
        Item: {
          pk: { S: 'PRINCIPAL#people:ana' },
          sk: { S: expect.stringMatching(`^BEGUN#artifacts-read#.*#${id}$`) },
        },
      },
    },
    { Put: { Item: { ...event, type: { S: 'requested' } } } },
    {
      Put: {
        Item: {
          ...event,
          type: { S: 'vended' },
          session: { M: { sourceIdentity: { S: session?.SourceIdentity } } },
        },
      },
    },
  ]);
});

test('STS gets exactly the policy that a dry run shows', async () => {
  clock.stop(321);
  const token = await ana(api.issuer);
  const dryRun = await api.call('POST /v1/evaluate', { token, body: ARTIFACTS });
  // Whether the caller is suspended, and nothing else.
  expect(api.aws.calls().map(({ command }) => command)).toEqual(['GetItemCommand']);
  const { body } = await vend();
  expect(api.aws.assumedRoles()[0]?.Policy).toBe(JSON.stringify(dryRun.body['sessionPolicy']));
  expect(dryRun.body['expiresAt']).toBe((body['grant'] as Record<string, unknown>)['expiresAt']);
});

test('STS gets the target role, and a SourceIdentity that names the person and the grant', async () => {
  const { body } = await vend();
  const { id } = body['grant'] as { readonly id: string };
  const [input] = api.aws.assumedRoles();
  expect(Object.keys(input ?? {}).toSorted()).toEqual([
    'DurationSeconds',
    'Policy',
    'RoleArn',
    'RoleSessionName',
    'SourceIdentity',
  ]);
  expect(input?.RoleArn).toBe(ROLE);
  expect(input?.SourceIdentity).toMatch(/^ana-[0-9a-z]{16}\.gr_[0-9a-z]{20}$/);
  expect(input?.SourceIdentity).toContain(`.${id}`);
});

test('the session’s name is random and reveals neither grant nor person', async () => {
  await Promise.all(Array.from({ length: 20 }, () => vend()));
  const sessions = api.aws.assumedRoles();
  expect(new Set(sessions.map(({ RoleSessionName }) => RoleSessionName)).size).toBe(20);
  for (const { RoleSessionName, SourceIdentity } of sessions) {
    expect(RoleSessionName).toMatch(/^vk_[0-9a-hjkmnp-tv-z]{26}$/);
    expect(SourceIdentity).not.toContain(RoleSessionName?.slice(3, 13));
  }
});

test.each([
  { requested: 60, session: 900 },
  { requested: 1800, session: 1800 },
  { requested: 3600, session: 3600 },
])(
  'a grant of $requested s gets a session of $session s and reports when its keys stop working',
  async ({ requested, session }) => {
    const now = clock.stop();
    const { body } = await vend({ durationSeconds: requested });
    expect(api.aws.assumedRoles()[0]?.DurationSeconds).toBe(session);
    const end = new Date(now + requested * 1000).toISOString().replace('.000Z', 'Z');
    expect(body).toMatchObject({
      grant: { expiresAt: end, keysValidUntil: end },
      credentials: { expiration: end },
    });
  },
);

test('the answer contains the keys that STS issued, and must not be cached', async () => {
  const { body, headers } = await vend();
  expect(body['credentials']).toMatchObject({
    accessKeyId: CREDENTIALS.AccessKeyId,
    secretAccessKey: CREDENTIALS.SecretAccessKey,
    sessionToken: CREDENTIALS.SessionToken,
  });
  expect(headers['cache-control']).toBe('no-store');
});

test('a job vends with its own token, without another request to its issuer', async () => {
  await api.handler('vend');
  const before = api.issuer.requests.length;
  const token = await job(api.issuer);
  const answer = await api.call('POST /v1/credentials', { token, body: DEPLOY });
  expect(answer.status).toBe(200);
  expect(api.issuer.requests).toHaveLength(before);
});

test('a request that needs approval is written as pending, without a call to STS', async () => {
  const token = await dev(api.issuer);
  const answer = await api.call('POST /v1/credentials', { token, body: TABLE });
  expect(answer).toMatchObject({ status: 202, body: { grant: { status: 'pending' } } });
  expect(api.aws.calls().map(({ command }) => command)).toEqual([
    // For the limits: what waits for votes, and what was denied.
    ...['QueryCommand', 'QueryCommand'],
    'TransactWriteItemsCommand',
    // Whether the caller is suspended, because the answer shows a grant without credentials.
    'GetItemCommand',
  ]);
  const [input] = api.aws.transactions();
  expect(JSON.stringify(input)).not.toContain('"vended"');
});

test('a request that policy denies is written with its reason, without a call to STS', async () => {
  const token = await dev(api.issuer, { amr: ['pwd'] });
  const answer = await api.call('POST /v1/credentials', { token, body: TABLE });
  expect(answer).toMatchObject({
    status: 403,
    body: { decision: { outcome: 'deny', policies: ['production-needs-mfa'] } },
  });
  expect(answer.body['detail']).toContain('second factor');
  expect(api.aws.calls().map(({ command }) => command)).toEqual([
    'TransactWriteItemsCommand',
    // Whether the caller is suspended, because the answer shows a grant without credentials.
    'GetItemCommand',
  ]);
  const [input] = api.aws.transactions();
  const grant = input?.TransactItems?.[partWith(input, '"denied"')]?.Put?.Item;
  expect(grant).toMatchObject({ id: { S: answer.body['grantId'] }, status: { S: 'denied' } });
});

test('only these two calls vend', () => {
  expect(ALL_ROUTES.filter((route) => route.includes('credentials'))).toEqual([
    'POST /v1/credentials',
    'POST /v1/grants/{id}/credentials',
  ]);
});
