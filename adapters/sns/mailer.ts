import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Audience, Mail } from '../../core/upkeep/mails.ts';

export type Mailer = (mail: Mail) => Promise<void>;

/** @throws the errors of SNS; the stream then delivers the record again. */
export function snsMailer(client: SNSClient, topics: Readonly<Record<Audience, string>>): Mailer {
  return async ({ audience, subject, body }) => {
    await client.send(
      new PublishCommand({ TopicArn: topics[audience], Subject: subject, Message: body }),
    );
  };
}
