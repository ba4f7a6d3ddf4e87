import { writeSync } from 'node:fs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { STSClient } from '@aws-sdk/client-sts';
import type { Context } from 'aws-lambda';
import { spread } from './statistics.ts';
import { vendEvent, vendHandler } from './vend-handler.ts';

/**
 * Runs in its own process: jobs of one repository, each with its own run, ask the vend handler for credentials at the
 * same moment. Writes to file descriptor 3, as JSON, what they were answered, after how long, and how many AWS calls
 * it took. One process, since a machine with two cores cannot start a hundred Lambdas at once.
 */

const SERVICE = {
  entitlement: 'service-deploy',
  parameters: { service: 'shop' },
  durationSeconds: 900,
};

const tokens = JSON.parse(process.env['BENCH_JOBS'] ?? '[]') as readonly string[];
const calls = { transactions: 0, assumed: 0 };
count(DynamoDBClient.prototype, 'transactions');
count(STSClient.prototype, 'assumed');
const handler = await vendHandler({});
const milliseconds: number[] = [];
const statuses = await Promise.all(tokens.map(job));
const answers: Record<string, number> = {};
for (const status of statuses) answers[status] = (answers[status] ?? 0) + 1;
const figures = { atOnce: tokens.length, answers, calls, milliseconds: spread(milliseconds) };
writeSync(3, JSON.stringify(figures));

async function job(token: string): Promise<string> {
  const begun = performance.now();
  const { statusCode } = await handler(vendEvent(token, SERVICE), {} as Context);
  milliseconds.push(performance.now() - begun);
  return String(statusCode);
}

function count(client: { send: unknown }, kind: keyof typeof calls): void {
  const send = client.send as (...given: unknown[]) => Promise<unknown>;
  client.send = function counted(this: unknown, ...given: unknown[]) {
    calls[kind] += 1;
    return send.apply(this, given);
  };
}
