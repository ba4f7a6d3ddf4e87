import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { eventItem, grantItem } from '../../../adapters/dynamodb/items.ts';
import { eventDetail } from '../../../core/api/event-detail.ts';
import { chatSchema } from '../../../core/config/chat-schema.ts';
import type { Seen } from '../../support/alarm-evaluation.ts';
import { startChats, TOKEN } from '../../support/chat-stand-ins.ts';
import { fakeTable } from '../../support/fake-table.ts';
import { activeGrant, NO_APPROVALS, requestedEvent } from '../../support/sample-grants.ts';
import type { Fault, Faulty } from './faulty.ts';

/** Faults of the chat. */

/** Slack is a stand-in whose channel is not that of the configuration, or is. */
async function tell(faulty: Faulty, channel: string): Promise<Seen> {
  const chats = await startChats();
  try {
    const slack = { botToken: '/token', apiUrl: chats.apiUrl, routes: [{ channel }] };
    const file = join(process.env['LAMBDA_TASK_ROOT'] ?? '', 'chat.json');
    writeFileSync(file, JSON.stringify(chatSchema.parse({ slack })));
    faulty.clients.ssm.on(GetParameterCommand).resolves({ Parameter: { Value: TOKEN } });
    const table = fakeTable(faulty.api.aws);
    const approvals = { ...NO_APPROVALS, required: 1 };
    const grant = activeGrant({ breakGlass: true, approvals });
    const event = requestedEvent(grant);
    for (const item of [grantItem(grant), eventItem(event)]) {
      table.items.set(`${item['pk']?.S} ${item['sk']?.S}`, item);
    }
    const body = JSON.stringify({ source: 'valetkey', detail: eventDetail(event) });
    return await faulty.run('chat', { Records: [{ messageId: 'm1', body }] });
  } finally {
    await chats.stop();
  }
}

export const CHAT_FAULTS: Readonly<Record<string, Fault>> = {
  ChatWaits: async () => ({
    aws: { 'AWS/SQS/ApproximateAgeOfOldestMessage of ChatNotices': 600 },
  }),
  ChatGaveUp: async () => ({
    aws: { 'AWS/SQS/ApproximateNumberOfMessagesVisible of ChatNotTold': 1 },
  }),
  ChatRefused: (faulty) => tell(faulty, 'C0ELSEWHERE'),
};
