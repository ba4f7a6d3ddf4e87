import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  DynamoDBClient,
  TransactWriteItemsCommand,
  type TransactWriteItemsCommandInput,
} from '@aws-sdk/client-dynamodb';
import { AssumeRoleCommand, type AssumeRoleCommandInput, STSClient } from '@aws-sdk/client-sts';
import type { Context } from 'aws-lambda';
import { newGrantId } from '../core/ids.ts';
import { random } from '../lambdas/container/environment.ts';
import { VEND_BODY, vendEvent, vendHandler } from './vend-handler.ts';

/**
 * Runs in its own process: compares the wall time of the vend handler with that of the same
 * transaction and AssumeRole sent directly, and with that of a vend over HTTP. Writes JSON to file
 * descriptor 3.
 */

const WARM_UP = 20;
const ROUNDS = 150;
const SETTLE_MS = 60;

type Sent = {
  readonly name: string;
  readonly input: object;
  readonly begun: number;
  ended: number;
};

const sent: Sent[] = [];
for (const client of [DynamoDBClient, STSClient]) record(client.prototype);

const token = process.env['BENCH_TOKEN'] ?? '';
const apiUrl = process.env['BENCH_API'] ?? '';
const handler = await vendHandler({});
const dynamodb = new DynamoDBClient({});
const sts = new STSClient({});

const WAYS = { handler: viaHandler, raw: viaRawCalls, http: viaHttp };
const walls = { handler: [] as number[], raw: [] as number[], http: [] as number[] };
let last: readonly Sent[] = [];
let copy: TransactWriteItemsCommandInput;
await viaHandler();
for (let round = 0; round < WARM_UP + ROUNDS; round += 1) {
  for (const way of shuffled(['handler', 'raw', 'http'] as const)) {
    // Gives the emulator time to finish the stream and the workflow of the previous vend.
    await sleep(SETTLE_MS);
    copy = withFreshIds(inputOf<TransactWriteItemsCommandInput>('TransactWriteItemsCommand'));
    const milliseconds = await timed(WAYS[way]);
    if (round >= WARM_UP) walls[way].push(milliseconds);
  }
}
report();

function report(): void {
  const calls = last;
  const transaction = inputOf('TransactWriteItemsCommand');
  const inARow = calls.filter((call, index) => call.begun >= (calls[index - 1]?.ended ?? 0)).length;
  const names = calls.map(({ name }) => name);
  writeSync(3, JSON.stringify({ walls, calls: names, inARow, transaction }));
}

async function viaHandler(): Promise<void> {
  sent.length = 0;
  const { statusCode, body } = await handler(vendEvent(token), {} as Context);
  if (statusCode !== 200) throw new Error(`the vend answered ${statusCode}: ${body}`);
  last = [...sent];
}

/** Of the last vend. Now and then one also reads whether a sweep has noted all gates, and waits for no answer. */
function inputOf<Input>(name: string): Input {
  return last.find((call) => call.name === name)?.input as Input;
}

/** Repeats the AWS calls of the last vend and does nothing else. */
async function viaRawCalls(): Promise<void> {
  await dynamodb.send(new TransactWriteItemsCommand(copy));
  await sts.send(new AssumeRoleCommand(inputOf<AssumeRoleCommandInput>('AssumeRoleCommand')));
}

async function viaHttp(): Promise<void> {
  const response = await fetch(`${apiUrl}/v1/credentials`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify(VEND_BODY),
  });
  if (response.status !== 200) throw new Error(`HTTP answered ${response.status}`);
  await response.arrayBuffer();
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

/** A copy that writes other items of the same size. */
function withFreshIds(input: TransactWriteItemsCommandInput): TransactWriteItemsCommandInput {
  const text = JSON.stringify({ TransactItems: input.TransactItems });
  const ids = new Set(text.match(/gr_[0-9a-z]{20}/g));
  const fresh = Array.from(ids).reduce(
    (all, id) => all.replaceAll(id, newGrantId(random, Date.now())),
    text,
  );
  return JSON.parse(fresh) as TransactWriteItemsCommandInput;
}

async function timed(action: () => Promise<void>): Promise<number> {
  const begun = performance.now();
  await action();
  return performance.now() - begun;
}

/** Records every command that a client sends, and when. */
function record(client: { send: unknown }): void {
  const send = client.send as (
    command: { readonly input: object },
    ...rest: unknown[]
  ) => Promise<unknown>;
  client.send = async function recorded(
    this: unknown,
    command: { readonly input: object },
    ...rest: unknown[]
  ) {
    const call: Sent = {
      name: command.constructor.name,
      input: command.input,
      begun: performance.now(),
      ended: 0,
    };
    sent.push(call);
    try {
      return await send.call(this, command, ...rest);
    } finally {
      call.ended = performance.now();
    }
  };
}
