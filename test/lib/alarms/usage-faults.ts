import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { grantItem } from '../../../adapters/dynamodb/items.ts';
import { usageSchema } from '../../../core/config/usage-schema.ts';
import type { Seen } from '../../support/alarm-evaluation.ts';
import { fakeTable } from '../../support/fake-table.ts';
import { awsError } from '../../support/mock-aws.ts';
import { activeGrant } from '../../support/sample-grants.ts';
import type { Fault, Faulty } from './faulty.ts';

/** Faults of reading what was called. */

/** A grant that ended so many hours ago is noted, and then read from logs that cannot be read. */
async function readAfter(faulty: Faulty, hours: number): Promise<Seen> {
  const file = join(process.env['LAMBDA_TASK_ROOT'] ?? '', 'usage.json');
  writeFileSync(file, JSON.stringify(usageSchema.parse({ logs: { bucket: 'acme-logs' } })));
  faulty.clients.s3.onAnyCommand().rejects(awsError('AccessDenied'));
  const table = fakeTable(faulty.api.aws);
  const at = Date.now() - hours * 3_600_000;
  const ended = { startsAt: at - 1000, endedAt: at, keysValidUntil: at };
  const grant = activeGrant({ status: 'expired', ...ended });
  const item = grantItem(grant);
  table.items.set(`${item['pk']?.S} ${item['sk']?.S}`, item);
  const detail = { id: 'ev_1', at: new Date().toISOString(), grantId: grant.id };
  await faulty.run('usage', {
    Records: [{ messageId: 'm1', body: JSON.stringify({ detail }) }],
  });
  return faulty.run('usage', {});
}

export const USAGE_FAULTS: Readonly<Record<string, Fault>> = {
  UsageNotRead: (faulty) => readAfter(faulty, 8),
  UsageFails: async () => ({ aws: { 'AWS/Lambda/Errors of usageFunction': 1 } }),
  UsageGaveUp: async () => ({
    aws: { 'AWS/SQS/ApproximateNumberOfMessagesVisible of UsageNotNoted': 1 },
  }),
};

/** Logs that cannot be read for an hour are read later. */
export const USAGE_ROUTINE: readonly Fault[] = [(faulty) => readAfter(faulty, 2)];
