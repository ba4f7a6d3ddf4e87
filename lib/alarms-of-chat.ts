import { Duration } from 'aws-cdk-lib';
import type { AlarmBell } from './alarm-bell.ts';
import type { BundledFunction } from './bundled-function.ts';
import type { Chat } from './chat.ts';

const RUNBOOK = 'See docs/runbooks/chat.md';
const LAG = Duration.minutes(10);

/** Where people are told in Slack or Teams. */
export type Chatting = {
  readonly lambda: BundledFunction;
  readonly queues: Chat;
  /** Takes buttons that are pressed in Slack, where there are any. */
  readonly slack?: BundledFunction;
};

/** Whether people see in their chats what waits for them. */
export function alarmsOfChat(bell: AlarmBell, { lambda, queues }: Chatting): void {
  const { notices, failures } = queues;
  const age = notices.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(1) });
  bell.on('ChatWaits', age, {
    about: `Slack or Teams does not take messages. ${RUNBOOK}`,
    threshold: LAG.toSeconds(),
    periods: 2,
  });
  bell.on('ChatGaveUp', failures.metricApproximateNumberOfMessagesVisible(), {
    about: `Messages to Slack or Teams were given up. ${RUNBOOK}`,
  });
  bell.onLogLine('ChatRefused', [lambda], 'chat message refused', {
    about: `Slack or Teams refuses messages: somebody has to change something there. ${RUNBOOK}`,
  });
}
