import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { eventItem, grantItem, restoredItem } from '../../adapters/dynamodb/items.ts';
import { principalEventKey } from '../../adapters/dynamodb/principal-keys.ts';
import type { Grant } from '../../core/grant.ts';
import { killSwitchDocument, NOTHING_DENIED } from '../../core/kill/deny-policy.ts';
import { eventOfOrder } from '../../core/principal-order.ts';
import { CONTEXT } from '../support/api-call.ts';
import { captureLog } from '../support/capture-log.ts';
import { ACCOUNT, lambdaEnvironment } from '../support/lambda-environment.ts';
import { awsError } from '../support/mock-aws.ts';
import { activeGrant, requestedEvent } from '../support/sample-grants.ts';
import { orderOf } from '../support/sample-orders.ts';

/**
 * The Lambdas that AWS calls: what they do, and what happens when each of their own calls fails
 * once.
 */

const CLIENTS = [DynamoDBClient, EventBridgeClient, IAMClient, LambdaClient, SFNClient, SNSClient];
type Handler = (event: unknown, context: unknown) => Promise<unknown>;

const log = captureLog();
const ROLE = `arn:aws:iam::${ACCOUNT}:role/valetkey/artifacts`;
let removeFolder: () => void;
let calls: string[] = [];
let failAt = -1;

beforeAll(() => {
  removeFolder = lambdaEnvironment();
});
afterAll(() => {
  removeFolder();
  log.restore();
});

const grantOf = (changes: Partial<Grant>): Grant =>
  activeGrant({ targetRole: ROLE, expiresAt: Date.now() - 5000, ...changes });
const REVOKING = grantOf({
  status: 'revoking',
  expiresAt: Date.now() + 600_000,
  keysValidUntil: Date.now() + 600_000,
  kill: { roles: [ROLE], at: Date.now(), until: Date.now() + 660_000 },
});
const EXPIRED = grantOf({});
const SUSPENDED = eventOfOrder(orderOf('people:ana').order);

/** The answers of AWS while nothing fails: a table with one grant, and a role with its deny. */
function answerFor(name: string, input: Record<string, unknown>, stored: Grant): object {
  if (name === 'GetItemCommand') {
    const key = input['Key'] as { readonly sk: { readonly S: string } };
    if (key.sk.S === 'GRANT') return { Item: grantItem(stored) };
    if (key.sk.S !== 'WORKFLOW') return {};
    return { Item: marshall({ taskToken: 'token', version: 0, waitsFor: 'end', until: '' }) };
  }
  if (name === 'QueryCommand') {
    const { ':shard': shard, ':orders': orders } = input['ExpressionAttributeValues'] as Record<
      string,
      { N?: string }
    >;
    if (shard?.N === '0') return { Items: [marshall({ pk: `GRANT#${stored.id}`, dueAt: 1 })] };
    if (input['IndexName'] !== undefined || orders !== undefined) return { Items: [] };
    const { at, until } = stored.kill ?? { at: 0, until: 0 };
    return { Items: [marshall({ sk: `DENY#${stored.id}`, at, until })] };
  }
  if (name === 'GetRolePolicyCommand') {
    const document = killSwitchDocument({ ...NOTHING_DENIED, patterns: [stored.id] });
    return { PolicyDocument: encodeURIComponent(document ?? '') };
  }
  return name === 'PutEventsCommand' ? { FailedEntryCount: 0 } : {};
}

/** Redirects the calls of every client to `answerFor`. */
function play(stored: Grant): void {
  const send = async (command: { readonly input: Record<string, unknown> }) => {
    const { name } = command.constructor;
    calls.push(name);
    if (calls.length - 1 === failAt) throw awsError('ThrottlingException', 'a secret of AWS');
    return answerFor(name, command.input, stored);
  };
  for (const { prototype } of CLIENTS) Object.assign(prototype, { send });
}

const image = (item: object) => ({ SequenceNumber: '1', NewImage: item });
const CASES: readonly [string, unknown, Grant, unknown][] = [
  ['advance', { grantId: EXPIRED.id, executionId: 'x', last: true }, EXPIRED, 'fails'],
  ['kill', { grantId: REVOKING.id, executionId: 'x' }, REVOKING, { phase: 'last-key' }],
  ['kill', { role: ROLE, retired: true }, REVOKING, { role: ROLE }],
  [
    'orchestrate',
    { Records: [{ eventName: 'INSERT', dynamodb: image(grantItem(EXPIRED)) }] },
    EXPIRED,
    { batchItemFailures: [] },
  ],
  [
    'orchestrate',
    { Records: [{ eventName: 'MODIFY', dynamodb: image(grantItem(REVOKING)) }] },
    REVOKING,
    { batchItemFailures: [] },
  ],
  [
    'publish',
    {
      Records: [
        {
          eventName: 'INSERT',
          dynamodb: image(eventItem(requestedEvent(grantOf({ breakGlass: true })))),
        },
      ],
    },
    grantOf({ breakGlass: true }),
    { batchItemFailures: [] },
  ],
  [
    'publish',
    {
      Records: [
        {
          eventName: 'INSERT',
          dynamodb: image(marshall({ ...principalEventKey(SUSPENDED), ...SUSPENDED })),
        },
      ],
    },
    REVOKING,
    { batchItemFailures: [] },
  ],
  ['sweep', {}, REVOKING, { failed: [], killing: [REVOKING.id] }],
];

const run = async (name: string, event: unknown): Promise<unknown> => {
  const { handler } = (await import(`../../lambdas/${name}.lambda.ts`)) as { handler: Handler };
  return handler(event, CONTEXT);
};

describe.each(CASES)('the Lambda %s', (name, event, stored, expected) => {
  beforeEach(() => {
    calls = [];
    failAt = -1;
    log.clear();
    play(stored);
  });

  test('does its work, and can do it again', async () => {
    for (const _ of [1, 2]) {
      if (expected === 'fails') await expect(run(name, event)).rejects.toThrow();
      else expect(await run(name, event)).toMatchObject(expected as object);
    }
    expect(calls.length).toBeGreaterThan(1);
  });

  test('leaves nothing half-done and reveals no secret, whichever of its calls fails', async () => {
    await run(name, event).catch(() => undefined);
    const good = [...calls];
    for (const index of good.keys()) {
      calls = [];
      failAt = index;
      const outcome = await run(name, event).then(
        (answer) => ({ answer }),
        (error: unknown) => ({ error }),
      );
      const text = JSON.stringify(outcome) + log.text();
      expect(text).not.toContain('taskToken');
      if ('error' in outcome) {
        // Its caller retries.
        expect(outcome.error).toBeInstanceOf(Error);
        continue;
      }
      const answer = outcome.answer as {
        readonly batchItemFailures?: readonly unknown[];
        readonly failed?: readonly string[];
      };
      const repeats = [...(answer.batchItemFailures ?? []), ...(answer.failed ?? [])].length > 0;
      const goesOn = calls.length >= good.length - 1;
      expect([good[index], repeats || goesOn]).toEqual([good[index], true]);
    }
  });
});

test('an event that a recovery brought back is neither mailed nor published again', async () => {
  calls = [];
  failAt = -1;
  const stored = grantOf({ breakGlass: true });
  play(stored);
  const item = restoredItem(eventItem(requestedEvent(stored), 0));
  const done = await run('publish', { Records: [{ eventName: 'INSERT', dynamodb: image(item) }] });
  expect(done).toEqual({ batchItemFailures: [] });
  expect(calls).toEqual([]);
});

test('mails carry whose grant they are about, for subscriptions that filter', async () => {
  calls = [];
  failAt = -1;
  const stored = grantOf({ breakGlass: true });
  play(stored);
  const sent: unknown[] = [];
  const { send } = SNSClient.prototype;
  Object.assign(SNSClient.prototype, {
    send: async ({ input }: { readonly input: unknown }) => sent.push(input) && {},
  });
  await run('publish', {
    Records: [{ eventName: 'INSERT', dynamodb: image(eventItem(requestedEvent(stored))) }],
  });
  Object.assign(SNSClient.prototype, { send });
  expect(sent).toHaveLength(2);
  for (const mail of sent) {
    expect(mail).toMatchObject({
      Message: expect.stringContaining(`https://valetkey.acme.example/v1/grants/${stored.id}`),
      MessageAttributes: {
        requester: { DataType: 'String', StringValue: stored.requester.id },
        requesterName: { DataType: 'String', StringValue: 'ana@acme.example' },
      },
    });
  }
});
