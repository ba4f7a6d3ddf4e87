import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Audience, Mail } from '../../core/upkeep/mails.ts';

export type Mailer = (mail: Mail) => Promise<void>;

/** @throws the errors of SNS; the stream then delivers the record again. */
export function snsMailer(client: SNSClient, topics: Readonly<Record<Audience, string>>): Mailer {
  return async ({ audience, subject, body, attributes }) => {
    const text = (StringValue: string) => ({ DataType: 'String', StringValue });
    await client.send(
      new PublishCommand({
        TopicArn: topics[audience],
        Subject: subject,
        Message: body,
        MessageAttributes: {
          requester: text(attributes.requester),
          requesterName: text(attributes.requesterName),
        },
      }),
    );
  };
}
