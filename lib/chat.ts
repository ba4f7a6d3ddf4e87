import { Stack } from 'aws-cdk-lib';
import type * as events from 'aws-cdk-lib/aws-events';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { detailTypeOf } from '../core/api/event-detail.ts';
import { SEEN_IN_CHAT } from '../core/chat/event-types.ts';
import { type ChatConfig, secretsOf } from '../core/config/chat-schema.ts';
import type { BundledFunction } from './bundled-function.ts';
import { noticeQueue } from './notice-queue.ts';

export type ChatProps = {
  /** The bus that every event comes over. */
  readonly bus: events.EventBus;
  readonly chat: BundledFunction;
  readonly config: ChatConfig;
};

/** Brings notices to the Lambda that tells people in Slack and Teams, which alone may read their secrets. */
export class Chat extends Construct {
  readonly notices: sqs.Queue;
  readonly failures: sqs.Queue;

  constructor(scope: Construct, id: string, { bus, chat, config }: ChatProps) {
    super(scope, id);
    const { notices, failures } = noticeQueue(this, {
      ...{ bus, to: chat, timeoutSeconds: CHAT_TIMEOUT_SECONDS, batchSize: 10 },
      description: 'Valet Key: tells the chat of what people may see',
      types: SEEN_IN_CHAT.map((type) => detailTypeOf({ type })),
      failuresId: 'NotTold',
    });
    this.notices = notices;
    this.failures = failures;
    chat.allow(readsParameters(this, secretsOf(config)));
  }
}

/** They are encrypted with the key aws/ssm, whose policy lets everybody use it who may read the parameter. */
export function readsParameters(
  scope: Construct,
  names: readonly string[],
): iam.PolicyStatementProps {
  return {
    actions: ['ssm:GetParameter'],
    resources: names.map((name) =>
      Stack.of(scope).formatArn({ service: 'ssm', resource: `parameter${name}` }),
    ),
  };
}

export const CHAT_TIMEOUT_SECONDS = 30;
