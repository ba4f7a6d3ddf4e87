import { parseArgs } from 'node:util';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { type AttributeValue, DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { marshall } from '@aws-sdk/util-dynamodb';

/**
 * `npm run redrive -- --since 2026-11-24T10:00:00Z [--until …] [--stack ValetKey]`: publishes the
 * events of that time again, under the same ids, by which consumers recognise repeats. It reads
 * them from the table, so it does not matter how long ago they were lost. It scans the whole table:
 * use it sparingly.
 */

type Item = Record<string, AttributeValue>;

const { values } = parseArgs({
  options: {
    since: { type: 'string' },
    until: { type: 'string', default: new Date().toISOString() },
    stack: { type: 'string', default: 'ValetKey' },
  },
});

const AT_ONCE = 25;

async function main(): Promise<void> {
  const [since, until] = [Date.parse(values.since ?? ''), Date.parse(values.until)];
  if (Number.isNaN(since) || Number.isNaN(until)) {
    throw new Error(
      '--since and --until must be times: npm run redrive -- --since 2026-11-24T10:00:00Z',
    );
  }
  const output = await outputsOf(values.stack);
  let batch: Item[] = [];
  let published = 0;
  for await (const item of eventsBetween(output('TableName'), since, until)) {
    batch.push(item);
    if (batch.length < AT_ONCE) continue;
    published += await publish(output('PublishFunctionName'), batch);
    batch = [];
  }
  published += await publish(output('PublishFunctionName'), batch);
  console.log(`${published} events published again`);
}

async function* eventsBetween(
  TableName: string,
  since: number,
  until: number,
): AsyncGenerator<Item> {
  const query = {
    TableName,
    FilterExpression:
      '(begins_with(sk, :event) OR begins_with(sk, :audit)) AND #at BETWEEN :since AND :until',
    ExpressionAttributeNames: { '#at': 'at' },
    ExpressionAttributeValues: marshall({
      ':event': 'EVENT#',
      ':audit': 'AUDIT#',
      ':since': since,
      ':until': until,
    }),
  };
  for await (const { Items = [] } of paginateScan({ client: new DynamoDBClient({}) }, query)) {
    yield* Items;
  }
}

/** Invokes the publish Lambda with the items, as the stream would. */
async function publish(FunctionName: string, items: readonly Item[]): Promise<number> {
  if (items.length === 0) return 0;
  const Records = items.map((NewImage) => ({
    eventName: 'INSERT',
    dynamodb: { NewImage, SequenceNumber: NewImage['id']?.S },
  }));
  const answer = await new LambdaClient({}).send(
    new InvokeCommand({ FunctionName, Payload: Buffer.from(JSON.stringify({ Records })) }),
  );
  const text = Buffer.from(answer.Payload ?? []).toString();
  const { batchItemFailures = [] } = JSON.parse(text) as { batchItemFailures?: unknown[] };
  if (answer.FunctionError !== undefined || batchItemFailures.length > 0) {
    throw new Error(`The publish Lambda failed. See its log, then run this again: ${text}`);
  }
  return items.length;
}

async function outputsOf(StackName: string): Promise<(name: string) => string> {
  const { Stacks } = await new CloudFormationClient({}).send(
    new DescribeStacksCommand({ StackName }),
  );
  const outputs = Stacks?.[0]?.Outputs ?? [];
  return (name) => {
    const found = outputs.find(({ OutputKey }) => OutputKey === name)?.OutputValue;
    if (found === undefined) throw new Error(`The stack "${StackName}" has no output "${name}".`);
    return found;
  };
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
