import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { usageSchema } from '../../core/config/usage-schema.ts';
import { lambdaEnvironment } from '../support/lambda-environment.ts';

/** Where the Lambda that reads logs looks for them. */

let removeFolder: () => void;
beforeAll(() => {
  removeFolder = lambdaEnvironment();
});
afterAll(() => removeFolder());

const regionsOf = async (regions?: readonly string[]) => {
  const { usageConfig } = await import('../../lambdas/container/usage.ts');
  const file = join(process.env['LAMBDA_TASK_ROOT'] ?? '', 'usage.json');
  const config = { logs: { bucket: 'acme-logs' }, ...(regions && { regions }) };
  writeFileSync(file, JSON.stringify(usageSchema.parse(config)));
  return usageConfig()?.regions;
};

test('the own Region is read as well, because the record of a vend is there', async () => {
  const own = process.env['AWS_REGION'] ?? '';
  expect(await regionsOf(['ap-south-1', 'us-east-1'])).toEqual(['ap-south-1', 'us-east-1', own]);
  expect(await regionsOf([own, 'ap-south-1'])).toEqual([own, 'ap-south-1']);
  expect(await regionsOf()).toBeUndefined();
});
