import { readFileSync } from 'node:fs';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SNSClient } from '@aws-sdk/client-sns';
import { SSMClient } from '@aws-sdk/client-ssm';
import { slackChannel, slackPerson } from '../../adapters/chat/slack.ts';
import { teamsChannel } from '../../adapters/chat/teams.ts';
import { chatPresses as seenPresses } from '../../adapters/dynamodb/chat-presses.ts';
import { dynamoChatStore } from '../../adapters/dynamodb/chat-store.ts';
import { type Bus, eventBridgeBus } from '../../adapters/eventbridge/bus.ts';
import { type Mailer, snsMailer } from '../../adapters/sns/mailer.ts';
import { ssmParameters } from '../../adapters/ssm/parameters.ts';
import type { MessengerOf } from '../../core/chat/chat-ports.ts';
import type { ChatConfig } from '../../core/config/chat-schema.ts';
import { OCSF_VERSIONS, type OcsfVersion } from '../../core/ocsf/classes.ts';
import { AWS_CALL, reportFailure } from './aws-calls.ts';
import { clock, env, packaged } from './environment.ts';
import { table } from './stores.ts';

/** The part of the composition root that tells people and other systems. */

export function eventBus(): Bus {
  return eventBridgeBus(new EventBridgeClient(AWS_CALL), env('EVENT_BUS'));
}

export function mailer(): Mailer {
  const topics = {
    approvers: env('APPROVERS_TOPIC'),
    security: env('SECURITY_TOPIC'),
    requesters: env('REQUESTERS_TOPIC'),
  };
  return snsMailer(new SNSClient(AWS_CALL), topics);
}

/** In which version of OCSF events are delivered. */
export function ocsfVersion(): OcsfVersion {
  const version = env('OCSF_VERSION');
  const known = OCSF_VERSIONS.find((one) => one === version);
  if (known === undefined) throw new Error(`OCSF_VERSION is ${version}, which is none`);
  return known;
}

/** Where people are told in Slack and Teams. */
export function chatConfig(): ChatConfig {
  return JSON.parse(readFileSync(packaged('chat.json'), 'utf8')) as ChatConfig;
}

export function chats() {
  return dynamoChatStore(table(), clock);
}

/** Each signature of Slack is good once. */
export function chatPresses() {
  return seenPresses(table(), clock);
}

/** What a Lambda may read of the secrets of the chat. */
export function chatSecrets() {
  return ssmParameters(new SSMClient(AWS_CALL), reportFailure);
}

/** Who talks to a place. */
export function messengers({ slack }: ChatConfig): MessengerOf {
  const secrets = chatSecrets();
  return (place) => {
    if (place.kind === 'teams') return teamsChannel(secrets, place.webhook);
    if (slack === undefined) throw new Error('chat.json has no slack');
    const { apiUrl: url, botToken, interactivity } = slack;
    const interactive = interactivity !== undefined;
    const workspace = { apiUrl: url, botToken, interactive, secrets };
    return place.kind === 'channel'
      ? slackChannel(workspace, place.channel)
      : slackPerson(workspace, place.email);
  };
}
