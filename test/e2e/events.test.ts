import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import {
  CreateTopicCommand,
  ListTopicsCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { EVENT_SCHEMAS } from '../../core/api/event-schemas.ts';
import { act, ask, output, tester } from './grant-actions.ts';
import { ARTIFACTS, awsClient, call, person, stack, until, vend } from './support.ts';

/** Events and mails, as subscribed programs and mailboxes receive them. */

type Notification = {
  /** The path of the subscribed endpoint. */
  readonly path: string;
  readonly topic: string;
  readonly subject: string;
  readonly message: string;
};
type BusEvent = {
  readonly source: string;
  readonly 'detail-type': string;
  readonly detail: {
    readonly type: keyof typeof EVENT_SCHEMAS;
    readonly id: string;
    readonly grantId: string;
    readonly traceId?: string;
  };
};

const sns = new SNSClient(awsClient());
const received: Notification[] = [];
let server: Server;

const subscribe = (TopicArn: string, path = '/', Attributes: Record<string, string> = {}) => {
  const { port } = server.address() as AddressInfo;
  const Endpoint = `http://127.0.0.1:${port}${path}`;
  return sns.send(new SubscribeCommand({ TopicArn, Protocol: 'http', Endpoint, Attributes }));
};

/** A subscriber on loopback: it confirms its subscriptions and keeps what it receives. */
beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (data: Buffer) => {
      body += data.toString();
    });
    request.on('end', () => {
      const message = JSON.parse(body) as Readonly<Record<string, string>>;
      if (message['Type'] === 'SubscriptionConfirmation') void fetch(message['SubscribeURL'] ?? '');
      else
        received.push({
          path: request.url ?? '',
          topic: message['TopicArn'] ?? '',
          subject: message['Subject'] ?? '',
          message: message['Message'] ?? '',
        });
      response.end();
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { TopicArn: consumer = '' } = await sns.send(new CreateTopicCommand({ Name: 'consumer' }));
  const { Topics = [] } = await sns.send(new ListTopicsCommand({}));
  for (const { TopicArn = '' } of Topics) await subscribe(TopicArn);
  const bus = new EventBridgeClient(awsClient());
  const rule = { EventBusName: output('EventBusName'), Rule: 'consumer' };
  const EventPattern = JSON.stringify({ source: ['valetkey'] });
  await bus.send(new PutRuleCommand({ ...rule, Name: rule.Rule, EventPattern }));
  await bus.send(new PutTargetsCommand({ ...rule, Targets: [{ Id: 'topic', Arn: consumer }] }));
});

afterAll(() => {
  server.close();
});

const eventsOf = (grantId: string): readonly BusEvent[] =>
  received
    .filter(({ topic }) => topic.endsWith(':consumer'))
    .map(({ message }) => JSON.parse(message) as BusEvent)
    .filter(({ detail }) => detail.grantId === grantId);

const untilPublished = (grantId: string, types: readonly string[]) =>
  until(`the bus delivers ${types.join(', ')}`, async () => {
    const published = eventsOf(grantId).map(({ detail }) => detail.type);
    return types.every((type) => published.includes(type as never)) ? eventsOf(grantId) : null;
  });

describe('the bus', () => {
  test('delivers orders about principals, and mails them to security', async () => {
    const admin = await person(['security']);
    const id = `people:suspended-${Date.now()}`;
    const path = `/v1/principals/${encodeURIComponent(id)}`;
    for (const what of ['suspend', 'resume']) {
      await call('POST', `${path}/${what}`, admin, { reason: 'laptop lost' });
    }
    const about = () =>
      received
        .filter(({ topic, message }) => topic.endsWith(':consumer') && message.includes(id))
        .map(({ message }) => JSON.parse(message) as BusEvent);
    await until('both orders are published', async () => (about().length < 2 ? null : about()));
    for (const { detail, 'detail-type': type } of about()) {
      expect(type).toMatch(/^valetkey\.principal\.(suspended|resumed)$/);
      expect(EVENT_SCHEMAS[detail.type].safeParse(detail).error?.issues).toBeUndefined();
    }
    const mailed = async () =>
      received.find(({ subject }) => subject.includes(`was suspended: ${id}`)) ?? null;
    expect(await until('security has a mail', mailed)).toMatchObject({
      message: expect.stringContaining('Why: laptop lost'),
    });
  });

  test('delivers every event, in the form of its schema', async () => {
    const { grant } = await vend(await person(['platform']), { ...ARTIFACTS, durationSeconds: 1 });
    const events = await untilPublished(grant.id, ['requested', 'vended', 'expired']);
    for (const { source, detail, 'detail-type': type } of events) {
      expect([source, type]).toEqual(['valetkey', `valetkey.grant.${detail.type}`]);
      expect(EVENT_SCHEMAS[detail.type].safeParse(detail).error?.issues).toBeUndefined();
    }
    expect(JSON.stringify(events)).not.toMatch(/sessionToken|secretAccessKey/i);
  });

  test('delivers the trace of the call with what it caused, and none with what came later', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-01` };
    const body = { ...ARTIFACTS, durationSeconds: 1 };
    const token = await person(['platform']);
    const answer = await call('POST', '/v1/credentials', token, body, headers);
    const { id } = answer.body['grant'] as { readonly id: string };
    const events = await untilPublished(id, ['requested', 'vended', 'expired']);
    const traces = events.map(({ detail }) => [detail.type, detail.traceId]);
    expect(Object.fromEntries(traces)).toEqual({ requested: traceId, vended: traceId });
    const trail = await call('GET', `/v1/grants/${id}/events`, token);
    expect(trail.body['events']).toMatchObject([{ traceId }, { traceId }, { type: 'expired' }]);
  });

  test('delivers events again after a redrive, with the same ids', async () => {
    const since = new Date().toISOString();
    const { grant } = await vend(await person(['platform']), ARTIFACTS);
    const before = await untilPublished(grant.id, ['requested', 'vended']);
    const { emulatorUrl, region, accountId } = stack();
    const { stdout } = await promisify(execFile)('node', ['tools/redrive.ts', '--since', since], {
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        AWS_ENDPOINT_URL: emulatorUrl,
        AWS_REGION: region,
        AWS_ACCESS_KEY_ID: accountId,
        AWS_SECRET_ACCESS_KEY: 'local',
      },
    });
    expect(stdout).toMatch(/^[1-9]\d* events published again\n$/);
    const twice = async () => (eventsOf(grant.id).length >= 2 * before.length ? true : null);
    await until('the events are delivered again', twice);
    expect(new Set(eventsOf(grant.id).map(({ detail }) => detail.id)).size).toBe(before.length);
  });
});

test('approvers get a mail with what they need to decide', async () => {
  const grant = await ask(await tester(), 'two-approvals', { ticket: 'OPS-1' });
  const mail = await until(
    'the mail arrives',
    async () => received.find(({ subject }) => subject.includes(grant.id)) ?? null,
  );
  expect(mail.topic).toContain('Approvers');
  for (const part of ['a test', 'OPS-1', `valetkey approve ${grant.id}`, grant.requester.name]) {
    expect(mail.message).toContain(part);
  }
});

test('a requester who subscribes with a filter hears who denied the request and why, and nothing of others', async () => {
  const token = await tester();
  const grant = await ask(token, 'two-approvals', {});
  const others = await ask(await tester(), 'two-approvals', {});
  const bob = await person(['first-tier']);
  const FilterPolicy = JSON.stringify({ requester: [grant.requester.id] });
  await subscribe(output('RequestersTopicArn'), '/mine', { FilterPolicy });
  for (const { id } of [others, grant]) {
    expect(await act(bob, id, 'deny', { comment: 'use the replica' })).toMatchObject({
      status: 200,
    });
  }
  const mine = () => received.filter(({ path }) => path === '/mine');
  const mail = await until('the mail arrives', async () => mine()[0] ?? null);
  expect(mail.subject).toContain(`Your request was denied: two-approvals (${grant.id})`);
  expect(mail.message).toMatch(/Reason: {7}denied by .*: use the replica\n/);
  expect(mine()).toHaveLength(1);
});
