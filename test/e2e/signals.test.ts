import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBClient, GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { ListTopicsCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ask, tester } from './grant-actions.ts';
import { ARTIFACTS, awsClient, call, stack, until } from './support.ts';

/** Denied attempts: what policies make of them, and who is told. */

type Mail = { readonly topic: string; readonly subject: string; readonly message: string };

const sns = new SNSClient(awsClient());
const dynamo = new DynamoDBClient(awsClient());
const received: Mail[] = [];
let server: Server;

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (data: Buffer) => {
      body += data.toString();
    });
    request.on('end', () => {
      const sent = JSON.parse(body) as Readonly<Record<string, string>>;
      if (sent['Type'] === 'SubscriptionConfirmation') void fetch(sent['SubscribeURL'] ?? '');
      else {
        const { TopicArn: topic = '', Subject: subject = '', Message: message = '' } = sent;
        received.push({ topic, subject, message });
      }
      response.end();
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const { Topics = [] } = await sns.send(new ListTopicsCommand({}));
  for (const { TopicArn = '' } of Topics) {
    const Endpoint = `http://127.0.0.1:${port}/`;
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'http', Endpoint }));
  }
});

afterAll(() => {
  server.close();
});

/** Testers may not read artifacts. */
async function denied(token: string): Promise<void> {
  const answer = await call('POST', '/v1/grants', token, ARTIFACTS);
  expect(answer.status).toBe(403);
}

const idOf = async (token: string) =>
  String((await call('GET', '/v1/whoami', token)).body['id'] ?? '');

/** The signals in the trail of a principal. */
async function signalsOf(principal: string) {
  const { Items = [] } = await dynamo.send(
    new QueryCommand({
      TableName: stack().tableName,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: `TRAIL#${principal}` } },
      ConsistentRead: true,
    }),
  );
  return Items.map((item) => unmarshall(item)).filter(({ type }) => type === 'signal-raised');
}

/** Until when the episode is known to go on. */
async function lastAt(principal: string): Promise<number> {
  const { Item } = await dynamo.send(
    new GetItemCommand({
      TableName: stack().tableName,
      Key: { pk: { S: `SIGNALS#${principal}` }, sk: { S: 'many-denials' } },
      ConsistentRead: true,
    }),
  );
  return Number(Item?.['lastAt']?.N ?? 0);
}

const mailsAbout = (principal: string) =>
  received
    .filter(({ subject }) => subject.includes(principal) && subject.includes('were denied'))
    .map(({ topic, message }) => ({ topic, message }));

test('three denials reach security and the person once, however often they are repeated', async () => {
  const token = await tester();
  const principal = await idOf(token);
  for (let count = 0; count < 3; count += 1) await denied(token);
  const mails = await until('both mails arrive', async () =>
    mailsAbout(principal).length >= 2 ? mailsAbout(principal) : null,
  );
  const [security] = mails.filter(({ topic }) => topic.includes('Security'));
  expect(security?.message).toMatch(/How often: [3-9] within 1 hour\n/);
  expect(security?.message).toContain('artifacts-read {"prefix":"releases/1"}');
  expect(security?.message).toContain('docs/runbooks/denied-attempts.md');
  const [person] = mails.filter(({ topic }) => topic.includes('Requesters'));
  expect(person?.message).toContain('Nothing is wrong with asking.');
  const before = Date.now();
  for (let count = 0; count < 3; count += 1) await denied(token);
  await until('the later ones were observed', async () =>
    (await lastAt(principal)) > before ? true : null,
  );
  expect(await signalsOf(principal)).toMatchObject([
    { kind: 'many-denials', principal: { id: principal }, actor: 'broker' },
  ]);
  expect(mailsAbout(principal)).toHaveLength(2);
}, 300_000);

test('after three denials a policy leaves to people what it allows others at once', async () => {
  const token = await tester();
  for (let count = 0; count < 3; count += 1) await denied(token);
  const waiting = await ask(token, 'watched');
  expect(waiting).toMatchObject({
    status: 'pending',
    decision: {
      outcome: 'approve',
      policies: expect.arrayContaining(['denied-in-a-row-needs-a-person']),
    },
  });
  expect(await ask(await tester(), 'watched')).toMatchObject({ status: 'active' });
}, 150_000);
