import { writeSync } from 'node:fs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { STSClient } from '@aws-sdk/client-sts';
import type { Context } from 'aws-lambda';
import { vendEvent, vendHandler } from './vend-handler.ts';

/**
 * Runs in its own process: measures the CPU time of warm vends without the two AWS calls. Writes a
 * JSON array of milliseconds per vend, one number per batch, to file descriptor 3.
 */

const BATCHES = 60;
const VENDS_PER_BATCH = 50;

const KEYS = {
  AccessKeyId: 'bench',
  SecretAccessKey: 'bench',
  SessionToken: 'bench',
  Expiration: new Date(Date.now() + 3_600_000),
};

Object.assign(DynamoDBClient.prototype, { send: async () => ({}) });
Object.assign(STSClient.prototype, { send: async () => ({ Credentials: KEYS }) });

const token = process.env['BENCH_TOKEN'] ?? '';
const handler = await vendHandler({
  TABLE_NAME: 'bench',
  ACCOUNT_ID: '000000000000',
  AWS_REGION: 'us-east-1',
});

const milliseconds: number[] = [];
for (let batch = 0; batch < BATCHES; batch += 1) {
  const before = process.cpuUsage();
  for (let vend = 0; vend < VENDS_PER_BATCH; vend += 1) {
    const { statusCode } = await handler(vendEvent(token), {} as Context);
    if (statusCode !== 200) throw new Error(`the vend answered ${statusCode}`);
  }
  const { user, system } = process.cpuUsage(before);
  milliseconds.push((user + system) / 1000 / VENDS_PER_BATCH);
}
writeSync(3, JSON.stringify(milliseconds.slice(BATCHES / 3)));
