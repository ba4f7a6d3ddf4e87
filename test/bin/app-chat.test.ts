import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import { chatCountKey, chatKey, eventKey, grantKey } from '../../adapters/dynamodb/keys.ts';
import { actionsOf, resources, statementsByRole } from '../support/broker-template.ts';
import { activeGrant, requestedEvent } from '../support/sample-grants.ts';
import { appSynth, type Synthesis } from '../support/synth.ts';

/** The app that tells people in Slack and Teams. */

const folder = mkdtempSync(join(tmpdir(), 'valetkey-chat-'));
let made: Synthesis;
let template: Template;
let without: Synthesis;
beforeAll(async () => {
  const config = join(folder, 'valetkey.yaml');
  const interactivity = {
    ...{ signingSecret: '/valetkey/slack/signing-secret', appId: 'A0APP0', teamId: 'T0TEAM' },
  };
  const routes = [{ channel: 'C0APPROVERS', deny: true }];
  const slack = { botToken: '/valetkey/slack/bot-token', interactivity, routes };
  const teams = { routes: [{ webhook: '/valetkey/teams/platform' }] };
  writeFileSync(config, JSON.stringify({ chat: { slack, teams } }));
  made = await appSynth({ config }, { validated: true });
  if (!made.succeeded) throw new Error(made.output);
  template = Template.fromJSON(JSON.parse(made.template) as object);
  const empty = join(folder, 'empty.yaml');
  writeFileSync(empty, '{}');
  without = await appSynth({ config: empty });
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const chat = () => statementsByRole(template).get('chat') ?? [];

describe('the Lambda of the chat', () => {
  test('reads grants and their trail, and writes what its messages are', () => {
    expect(actionsOf(chat())).toEqual([
      ...['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
      ...['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey'],
      ...['logs:CreateLogStream', 'logs:PutLogEvents'],
      ...['sqs:ChangeMessageVisibility', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
      ...['sqs:GetQueueUrl', 'sqs:ReceiveMessage', 'ssm:GetParameter'],
    ]);
  });

  test('writes no grant and no event', () => {
    const writes = chat().filter(({ Action }) => JSON.stringify(Action).includes('PutItem'));
    const patterns = writes.flatMap(({ Condition }) => {
      const { 'ForAllValues:StringLike': like } = Condition as Record<string, object>;
      return (like as Record<string, readonly string[]>)['dynamodb:LeadingKeys'] ?? [];
    });
    expect(patterns).toEqual(['CHAT#*', 'CHATCOUNT#*']);
    const mayWrite = (pk: string) => patterns.some((one) => pk.startsWith(one.slice(0, -1)));
    const grant = activeGrant();
    for (const { pk } of [chatKey(grant.id, 'x'), chatCountKey('c', 'x')]) {
      expect(mayWrite(pk)).toBe(true);
    }
    for (const { pk } of [grantKey(grant.id), eventKey(requestedEvent(grant))]) {
      expect(mayWrite(pk)).toBe(false);
    }
  });

  test('alone reads what opens the chats, and no other parameter', () => {
    const readers = [...statementsByRole(template)].filter(([, statements]) =>
      JSON.stringify(statements).includes('ssm:'),
    );
    expect(readers.map(([role]) => role).toSorted()).toEqual(['chat', 'slack']);
    expect(JSON.stringify(readers)).not.toMatch(/parameter\/\*/);
    const text = JSON.stringify(chat().find(({ Action }) => Action === 'ssm:GetParameter'));
    expect(text).toContain(':parameter/valetkey/slack/bot-token');
    expect(text).toContain(':parameter/valetkey/teams/platform');
    expect(text).not.toContain('signing-secret');
  });

  test('hears of what people may see, over a queue of its own', () => {
    const rules = Object.values(resources(template, 'AWS::Events::Rule'));
    const mine = rules.find(({ Properties }) => JSON.stringify(Properties).includes('ChatNotices'));
    const { 'detail-type': types } = (mine?.Properties['EventPattern'] ?? {}) as Record<
      string,
      string[]
    >;
    expect(types).toEqual(expect.arrayContaining(['valetkey.grant.requested']));
    expect(types).not.toContain('valetkey.grant.vended');
    const mappings = Object.values(resources(template, 'AWS::Lambda::EventSourceMapping'));
    const streams = mappings.filter(({ Properties }) => 'StartingPosition' in Properties);
    expect(streams).toHaveLength(2);
  });
});

describe('the Lambda that takes what is pressed in Slack', () => {
  const slack = () => statementsByRole(template).get('slack') ?? [];

  test('changes grants, and reads the signing secret alone', () => {
    expect(actionsOf(slack())).toEqual([
      ...['dynamodb:ConditionCheckItem', 'dynamodb:DeleteItem', 'dynamodb:GetItem'],
      ...['dynamodb:PutItem', 'kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt'],
      ...['kms:GenerateDataKey', 'logs:CreateLogStream', 'logs:PutLogEvents'],
      'ssm:GetParameter',
    ]);
    const read = slack().find(({ Action }) => Action === 'ssm:GetParameter');
    expect(JSON.stringify(read)).toContain(':parameter/valetkey/slack/signing-secret');
    expect(JSON.stringify(read)).not.toContain('bot-token');
  });

  test('has one route, with a throttle of its own', () => {
    const routes = Object.values(resources(template, 'AWS::ApiGatewayV2::Route'));
    const keys = routes.map(({ Properties }) => Properties['RouteKey']);
    expect(keys.filter((key) => String(key).includes('chat'))).toEqual(['POST /v1/chat/slack']);
    const [stage] = Object.values(resources(template, 'AWS::ApiGatewayV2::Stage'));
    expect(stage?.Properties['RouteSettings']).toMatchObject({
      'POST /v1/chat/slack': { ThrottlingRateLimit: 50, ThrottlingBurstLimit: 50 },
    });
  });
});

test('no secret is in the template', () => {
  expect(made.template).not.toMatch(/xoxb|logic\.azure/);
});

test('without chat there is no Lambda, no queue and no alarm of it', () => {
  expect(without.succeeded).toBe(true);
  expect(without.template).not.toMatch(/[Cc]hat|slack/);
});

test('it passes cdk-nag', () => {
  const { pluginReports } = JSON.parse(made.validation) as { readonly pluginReports: object[] };
  expect(pluginReports).toMatchObject([{ conclusion: 'success', violations: [] }]);
  expect(made.output).not.toMatch(/error/i);
});
